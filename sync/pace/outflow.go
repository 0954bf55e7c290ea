package pace

import (
	"math"
	"time"
)

// outflow is what is sent now: a bucket that fills at a rate.
type outflow struct {
	rate   float64 // requests a second
	level  float64 // requests that may start at once
	depth  float64 // the most of it
	filled float64 // when level was right
}

// fill lets time pass until t. Until the end of a rest the bucket fills at the
// rate at which the server is known to gather, so that what it holds is sent at
// once afterwards.
func (o *outflow) fill(t, restUntil, gathers float64) {
	from := o.filled
	if t <= from {
		return
	}
	if until := min(t, restUntil); until > from {
		o.level += gathers * (until - from)
		from = until
	}
	most := max(o.depth, o.rate*slack.Seconds(), 1)
	o.level = min(most, o.level+o.rate*(t-from))
	o.filled = t
}

// take takes what one request costs, or returns the seconds until it is there.
func (o *outflow) take() (wait float64) {
	if o.level < 1-1e-9 {
		return (1 - o.level) / o.rate
	}
	o.level--
	return 0
}

// rest is a pause for everyone.
type rest struct {
	until  float64
	wall   time.Time // the same
	reason Reason
}

// extend makes the rest last for d from t, which is now on the wall, if it would
// end earlier.
func (r *rest) extend(now time.Time, t float64, d time.Duration, why Reason) {
	if until := now.Add(d); until.After(r.wall) {
		*r = rest{until: t + d.Seconds(), wall: until, reason: why}
	}
}

// average is a rate over the latest flowSpan seconds, older ones counting less.
type average struct {
	rate float64 // a second
	at   float64 // when that was right
}

func (a *average) add(t float64) { a.rate, a.at = a.read(t)+1/flowSpan, t }

func (a *average) read(t float64) float64 { return a.rate * math.Exp((a.at-t)/flowSpan) }
