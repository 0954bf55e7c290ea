package sync

import (
	"runtime"
	"time"

	"tracksync/internal/alarm"
)

// clock wakes the dispatcher at the time of the next request.
//
// A timer of the Go runtime fires up to a millisecond late. A strict rate must not catch
// up, so the delays of all requests would add up. With such a rate an alarm wakes the
// dispatcher shortly before a request's time, and the dispatcher yields until then.
type clock struct {
	timer *time.Timer
	alarm *alarm.Alarm // nil: timers are exact enough
}

func newClock() clock {
	c := clock{timer: time.NewTimer(time.Hour)}
	c.timer.Stop()
	return c
}

// after returns a channel that is ready when wait is over, or earlier: the caller must
// check the time again. It is never ready if wait is never.
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

// close stops the clock's timers.
func (c *clock) close() {
	c.timer.Stop()
	if c.alarm != nil {
		c.alarm.Close()
	}
}

// past is a channel that is always ready.
var past = func() <-chan time.Time {
	c := make(chan time.Time)
	close(c)
	return c
}()
