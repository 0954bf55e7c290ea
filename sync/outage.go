package sync

import (
	"fmt"
	"slices"
	"time"
)

// outage tells an API that is down from rows that fail, and decides when to
// knock again.
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
	last   string     // what the latest failure was told

	others    bool // not all of the failures were 503s
	confirmed bool // a probe failed too

	probing bool // a probe is under way
	probes  int  // of the present outage
	nextAt  time.Time
}

const (
	// Probes start firstProbe after an outage was recognized, and then at
	// intervals that double up to longestProbe: some fifteen in the first
	// minute, and never long after the API is back. The first comes soon
	// because three failures may be chance.
	firstProbe   = 200 * time.Millisecond
	longestProbe = 5 * time.Second

	// throttledRequests 503s in succession are no accident even where every
	// tenth request ends so.
	throttledRequests = 6

	// earlyOutage is the longest outage that is waited for before anything
	// succeeded: more likely the base URL or the network is wrong.
	earlyOutage = 30 * time.Second
)

// Downtime is a span in which the API was down.
type Downtime struct {
	From, Until time.Time // Until is zero when it begins
	Requests    int       // that failed in it, so far
	Stopped     bool      // it did not end: the run did
}

// failed takes note of a failure that speaks for an outage, which its row has been
// charged as an attempt. It reports whether an outage begins with it.
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

// succeeded takes note of an answer of an API that is up. It returns the outage that
// ends with it, if one does.
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

// nobodyAsks takes note that nothing is left that could tell an outage. It returns
// the one that there is, if there is one.
//
// When the run has stopped, what may have been the beginning of an outage is taken for
// one: a row that might have had another attempt is better sent again than called
// failed. That a row failed more than once by itself is no doubt, though.
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

// looksThrottled reports whether the outage, which ends, was rather the way of a
// server to say that it is asked too fast: nothing but 503s, and then the first
// probe was answered.
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

// limit is when the outage has lasted too long.
func (o *outage) limit(longest time.Duration, everSucceeded bool) time.Time {
	if !everSucceeded {
		longest = min(longest, earlyOutage)
	}
	return o.since().Add(longest)
}

// tooLong says why the outage is not waited for any longer; empty: it is.
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
