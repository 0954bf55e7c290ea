package sync

import (
	"errors"
	"time"
)

// stopRun stops the run: nothing is started any more, what waits is settled, what
// is in flight has the grace. Only the first reason counts.
func (d *dispatcher) stopRun(s stop) {
	if d.stop != nil {
		return
	}
	d.stop = &s
	now := time.Now()
	next := d.scheduler.next
	for _, t := range d.scheduler.drain() {
		d.leave(t, now)
	}
	if next != nil {
		d.stopTask(next, now)
	}
	d.release()
	if s.reason == LocalWrite {
		// What can hardly be kept shall be the results of what was sent, not
		// a line for each of the rows that were not.
		d.intake.atEnd = true
	}
	grace := d.opts.Grace
	if at := d.opts.Deadline; !at.IsZero() {
		grace = min(grace, time.Until(at))
	}
	d.signals.grace = time.After(grace)
}

// end says how the run ended.
func (d *dispatcher) end() End {
	e := End{Reason: Completed, Rows: d.intake.read}
	e.Learned, _ = d.scheduler.pace.Learned()
	if s := d.stop; s != nil {
		e.Reason, e.Message, e.Err = s.reason, s.message, s.err
	}
	if d.stoppedNothing() {
		e.Reason = Completed
		if !d.stop.reason.explains() {
			e.Message = ""
		}
	}
	return e
}

// stoppedNothing reports whether the stop came too late to keep any row from its
// end. Results that could not be kept are no end.
func (d *dispatcher) stoppedNothing() bool {
	return d.stop != nil && d.stop.err == nil && d.intake.whole && d.intake.cut == 0
}

// endingError is an error that ends the run, and for what reason.
type endingError struct {
	reason Reason
	err    error
}

func (e *endingError) Error() string { return e.err.Error() }
func (e *endingError) Unwrap() error { return e.err }

// stopFor is the stop that an error of the engine's goroutines calls for.
func stopFor(err error) stop {
	var ending *endingError
	if !errors.As(err, &ending) {
		return stoppedBy(Defect, err)
	}
	return stoppedBy(ending.reason, ending.err)
}
