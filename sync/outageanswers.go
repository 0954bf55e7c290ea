package sync

import (
	"time"

	"tracksync/internal/api"
)

// speaksForOutage reports whether a failure may mean that the API is down: there was no
// usable answer, or any 5xx, even one that is not retried.
func speaksForOutage(e *api.Error) bool {
	if e == nil || e.Class != api.Retryable && e.Class != api.Permanent {
		return false
	}
	return e.Transport || e.Status >= 500 && e.Status <= 599
}

// failedAsInOutage counts such a failure as an attempt and checks whether the API is down.
func (d *dispatcher) failedAsInOutage(t *tries, failure *api.Error, wasProbe bool, now time.Time) {
	o := &d.scheduler.outage
	t.charge()
	o.last = failure.Message
	o.others = o.others || failure.Status != 503
	begins := o.failed(t.request, now)
	d.release()
	if wasProbe && o.down() && !o.confirmed {
		// The API is down, so further failures say nothing about the rate.
		o.confirmed = true
		d.scheduler.pace.Suspend(now)
		d.tell(Downtime{From: o.since(), Requests: len(o.spared)})
	}
	if begins || wasProbe {
		o.planProbe(now, d.opts.Random())
	}
}

// answeredWell records that the API answers.
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
	case wasProbe: // the API can read but not write yet
		o.planProbe(now, d.opts.Random())
	}
	d.release()
}

// nobodyAsks decides about undecided tasks when no request is left that could reveal an
// outage.
func (d *dispatcher) nobodyAsks(now time.Time) {
	confirmed := d.scheduler.outage.confirmed
	if was, ended := d.scheduler.outage.nobodyAsks(d.stop != nil, now); ended {
		d.endOutage(was, confirmed, now)
	}
	d.release()
}

// endOutage continues after an outage. An outage that no probe has confirmed was not
// reported.
func (d *dispatcher) endOutage(was Downtime, confirmed bool, now time.Time) {
	d.scheduler.pace.Resume(now)
	if confirmed {
		was.Stopped = d.stop != nil
		d.tell(was)
	}
}

// release decides about the undecided tasks. A task whose attempts are used up ends. A task
// that failed because of an outage continues or, if the run has stopped, counts as not
// attempted.
func (d *dispatcher) release() {
	for _, t := range d.scheduler.drainUndecided() {
		d.retry(t, time.Now())
	}
}

// leave ends a waiting task because the run stops, or leaves it undecided until it is known
// whether an outage has begun.
func (d *dispatcher) leave(t task, now time.Time) {
	if d.scheduler.mayBeOutage(t) {
		d.scheduler.put(t, atUndecided)
		return
	}
	d.stopTask(t, now)
}
