package pace

import "time"

// Kind is a kind of limit.
type Kind string

// The kinds of limits.
const (
	None        Kind = ""            // none was met
	PerSecond   Kind = "rate"        // a rate, with or without a burst
	PerWindow   Kind = "window"      // a number of requests in each window
	Concurrency Kind = "concurrency" // a number of requests at a time
)

// Limit is what was found out about a server's limit. The zero value is none.
type Limit struct {
	Kind   Kind
	Rate   Rate          // requests per second accepted in the long run; 0 for Concurrency
	Burst  float64       // requests that a rate lets through at once; 0: not known
	Count  int           // requests in a window, or at a time
	Window time.Duration // length of a window
	Pause  time.Duration // that a refusal asked for; 0: none
	Sure   float64       // from 0, a guess, to 1: known exactly; of a rate, the part that is known to be accepted
}

// of is the part of a limit that one of several processes may use.
func (l Limit) of(share float64) Limit {
	if share <= 0 || share >= 1 {
		return l
	}
	l.Rate *= Rate(share)
	l.Burst *= share
	if l.Count > 0 {
		l.Count = max(1, int(share*float64(l.Count)))
	}
	return l
}
