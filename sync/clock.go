package sync

import (
	"runtime"
	"time"
)

// clock says when to look again.
//
// A timer of the Go runtime fires up to a millisecond late, and a strict rate never
// makes that good: of 1,000 requests at 100/s each would be late by what the one
// before it was. So the timer is set to timerLate before a request's time, a nap
// lasts until napLate before it, and the rest is spent yielding. Yielding all the time
// would cost a tenth of a core.
type clock struct {
	timer *time.Timer
	nap   func(time.Duration) // Options.Nap; nil where the pace makes lateness good
}

const (
	timerLate = 1500 * time.Microsecond // how late a timer may fire
	napLate   = 100 * time.Microsecond  // how late a nap may end
)

// after returns a channel that is ready when wait is over, or before: whoever reads
// from it asks again. It is never ready if wait is never.
func (c *clock) after(wait time.Duration) <-chan time.Time {
	switch {
	case wait == never:
		return nil
	case c.nap == nil:
		c.timer.Reset(wait)
	case wait > timerLate:
		c.timer.Reset(wait - timerLate)
	case wait > napLate:
		c.nap(wait - napLate)
		return past
	default:
		runtime.Gosched()
		return past
	}
	return c.timer.C
}

// past is a timer that has always fired.
var past = func() <-chan time.Time {
	c := make(chan time.Time)
	close(c)
	return c
}()
