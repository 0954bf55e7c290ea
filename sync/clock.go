package sync

import (
	"runtime"
	"time"

	"tracksync/internal/alarm"
)

// clock says when to look again.
//
// A timer of the Go runtime fires up to a millisecond late, and a strict rate never
// makes that good: of 1,000 requests at 100/s each would be late by what the one
// before it was. There an alarm wakes the dispatcher a little before a request's time,
// and the rest is spent yielding.
type clock struct {
	timer *time.Timer
	alarm *alarm.Alarm // nil where timers are exact enough
}

func newClock() clock {
	c := clock{timer: time.NewTimer(time.Hour)}
	c.timer.Stop()
	return c
}

// after returns a channel that is ready when wait is over, or before: whoever reads
// from it asks again. It is never ready if wait is never.
func (c *clock) after(wait time.Duration) <-chan time.Time {
	switch {
	case wait == never:
		return nil
	case c.alarm == nil:
		c.timer.Reset(wait)
		return c.timer.C
	case wait > c.alarm.Early:
		c.alarm.Set(wait - c.alarm.Early)
		return c.alarm.C
	}
	runtime.Gosched()
	return past
}

// close ends the clock's timers.
func (c *clock) close() {
	c.timer.Stop()
	if c.alarm != nil {
		c.alarm.Close()
	}
}

// past is a timer that has always fired.
var past = func() <-chan time.Time {
	c := make(chan time.Time)
	close(c)
	return c
}()
