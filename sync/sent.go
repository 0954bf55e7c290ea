package sync

import (
	"time"

	"tracksync/internal/defect"
	"tracksync/internal/track"
)

// record passes started tasks to the workers after it has reported their PUTs to
// Options.Sent, all that start together in one call. If that fails, none of them is sent. With
// a told rate it tells the dispatcher when they leave.
func (e *Engine) record(w workers) {
	defer close(w.tasks)
	var puts []track.Outgoing
	for started := range w.started {
		puts = puts[:0]
		err := defect.Do(func() error {
			puts = e.puts(puts, started)
			if len(puts) == 0 {
				return nil
			}
			return e.opts.Sent.Sending(puts)
		})
		if w.left != nil {
			w.left <- time.Now() // never blocks: there is one batch at a time
		}
		for _, t := range started {
			if err != nil {
				w.outcomes <- outcome{task: t, sent: time.Now(), reply: reply{err: &unsentError{err}}}
			} else {
				w.tasks <- t
			}
		}
	}
}

// puts returns the PUTs among the next requests of tasks; none if there is no Options.Sent.
func (e *Engine) puts(puts []track.Outgoing, started []task) []track.Outgoing {
	if e.opts.Sent == nil {
		return nil
	}
	for _, t := range started {
		if r, isRow := t.(*rowTask); isRow && r.kind() == writeRequest {
			puts = append(puts, track.Outgoing{ID: r.row.Update.ID, Row: r.row.Number, Asked: r.asked()})
		}
	}
	return puts
}

// unsentError means that a PUT was not sent because it could not be recorded.
type unsentError struct{ err error }

func (e *unsentError) Error() string { return e.err.Error() }
func (e *unsentError) Unwrap() error { return e.err }

// leaving is the batch of tasks that was passed on last, if the rate is told: the next one must
// wait until it has left, and is timed from then on. Otherwise, while a PUT cannot be recorded,
// more and more would wait for it and leave together, faster than the rate.
type leaving struct {
	tasks   int // of the batch; 0: it has left
	since   time.Time
	awaited bool // the next task waits for it
}

// recordingTakes is how late a batch may leave without telling the pace. Usually it takes some
// microseconds.
const recordingTakes = 200 * time.Microsecond

// mayStart reports whether tasks may be started: the batch before has left.
func (d *dispatcher) mayStart() bool {
	if d.leaving.tasks == 0 {
		return true
	}
	select {
	case at := <-d.workers.left:
		d.leftAt(at)
		return true
	default:
		d.leaving.awaited = true
		return false
	}
}

// leftAt tells the pace when the batch left, if that was late.
func (d *dispatcher) leftAt(at time.Time) {
	if at.Sub(d.leaving.since) > recordingTakes {
		d.scheduler.pace.Left(at, d.leaving.tasks)
	}
	d.leaving = leaving{}
}

// awaitedBatch is the channel that tells when the batch has left, if the next task waits for it.
// Otherwise nobody need wake up.
func (d *dispatcher) awaitedBatch() <-chan time.Time {
	if !d.leaving.awaited {
		return nil
	}
	return d.workers.left
}
