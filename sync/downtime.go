package sync

import (
	"time"

	"tracksync/internal/api"
)

// speaksForOutage reports whether a failure is of the kind that an API shows
// that is down: nothing usable came, or a 5xx, be it one that is tried again by
// itself or not.
func speaksForOutage(e *api.Error) bool {
	if e == nil || e.Class != api.Retryable && e.Class != api.Permanent {
		return false
	}
	return e.Transport || e.Status >= 500 && e.Status <= 599
}

// failedAsInOutage charges a row for such a failure and looks whether the API is
// down.
func (d *dispatcher) failedAsInOutage(j *job, failure *api.Error, wasProbe bool, now time.Time) {
	j.charge()
	d.outage.last = failure.Message
	d.outage.others = d.outage.others || failure.Status != 503
	begins := d.outage.failed(j.request, now)
	d.release()
	if wasProbe && d.outage.down() && !d.outage.confirmed {
		// Now it is no accident: what comes is no lesson about the rate.
		d.outage.confirmed = true
		d.pace.Suspend(now)
		d.tell(Downtime{From: d.outage.since(), Requests: len(d.outage.spared)})
	}
	if begins || wasProbe {
		d.outage.planProbe(now, d.opts.Random())
	}
}

// answeredWell takes note that the API answers.
func (d *dispatcher) answeredWell(j *job, wasProbe bool, now time.Time) {
	throttled, confirmed := d.outage.looksThrottled(), d.outage.confirmed
	was, ended := d.outage.succeeded(j.request, now)
	switch {
	case ended:
		d.endOutage(was, confirmed, now)
		if throttled {
			d.pace.BelieveUnavailable()
		}
	case wasProbe: // it reads, and does not write yet
		d.outage.planProbe(now, d.opts.Random())
	}
	d.release()
}

// nobodyAsks decides what can be decided when nothing is left that could tell an
// outage.
func (d *dispatcher) nobodyAsks(now time.Time) {
	confirmed := d.outage.confirmed
	if was, ended := d.outage.nobodyAsks(d.stop != nil, now); ended {
		d.endOutage(was, confirmed, now)
	}
	d.release()
}

// endOutage goes on behind an outage. One that no probe has confirmed was not told
// of.
func (d *dispatcher) endOutage(was Downtime, confirmed bool, now time.Time) {
	d.pace.Resume(now)
	if confirmed {
		was.Stopped = d.stop != nil
		d.tell(was)
	}
}

// release decides about the rows that were held: those whose attempts are used
// up end, those that an outage was found to have failed go on, or are as good as
// never sent if the run has stopped.
func (d *dispatcher) release() {
	held := d.held
	d.held = nil
	for _, j := range held {
		d.retry(j, time.Now())
	}
}

// leave ends a row that waits when the run stops, or holds it until it is known
// whether an outage began.
func (d *dispatcher) leave(j *job, now time.Time) {
	if d.outage.undecided(j.request) {
		d.held = append(d.held, j)
		return
	}
	d.settle(j, now)
}

// toldNothing takes note that a request says nothing of the API. The one before it
// may still.
func (d *dispatcher) toldNothing(j *job) {
	d.outage.withdraw(j.request)
	j.request = j.request.previous
	d.release()
}
