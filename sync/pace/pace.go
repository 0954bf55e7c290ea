// Package pace decides when the next request may start. It is pure: it reads
// no clock and starts nothing, but is told what was sent and what came back,
// with an explicit now, and answers from that alone.
//
//	dispatcher ── Take(now) ──────► may start, or how long to wait
//	           ── Answered(now) ──► perhaps a pause for everyone
//
// A fixed rate is a ceiling that holds exactly: in any span of w seconds at
// most rate·w + max(1, rate·10 ms) requests start, whatever they are (first
// attempts, retries, reads). The allowance of 10 ms is what lets a late wake-up
// of the operating system be made good without exceeding the rate.
//
// A refusal (429), or an answer that names a time to come back, pauses
// everyone, because a limit belongs to the account and not to one request.
//
// Nothing here is safe for concurrent use: one dispatcher owns a Pace, so that
// no worker ever holds a reservation made at an older rate.
package pace

import (
	"math"
	"time"

	"golang.org/x/time/rate"
)

const (
	// slack is how much lateness a fixed rate may make good: see the package
	// comment.
	slack = 10 * time.Millisecond

	// A refusal that does not say when to come back pauses for firstPause,
	// doubled with every further refusal in succession up to longestPause.
	firstPause   = time.Second
	longestPause = time.Minute

	// unit is what one request costs. The limiter counts whole tokens, and a
	// burst such as 1.99 requests is not one: thousandths are.
	unit = 1000
)

// Pace is the pace of one run.
type Pace struct {
	limiter *rate.Limiter // nil: no limit
	random  func() float64
	learner *learner

	pausedAt    time.Time // when the latest pause was called
	pausedUntil time.Time
	refusals    int // pauses called in succession, without a success between
}

// Auto returns a pace that learns the limit and never exceeds most.
func Auto(most Rate, random func() float64) *Pace {
	p := Fixed(most, random)
	p.learner = newLearner(random)
	return p
}

// Window is how many requests may be in flight.
func (p *Pace) Window() int { return p.learner.inFlight() }

// Fixed returns a pace that starts at r and never exceeds it. random returns
// numbers in [0,1) and jitters the pauses that the server did not set.
func Fixed(r Rate, random func() float64) *Pace {
	p := &Pace{random: random}
	if r != Unlimited {
		burst := max(1, float64(r)*slack.Seconds())
		p.limiter = rate.NewLimiter(rate.Limit(float64(r)*unit), int(burst*unit))
	}
	return p
}

// Take lets one request start, and returns 0; or returns how long to wait
// before asking again, and takes nothing.
func (p *Pace) Take(now time.Time, busy int) time.Duration {
	if p.limiter == nil || p.limiter.TokensAt(now) >= unit {
		wait := p.learner.take(now, busy)
		if wait == 0 && p.limiter != nil {
			p.limiter.AllowN(now, unit)
		}
		return wait
	}
	missing := unit - p.limiter.TokensAt(now)
	wait := time.Duration(math.Ceil(missing / float64(p.limiter.Limit()) * float64(time.Second)))
	return max(wait, time.Nanosecond)
}

// MakesGood reports whether a request that starts late by d costs no time in
// the end, because the slack lets the next ones catch up.
func (p *Pace) MakesGood(d time.Duration) bool {
	if p.limiter == nil {
		return true
	}
	spare := float64(p.limiter.Burst()-unit) / float64(p.limiter.Limit())
	return spare >= d.Seconds()
}

// Outcome is what an answer means to the pace.
type Outcome int

// The outcomes.
const (
	Success     Outcome = iota // 2xx
	Refusal                    // 429
	Unavailable                // 503
	Failure                    // any other answer
	Lost                       // no answer
)

// Hint is what a server says of its limit.
type Hint struct {
	Limit, Remaining float64
	Reset            time.Duration
}

// Answer is what the pace needs to know of a request that came back.
type Answer struct {
	Started    time.Time
	Took       time.Duration
	Outcome    Outcome
	RetryAfter time.Duration // what the server asked for, from now; 0: nothing
	Hint       Hint
}

// Pause is a span in which no request starts.
type Pause struct {
	From, Until time.Time
	Reason      Reason
}

// Reason says why there is a pause.
type Reason string

// The reasons of a Pause.
const (
	Refused    Reason = "rate_limited" // 429 that named no time
	RetryAfter Reason = "retry_after"  // the server named the time
)

// Answered takes account of one answer.
func (p *Pace) Answered(now time.Time, a Answer) (Pause, bool) {
	p.learner.answered(now, a)
	return Pause{}, false
}
