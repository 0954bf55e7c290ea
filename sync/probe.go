package sync

import (
	"fmt"
	"slices"
	"time"
)

// patience is how long an outage, or nothing but refusals, may go on. When it
// may not any longer, it stops the run.
func (d *dispatcher) patience(now time.Time) time.Duration {
	left := never
	if r := d.tally.refusing; r.again {
		left = d.opts.MaxOutage - now.Sub(r.since)
		if left <= 0 {
			d.begin(stop{reason: Outage, message: fmt.Sprintf("the API has refused every request for %v (429)", now.Sub(r.since).Round(time.Second))})
		}
	}
	if o := &d.outage; o.down() {
		everSucceeded := d.tally.successes > 0
		if why := o.tooLong(now, d.opts.MaxOutage, everSucceeded); why != "" {
			d.begin(stop{reason: Outage, message: why})
		}
		left = min(left, o.limit(d.opts.MaxOutage, everSucceeded).Sub(now))
	}
	return left
}

// startProbe asks whether the API is back, with one request at a time.
func (d *dispatcher) startProbe(now time.Time) time.Duration {
	o := &d.outage
	if o.probing || !d.hasNext() && len(d.refused) == 0 && len(d.going) == 0 && len(d.waiting) == 0 {
		return never
	}
	wait := o.nextAt.Sub(now)
	if wait <= 0 {
		wait = d.pace.Take(now, d.busy)
	}
	if wait > 0 {
		return wait
	}
	j := d.takeProbe()
	j.probe, o.probing = true, true
	d.send(j, now)
	return never
}

// takeProbe chooses the row to knock with: by turns one that waits and a new
// one, so that rows that fail for their own reasons cannot hold up the rest. A
// page that fails for its own reasons is told by a track that is not seen yet. Where
// the API does everything but write, a PUT must tell, by turns with what leads to one.
func (d *dispatcher) takeProbe() *job {
	begun := len(d.waiting) + len(d.refused) + len(d.going)
	if d.surveying() && d.next == nil && d.outage.probes%2 == 0 {
		if j := d.survey.track(); j != nil {
			return j
		}
	}
	if d.outage.onlyWrites() && d.outage.probes%2 != 0 {
		if j := d.takeWrite(); j != nil {
			return j
		}
	}
	switch {
	case d.hasNext() && (d.outage.probes%2 == 0 || begun == 0):
		return d.takeNext()
	case len(d.waiting) > 0:
		return d.waiting.take()
	case len(d.going) > 0:
		return first(&d.going)
	}
	return first(&d.refused)
}

// takeWrite takes a job whose next step is a PUT; nil: there is none.
func (d *dispatcher) takeWrite() *job {
	writes := func(j *job) bool { return j.step == sending }
	for _, queue := range []*[]*job{&d.going, &d.refused} {
		if i := slices.IndexFunc(*queue, writes); i >= 0 {
			j := (*queue)[i]
			*queue = slices.Delete(*queue, i, i+1)
			return j
		}
	}
	return d.waiting.takeFirst(writes)
}

// refusing is a time in which everything is refused with 429. It says something
// only when somebody has asked again: where requests are far apart, one refusal is
// all there is for long.
type refusing struct {
	since time.Time // when the first refusal came; zero: it is no such time
	again bool      // a request that was sent after that was refused too
}

// answered takes note of an answer to a request of that time. That one of before
// the first refusal is accepted says nothing.
func (r *refusing) answered(refused bool, sent, now time.Time) {
	switch {
	case !refused && sent.Before(r.since):
	case !refused:
		*r = refusing{}
	case r.since.IsZero():
		r.since = now
	case !sent.Before(r.since):
		r.again = true
	}
}
