package cli

import (
	"context"
	"errors"
	"time"
)

// errTimeUp is the cause of a context that the deadline ended.
var errTimeUp = errors.New("the time was up (--deadline)")

// timed returns a context that ends when the time of --deadline is up, which began
// with the process: to check a manifest takes of it too.
func (a *app) timed(parent context.Context, s speed) (context.Context, context.CancelFunc) {
	at := a.endsAt(s)
	if at.IsZero() {
		return context.WithCancel(parent)
	}
	ending := time.AfterFunc(time.Until(at), a.patience.End)
	ctx, cancel := context.WithDeadlineCause(parent, at, errTimeUp)
	return ctx, func() { ending.Stop(); cancel() }
}

// endsAt is when the time is up; zero: never.
func (a *app) endsAt(s speed) time.Time {
	if s.deadline == 0 {
		return time.Time{}
	}
	return a.begun.Add(s.deadline)
}

// graceWithin is how much of the time is left for what is in flight at its end.
func (s speed) graceWithin(grace time.Duration) time.Duration {
	if s.deadline == 0 {
		return grace
	}
	return min(grace, s.deadline/4)
}

// cutShort is the failure of a command that ctx has ended, by a signal or because
// the time was up; nil when it has not. left is what there is of its work.
func cutShort(ctx context.Context, left string) error {
	if sig := signalOf(ctx); sig != nil {
		return &failure{code: signalCode(sig), err: errors.New("interrupted; " + left)}
	}
	if errors.Is(context.Cause(ctx), errTimeUp) {
		return &failure{code: exitTimeUp, err: errors.New(errTimeUp.Error() + "; " + left)}
	}
	return nil
}
