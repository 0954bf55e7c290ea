package sync

import (
	"errors"
	"time"
)

// stopRun stops the run: nothing more is started, waiting tasks end, and requests in flight
// have the grace period. Only the first reason counts.
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
		// If little can be written, it should be the results of rows that were sent, not
		// a line for each row that was not.
		d.intake.atEnd = true
	}
	grace := d.opts.Grace
	if at := d.opts.Deadline; !at.IsZero() {
		grace = min(grace, time.Until(at))
	}
	d.signals.grace = time.After(grace)
}

// end returns how the run ended.
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

// stoppedNothing reports whether the stop came too late: every row has ended, and its result
// is recorded.
func (d *dispatcher) stoppedNothing() bool {
	return d.stop != nil && d.stop.err == nil && d.intake.whole && d.intake.cut == 0
}

// endingError is an error that ends the run, with the reason.
type endingError struct {
	reason Reason
	err    error
}

func (e *endingError) Error() string { return e.err.Error() }
func (e *endingError) Unwrap() error { return e.err }

// stopFor is the stop for an error of the engine's goroutines.
func stopFor(err error) stop {
	var ending *endingError
	if !errors.As(err, &ending) {
		return stoppedBy(Defect, err)
	}
	return stoppedBy(ending.reason, ending.err)
}
