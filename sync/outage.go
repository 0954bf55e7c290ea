package sync

import (
	"fmt"
	"slices"
	"time"
)

// outage distinguishes an API that is down from rows that fail, and decides when to probe
// the API.
//
// What it knows is the evidence: requests of outageRows different rows that failed in
// a row, by transport errors and 5xx, in the order in which they were sent. Then
// nothing is sent but one probe at a time, and no failure of that time costs its row
// an attempt, however many there are and whenever they come. The answer to a request
// that was sent after the first failure ends it.
//
// A row whose every request fails would look like an outage when nothing else is
// left. So a row is no evidence any more once it has failed while others were answered,
// or once others have ended several outages that it took part in. And where pages of
// the listing fail and nothing else does, it is the listing that fails: that is charged.
type outage struct {
	evidence
	spared []*request // in the present outage
	last   string     // the message of the latest failure

	others    bool // not all of the failures were 503s
	confirmed bool // a probe failed too

	probing bool // a probe is in flight
	probes  int  // number of probes in the present outage
	nextAt  time.Time
}

const (
	// Probes start firstProbe after an outage was recognized, and then at
	// intervals that double up to longestProbe: some fifteen in the first
	// minute, and never long after the API is back. The first comes soon
	// because three failures may be chance.
	firstProbe   = 200 * time.Millisecond
	longestProbe = 5 * time.Second

	// throttledRequests is how many 503s in succession are no accident, even if every
	// tenth request ends with one.
	throttledRequests = 6

	// earlyOutage is the longest outage that is accepted before anything has succeeded:
	// more probably the base URL or the network is wrong.
	earlyOutage = 30 * time.Second
)

// Downtime is a span in which the API was down.
type Downtime struct {
	From, Until time.Time // Until is zero at the beginning
	Requests    int       // failed requests so far
	Stopped     bool      // the run stopped before the outage ended
}

// failed records a failure that may mean an outage. It has been counted as an attempt of
// its row. failed reports whether an outage begins.
func (o *outage) failed(r *request, now time.Time) (begins bool) {
	spared, begins := o.fail(r, now)
	if begins {
		o.spared, o.probes = nil, 0
	}
	for _, f := range spared {
		f.of.giveBack(f)
	}
	if o.down() {
		o.spared = append(o.spared, spared...)
	}
	return begins
}

// succeeded records an answer of an API that is up. It returns the outage that ends, if one
// does.
func (o *outage) succeeded(r *request, now time.Time) (Downtime, bool) {
	since := o.since()
	ends := o.answer(r, now)
	if !ends {
		if !o.down() {
			o.others = false
		}
		return Downtime{}, false
	}
	was := o.ended(since, now)
	if r.kind != pageRequest && !slices.ContainsFunc(o.spared, func(f *request) bool { return f.kind != pageRequest }) {
		for _, f := range o.spared {
			f.spared = false
			f.of.chargeAgain()
		}
	}
	seen := map[*tries]bool{}
	for _, f := range o.spared {
		if !seen[f.of] {
			seen[f.of] = true
			f.of.outlived++
		}
	}
	return was, true
}

// nobodyAsks is called when no request is left that could reveal an outage. It returns the
// present outage, if there is one.
//
// If the run has stopped, failures that may have been the beginning of an outage count as
// one, so that their rows are sent again and not called failed. This does not apply to rows
// that failed more than once by themselves.
func (o *outage) nobodyAsks(stopped bool, now time.Time) (Downtime, bool) {
	wasDown, since := o.down(), o.since()
	if stopped && !wasDown {
		for _, r := range o.open() {
			if r.of.attempts <= 2 {
				r.spared = true
				r.of.giveBack(r)
			}
		}
	}
	o.forget()
	if !wasDown {
		return Downtime{}, false
	}
	return o.ended(since, now), true
}

func (o *outage) ended(since, now time.Time) Downtime {
	was := Downtime{From: since, Until: now, Requests: len(o.spared)}
	o.others, o.confirmed = false, false
	return was
}

// looksThrottled reports whether the outage that ends was probably a rate limit: there were
// only 503s, and the first probe was answered.
func (o *outage) looksThrottled() bool {
	return o.down() && !o.others && !o.confirmed && len(o.spared) >= throttledRequests
}

// planProbe sets the time of the next probe.
func (o *outage) planProbe(now time.Time, random float64) {
	d := firstProbe << min(o.probes, 10)
	d = min(d, longestProbe)
	o.probes++
	o.nextAt = now.Add(d/2 + time.Duration(random*float64(d/2)))
}

// limit is the time at which the outage has lasted too long.
func (o *outage) limit(longest time.Duration, everSucceeded bool) time.Time {
	if !everSucceeded {
		longest = min(longest, earlyOutage)
	}
	return o.since().Add(longest)
}

// tooLong says why the run stops waiting for the end of the outage; empty: it does not stop.
func (o *outage) tooLong(now time.Time, longest time.Duration, everSucceeded bool) string {
	if now.Before(o.limit(longest, everSucceeded)) {
		return ""
	}
	text := fmt.Sprintf("the API has been down for %v", now.Sub(o.since()).Round(time.Second))
	if !everSucceeded {
		text += ", and nothing has succeeded before"
	}
	return text + ": " + o.last
}
