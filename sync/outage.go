package sync

import (
	"fmt"
	"time"
)

// outage tells an API that is down from rows that fail, and decides when to
// knock again.
//
// Evidence is an unbroken series of requests that met nothing but transport
// errors and 5xx, from at least outageRows different rows. Then nothing is sent
// but one probe at a time, and what failed in the series costs its row no
// attempt. The first answer that is no such failure, of a probe or of a request
// that was under way, ends it.
//
// A page of the listing is asked for by itself, for nobody in particular: each of
// its failures is evidence, and it waits for the end of an outage however long.
//
// Rows whose every request fails may look like an outage for a while, when
// they come together or are all that is left in the end. So a row is spared by
// at most sparedOutages outages, and sparedRequests requests: then it is charged
// for what fails, and ends. One that has failed more than once by itself is no
// evidence at all.
type outage struct {
	series map[*job]int // failures in the present series, by row: attempts to give back
	rows   int          // of these: rows that are evidence
	since  time.Time    // the first failure of the series
	last   string       // what the latest of them was told
	down   bool
	count  int // outages so far, the present one included

	others    bool // not all of the failures were 503s
	confirmed bool // a probe failed too

	probing  bool // a probe is under way
	probes   int  // of the present outage
	nextAt   time.Time
	requests int // that failed in the present series
}

const (
	outageRows     = 3
	sparedOutages  = 3
	sparedRequests = 10

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

// failed takes note of a failure that speaks for an outage, which j has been
// charged as an attempt. It reports whether an outage begins with it.
func (o *outage) failed(j *job, now time.Time) (begins bool) {
	if len(o.series) == 0 {
		o.since = now
		o.series = map[*job]int{}
	}
	_, again := o.series[j]
	if j.spared < sparedOutages && (j.step == listing || !again && j.attempts <= 2) {
		o.rows++
	}
	o.series[j]++
	o.requests++
	if o.down {
		o.spare(j)
		return false
	}
	if o.rows < outageRows {
		return false
	}
	o.down = true
	o.count++
	o.probes = 0
	for j := range o.series { // the order does not matter: each is spared alike
		o.spare(j)
	}
	return true
}

// spare gives a row back the attempts that the present outage cost it.
func (o *outage) spare(j *job) {
	tried := j.lost >= sparedRequests && j.step != listing
	if j.sparedIn != o.count {
		if j.spared >= sparedOutages || tried {
			return
		}
		j.spared++
		j.sparedIn = o.count
	}
	if tried {
		return
	}
	j.attempts -= o.series[j]
	j.lost += o.series[j]
	o.series[j] = 0
}

// stopped takes note that the run has stopped and nothing is under way that could
// tell whether the present series is an outage. It is taken for one: a row that
// might have had another attempt is better sent again than called failed. That a
// row failed more than once by itself is no doubt, though.
func (o *outage) stopped() {
	if o.down {
		return
	}
	o.count++
	for j := range o.series { // the order does not matter
		if j.attempts <= 2 {
			o.spare(j)
		}
	}
}

// ended takes note of an answer that is no failure of that kind. It returns the
// outage that it ends, if one does.
func (o *outage) ended(now time.Time) (Downtime, bool) {
	was, ended := Downtime{From: o.since, Until: now, Requests: o.requests}, o.down
	o.series, o.rows, o.requests, o.down = nil, 0, 0, false
	o.others, o.confirmed = false, false
	return was, ended
}

// undecided reports whether j failed in a series that may yet turn out to be an
// outage.
func (o *outage) undecided(j *job) bool {
	return !o.down && o.series[j] > 0
}

// spares reports whether what last failed j is the present outage's fault.
func (o *outage) spares(j *job) bool { return o.down && o.series[j] == 0 }

// looksThrottled reports whether the outage, which ends, was rather the way of a
// server to say that it is asked too fast: nothing but 503s, and then the first
// probe was answered.
func (o *outage) looksThrottled() bool {
	return o.down && !o.others && !o.confirmed && o.requests >= throttledRequests
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
	return o.since.Add(longest)
}

// tooLong says why the outage is not waited for any longer; empty: it is.
func (o *outage) tooLong(now time.Time, longest time.Duration, everSucceeded bool) string {
	if now.Before(o.limit(longest, everSucceeded)) {
		return ""
	}
	text := fmt.Sprintf("the API has been down for %v", now.Sub(o.since).Round(time.Second))
	if !everSucceeded {
		text += ", and nothing has succeeded before"
	}
	return text + ": " + o.last
}
