package sync

import (
	"time"

	"tracksync/internal/defect"
	"tracksync/internal/track"
)

// record passes started tasks to the workers after it has reported their PUTs to
// Options.Sent, all that start together in one call. If that fails, none of them is sent.
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
