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

// failedAsInOutage charges a task for such a failure and looks whether the API is
// down.
func (d *dispatcher) failedAsInOutage(t *tries, failure *api.Error, wasProbe bool, now time.Time) {
	o := &d.scheduler.outage
	t.charge()
	o.last = failure.Message
	o.others = o.others || failure.Status != 503
	begins := o.failed(t.request, now)
	d.release()
	if wasProbe && o.down() && !o.confirmed {
		// Now it is no accident: what comes is no lesson about the rate.
		o.confirmed = true
		d.scheduler.pace.Suspend(now)
		d.tell(Downtime{From: o.since(), Requests: len(o.spared)})
	}
	if begins || wasProbe {
		o.planProbe(now, d.opts.Random())
	}
}

// answeredWell takes note that the API answers.
func (d *dispatcher) answeredWell(t *tries, wasProbe bool, now time.Time) {
	o := &d.scheduler.outage
	throttled, confirmed := o.looksThrottled(), o.confirmed
	was, ended := o.succeeded(t.request, now)
	switch {
	case ended:
		d.endOutage(was, confirmed, now)
		if throttled {
			d.scheduler.pace.BelieveUnavailable()
		}
	case wasProbe: // it reads, and does not write yet
		o.planProbe(now, d.opts.Random())
	}
	d.release()
}

// nobodyAsks decides what can be decided when nothing is left that could tell an
// outage.
func (d *dispatcher) nobodyAsks(now time.Time) {
	confirmed := d.scheduler.outage.confirmed
	if was, ended := d.scheduler.outage.nobodyAsks(d.stop != nil, now); ended {
		d.endOutage(was, confirmed, now)
	}
	d.release()
}

// endOutage goes on behind an outage. One that no probe has confirmed was not told
// of.
func (d *dispatcher) endOutage(was Downtime, confirmed bool, now time.Time) {
	d.scheduler.pace.Resume(now)
	if confirmed {
		was.Stopped = d.stop != nil
		d.tell(was)
	}
}

// release decides about the tasks that were undecided: those whose attempts are used
// up end, those that an outage was found to have failed go on, or are as good as
// never sent if the run has stopped.
func (d *dispatcher) release() {
	for _, t := range d.scheduler.drainUndecided() {
		d.retry(t, time.Now())
	}
}

// leave ends a task that waits when the run stops, or leaves it undecided until it is
// known whether an outage began.
func (d *dispatcher) leave(t task, now time.Time) {
	if d.scheduler.mayBeOutage(t) {
		d.scheduler.put(t, atUndecided)
		return
	}
	d.stopTask(t, now)
}
