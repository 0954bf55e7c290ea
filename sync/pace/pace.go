package pace

import (
	"math"
	"time"

	"golang.org/x/time/rate"
)

const (
	// slack is how much lateness a ceiling may make good: see the package
	// comment.
	slack = 10 * time.Millisecond

	// unit is what one request costs. The limiter counts whole tokens, and a
	// burst such as 1.99 requests is not one: thousandths are.
	unit = 1000
)

// Pace is the pace of one run: a ceiling that holds exactly, and below it what
// was learned of the server's limit. It is not safe for concurrent use. Make it
// with Auto or Fixed.
type Pace struct {
	ceiling *rate.Limiter // nil: none
	learner *learner      // of Auto
	steady  *steady       // of Fixed; nil: Auto

	suspended suspension
	relearn   relearn
	found     Learned // what the learner before this one had found
	random    func() float64
}

// Auto returns a pace that starts low, finds the server's limit and stays just
// under it, and never exceeds most. random returns numbers in [0,1): it keeps
// runs that share a limit out of step.
func Auto(most Rate, random func() float64) *Pace {
	return &Pace{ceiling: newCeiling(most), learner: newLearner(random), random: random}
}

// Fixed returns a pace that starts at r, never exceeds it, and goes below it
// only while the server refuses.
func Fixed(r Rate, random func() float64) *Pace {
	return &Pace{ceiling: newCeiling(r), learner: newLearner(random), steady: newSteady(r, random)}
}

func newCeiling(r Rate) *rate.Limiter {
	if r == Unlimited {
		return nil
	}
	burst := max(1, float64(r)*slack.Seconds())
	return rate.NewLimiter(rate.Limit(float64(r)*unit), int(burst*unit))
}

// Take lets one request start, and returns 0; or returns how long to wait
// before asking again, and takes nothing. An answer can shorten the wait, so
// whoever waits asks again after each. inFlight is the number of requests that
// are under way, without this one.
func (p *Pace) Take(now time.Time, inFlight int) time.Duration {
	if p.suspended.on {
		return p.takeSuspended(now)
	}
	if inFlight >= p.Window() {
		return waitForAnswer
	}
	if wait := p.missing(now); wait > 0 {
		return max(wait, p.pausedUntil().Sub(now))
	}
	var wait time.Duration
	if p.steady != nil {
		wait = p.steady.take(now)
	} else {
		l := p.learner
		if l.est.limit > 0 && l.places.n == 0 && !l.ep.open && p.relearn.due(now, l.out.rate, l.est.limit, l.starting) {
			p.forget(now)
		}
		wait = p.learner.take(now)
	}
	if wait == 0 && p.ceiling != nil {
		p.ceiling.AllowN(now, unit)
	}
	return wait
}

func (p *Pace) pausedUntil() time.Time {
	if p.steady != nil {
		return p.steady.pausedTil
	}
	return p.learner.rest.wall
}

// waitForAnswer is Take's answer when only an answer can make room.
const waitForAnswer = time.Hour

// missing is how long the ceiling forbids a start.
func (p *Pace) missing(now time.Time) time.Duration {
	if p.ceiling == nil {
		return 0
	}
	tokens := p.ceiling.TokensAt(now)
	if tokens >= unit {
		return 0
	}
	wait := math.Ceil((unit - tokens) / float64(p.ceiling.Limit()) * float64(time.Second))
	return max(time.Duration(wait), time.Nanosecond)
}

// Window is how many requests may be in flight now, at least 1;
// math.MaxInt32 if any number may.
func (p *Pace) Window() int {
	if p.steady != nil {
		return math.MaxInt32
	}
	return p.learner.inFlight()
}

// Rate is the rate in force at the latest Take, in requests a second. While
// everything is accepted at a low start it is still climbing; Unlimited if
// nothing bounds it.
func (p *Pace) Rate() Rate {
	r := Rate(p.learner.out.rate)
	if p.steady != nil {
		r = p.steady.rate(p.steady.at)
	}
	if r >= maxRate {
		r = Unlimited
	}
	if p.ceiling != nil {
		r = min(r, Rate(p.ceiling.Limit()/unit))
	}
	return r
}

// BelieveUnavailable says that 503s look like the server's way to limit the rate:
// from now on they are taken for refusals, until going slower has not helped.
func (p *Pace) BelieveUnavailable() { p.learner.unavailable.believed = true }

// MakesGood reports whether a request that starts late by d costs no time in
// the end, because the slack lets the next ones catch up.
func (p *Pace) MakesGood(d time.Duration) bool {
	if p.ceiling == nil {
		return true
	}
	spare := float64(p.ceiling.Burst()-unit) / float64(p.ceiling.Limit())
	return spare >= d.Seconds()
}

// Outcome is what an answer means to the pace.
type Outcome int

// The outcomes.
const (
	Success     Outcome = iota // 2xx, with whatever in it
	Refusal                    // 429
	Unavailable                // 503: a refusal where it behaves like one
	Failure                    // any other answer: the server took the request on
	Lost                       // no answer, or none that tells anything
)

// Answer is what the pace needs to know of a request that came back.
type Answer struct {
	Started    time.Time     // the now that Take was given
	Took       time.Duration // from then to its answer
	Outcome    Outcome
	RetryAfter time.Duration // what the server asked for, from now; 0: nothing
	Hint       Hint          // of its headers; see ParseHint
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
	Refused    Reason = "rate_limited" // refused without a time to come back
	RetryAfter Reason = "retry_after"  // the server named the time
	Hinted     Reason = "hinted"       // its headers said that nothing is left
)

// Answered takes account of one answer; every request that Take let start must
// get one. It returns the pause that this answer calls for, or the part by
// which it makes the present pause longer, so that all of them add up to the
// time spent paused.
func (p *Pace) Answered(now time.Time, a Answer) (Pause, bool) {
	if pause, extended, beside := p.answeredBeside(now, a); beside {
		return pause, extended
	}
	if p.steady != nil {
		return p.steady.answered(now, a)
	}
	l := p.learner
	p.relearn.answered(now, a.Started, a.Outcome == Refusal || a.Outcome == Unavailable && l.unavailable.believed,
		a.Outcome == Success || a.Outcome == Failure)
	before := l.rest.wall
	l.answered(now, a)
	if !l.rest.wall.After(before) || !l.rest.wall.After(now) {
		return Pause{}, false
	}
	pause := Pause{From: now, Until: l.rest.wall, Reason: l.rest.reason}
	if before.After(now) {
		pause.From = before
	}
	return pause, true
}

// Kind is a kind of limit.
type Kind string

// The kinds of limits.
const (
	None        Kind = ""            // none was met
	PerSecond   Kind = "rate"        // a rate, with or without a burst
	PerWindow   Kind = "window"      // a number of requests in each window
	Concurrency Kind = "concurrency" // a number of requests at a time
)

// Learned is what was found out about the server's limit.
type Learned struct {
	Kind   Kind
	Rate   Rate          // requests a second that are accepted in the long run; of a Concurrency: 0
	Burst  float64       // requests that a rate lets through at once, if known
	Count  int           // requests in a window, or at a time
	Window time.Duration // length of a window
}

// Learned says what was found so far.
func (p *Pace) Learned() Learned {
	found := p.learner.learned()
	// Learning anew begins with a rate, also where windows were known before.
	same := p.found.Kind == PerWindow && found.Kind == PerSecond && math.Abs(float64(found.Rate/p.found.Rate)-1) < 0.15
	if found.Kind == None || same {
		return p.found
	}
	return found
}
