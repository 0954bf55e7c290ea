package sync

import "time"

// retryBudget keeps retries from multiplying the load on an API that fails
// part of the requests: one retry for each success, beside a reserve, and a
// tenth of the rate in any case so that rows that fail come to an end. A retry that the
// budget has no room for waits; it is not lost.
//
// Where up to half of the requests fail it never makes one wait.
type retryBudget struct {
	tokens float64
	refill float64 // tokens a second
	at     time.Time
}

const (
	retryReserve = 100.0
	retryRefill  = 1.0 // a second, or
	retryShare   = 0.1 // of the rate in force, whichever is more
)

func newRetryBudget(now time.Time) retryBudget {
	return retryBudget{tokens: retryReserve, refill: retryRefill, at: now}
}

func (b *retryBudget) advance(now time.Time) {
	b.tokens = min(retryReserve, b.tokens+now.Sub(b.at).Seconds()*b.refill)
	b.at = now
}

// earned takes note of a success.
func (b *retryBudget) earned() { b.tokens = min(retryReserve, b.tokens+1) }

// wait is how long until there is a retry; 0 when there is one.
func (b *retryBudget) wait(now time.Time) time.Duration {
	b.advance(now)
	if b.tokens >= 1 {
		return 0
	}
	return time.Duration((1-b.tokens)/b.refill*float64(time.Second)) + time.Nanosecond
}

func (b *retryBudget) spend() { b.tokens-- }
