package cli

import (
	"context"
	"errors"
	"time"
	"tracksync/internal/signals"
)

// timeUp is the cause of a context that --deadline or --until ended.
type timeUp struct {
	flag   string
	before bool // it was up before the process began
}

func (t *timeUp) Error() string { return "the time was up (" + t.flag + ")" }

// timed returns a context that ends when the time is up. What --deadline gives
// began with the process: to check a manifest takes of it too. Readers of standard
// output and error are waited for no longer than that, also when the work was done
// before.
func (a *app) timed(parent context.Context, s speed) (context.Context, context.CancelFunc) {
	at := a.endsAt(s)
	if at.IsZero() {
		return context.WithCancel(parent)
	}
	why := &timeUp{flag: "--deadline", before: at.Before(a.begun)}
	if s.deadline == 0 || at.Before(a.begun.Add(s.deadline)) {
		why.flag = "--until " + s.until.Text
	}
	time.AfterFunc(time.Until(at), a.patience.End)
	return context.WithDeadlineCause(parent, at, why)
}

// endsAt is when the time is up, by --deadline or --until, whichever comes first;
// zero: never.
func (a *app) endsAt(s speed) (at time.Time) {
	if s.deadline != 0 {
		at = a.begun.Add(s.deadline)
	}
	if s.until.Text == "" {
		return at
	}
	if u := s.until.After(a.begun); at.IsZero() || u.Before(at) {
		at = u
	}
	return at
}

// graceWithin is how much of the time is left for what is in flight at its end.
func (a *app) graceWithin(s speed, grace time.Duration) time.Duration {
	at := a.endsAt(s)
	if at.IsZero() {
		return grace
	}
	return min(grace, max(0, at.Sub(a.begun)/4))
}

// cutShort is the failure of a command that ctx has ended, by a signal or because
// the time was up; nil when it has not. left is what there is of its work.
func cutShort(ctx context.Context, left string) error {
	if sig := signals.Of(ctx); sig != nil {
		return &failure{code: signalCode(sig), err: errors.New("interrupted; " + left)}
	}
	var up *timeUp
	if !errors.As(context.Cause(ctx), &up) {
		return nil
	}
	f := &failure{code: exitTimeUp, err: errors.New(up.Error() + "; " + left)}
	if up.before {
		f.hint = "name a later time, or --until off"
	}
	return f
}
