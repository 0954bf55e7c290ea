package pace

import (
	"time"
)

// outflow is the rate of what is sent now: a token bucket of our own.
type outflow struct {
	rate   float64 // requests a second
	level  float64 // requests that may start at once
	depth  float64 // the largest level
	filled float64 // the time at which level was computed
}

// fill lets time pass until t. During a pause our bucket fills at the rate at which
// the server's is known to refill, so that what was saved up is sent at once
// afterwards.
func (o *outflow) fill(t, pausedUntil, refill float64) {
	from := o.filled
	if t <= from {
		return
	}
	if until := min(t, pausedUntil); until > from {
		o.level += refill * (until - from)
		from = until
	}
	most := max(o.depth, o.rate*slack.Seconds(), 1)
	o.level = min(most, o.level+o.rate*(t-from))
	o.filled = t
}

// take takes a token for one request, or returns the seconds until there is one.
func (o *outflow) take() (wait float64) {
	if o.level < 1-1e-9 {
		return (1 - o.level) / o.rate
	}
	o.level--
	return 0
}

// backoff is a pause for everyone.
type backoff struct {
	until  float64   // on the learner's clock
	wall   time.Time // the same time on the wall clock
	reason Reason
}

// extend makes the pause last for d from t, unless it already lasts longer. now is t
// on the wall clock.
func (b *backoff) extend(now time.Time, t float64, d time.Duration, why Reason) {
	if until := now.Add(d); until.After(b.wall) {
		*b = backoff{until: t + d.Seconds(), wall: until, reason: why}
	}
}
