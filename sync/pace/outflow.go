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

// rest is a pause for everyone.
type rest struct {
	until  float64
	wall   time.Time // the same
	reason Reason
}

// average is a rate over the latest flowSpan seconds, older ones counting less.
type average struct {
	rate float64 // a second
	at   float64 // when that was right
}

func (a *average) add(t float64) { a.rate, a.at = a.read(t)+1/flowSpan, t }

func (a *average) read(t float64) float64 { return a.rate * math.Exp((a.at-t)/flowSpan) }
