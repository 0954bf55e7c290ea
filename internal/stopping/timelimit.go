package stopping

import (
	"context"
	"errors"
	"time"
)

// Limit is the time by which a command must have ended. A zero At means never.
type Limit struct {
	Begun time.Time // when the process began
	At    time.Time
	Name  string // what set the limit, for messages
}

// OrAt is the earlier of l and another limit.
func (l Limit) OrAt(at time.Time, name string) Limit {
	if l.At.IsZero() || at.Before(l.At) {
		l.At, l.Name = at, name
	}
	return l
}

// Context returns a context that ends when the time is up, with *TimeUp as its cause. It
// also calls up at that time, even if the context was cancelled before.
func (l Limit) Context(parent context.Context, up func()) (context.Context, context.CancelFunc) {
	if l.At.IsZero() {
		return context.WithCancel(parent)
	}
	time.AfterFunc(time.Until(l.At), up)
	return context.WithDeadlineCause(parent, l.At, &TimeUp{l})
}

// Grace is how long before the limit no more requests should start, so that those in flight
// can end: at most a quarter of the whole time, and at most most.
func (l Limit) Grace(most time.Duration) time.Duration {
	if l.At.IsZero() {
		return most
	}
	return min(most, max(0, l.At.Sub(l.Begun)/4))
}

// TimeUp is the cause of a context that a Limit ended.
type TimeUp struct{ Limit }

func (t *TimeUp) Error() string { return "the time was up (" + t.Name + ")" }

// Before reports whether the limit was over before the process began.
func (t *TimeUp) Before() bool { return t.At.Before(t.Begun) }

// TimeUpOf returns what ended ctx if a Limit did; otherwise nil.
func TimeUpOf(ctx context.Context) *TimeUp {
	var up *TimeUp
	errors.As(context.Cause(ctx), &up)
	return up
}
