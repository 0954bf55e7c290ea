package sync

import "time"

// retryBudget keeps retries from multiplying the load on an API that fails some of the
// requests. It allows one retry per success, and a reserve. It also allows a tenth of the
// rate in any case, so that failing rows come to an end. A retry that exceeds the budget
// waits; it is not lost.
//
// If up to half of the requests fail, no retry has to wait.
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

// earned counts a success.
func (b *retryBudget) earned() { b.tokens = min(retryReserve, b.tokens+1) }

// wait is the time until a retry is allowed; 0 if one is allowed now.
func (b *retryBudget) wait(now time.Time) time.Duration {
	b.advance(now)
	if b.tokens >= 1 {
		return 0
	}
	return time.Duration((1-b.tokens)/b.refill*float64(time.Second)) + time.Nanosecond
}

func (b *retryBudget) spend() { b.tokens-- }
