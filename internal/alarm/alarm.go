// Package alarm wakes who must do something at an exact time, and sleeps until then. A
// timer of the Go runtime may fire a millisecond late. An alarm is one of the kernel's
// clock where the system has that (Linux), and else a timer that is set so early that
// the rest is worth yielding. The engine uses one when a fixed rate leaves no room to
// catch up.
package alarm

import "time"

// Alarm is a timer that is set as early as it is late. It may also fire when nothing was
// set. It is not safe for concurrent use.
type Alarm struct {
	// Set makes C ready after a time, instead of what was set before.
	Set func(time.Duration)
	C   <-chan time.Time
	// Early is how long before its time to set the alarm for. Who is woken yields until
	// the time has come.
	Early time.Duration
	Close func()
}

// TimerLate is how late a timer of the Go runtime may fire.
const TimerLate = 1500 * time.Microsecond

// New returns the most exact alarm that this system has.
func New() *Alarm {
	if a := kernelAlarm(); a != nil {
		return a
	}
	t := time.NewTimer(time.Hour)
	return &Alarm{
		Set: func(d time.Duration) { t.Reset(d) }, C: t.C, Early: TimerLate, Close: func() { t.Stop() },
	}
}
