package pace

import (
	"math"
	"time"

	"golang.org/x/time/rate"
)

const (
	// slack is how much lateness a ceiling lets requests make up for; see the
	// package comment.
	slack = 10 * time.Millisecond

	// unit is the cost of one request in the limiter's tokens. The limiter counts
	// whole tokens, so tokens of a thousandth allow a burst of 1.99 requests.
	unit = 1000
)

// Pace is the pace of one run: a ceiling that is never exceeded, and below it what
// was learned about the server's limit. It is not safe for concurrent use. Make one
// with Auto or Fixed.
type Pace struct {
	ceiling *rate.Limiter // nil: none
	learner *learner      // of Auto
	steady  *steady       // of Fixed; nil: Auto

	suspended suspension
	relearn   relearn
	found     Limit // by the learner before the current one
	random    func() float64
	share     float64 // see Options
}

// Options say how the limit is learned.
type Options struct {
	Most       Rate           // never exceeded; must be set
	Random     func() float64 // numbers in [0,1): keeps runs that share a limit out of step
	Remembered *Limit         // what an earlier run learned: a prior, no promise; nil: nothing
	Requests   int            // that the run will take, about; 0: not known
	Share      float64        // of the limit, where processes divide it; 0: all of it
}

// Auto returns a pace that starts low, or near the remembered limit, finds the server's
// limit and stays just under it.
func Auto(o Options) *Pace {
	l := newLearner(o.Random)
	if o.Requests > 0 {
		l.toDo = float64(o.Requests)
	}
	l.startWith(o.Share)
	if o.Remembered != nil {
		l.begin(o.Remembered.of(o.Share))
	}
	return &Pace{ceiling: newCeiling(o.Most), learner: l, random: o.Random, share: o.Share}
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
// whoever waits asks again after each. inFlight is the number of requests in
// flight, without this one.
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
		if b := &l.caution.book; l.caution.on && !l.episode.open && p.relearn.due(now, l.mostFlow(), b.mean, b.sure(), l.caution.atRandom()) {
			p.forget(now)
		}
		wait = p.learner.take(now, inFlight)
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
	return p.learner.backoff.wall
}

// Left records that the latest n requests that Take let start left only now. What was saved up
// while they waited is lost, because the next ones are timed from here on.
func (p *Pace) Left(now time.Time, n int) {
	if p.steady != nil && n > 0 {
		p.steady.started = now
	}
	if p.ceiling == nil {
		return
	}
	most := max(0, p.ceiling.Burst()-n*unit)
	if saved := int(math.Ceil(p.ceiling.TokensAt(now))) - most; saved > 0 {
		p.ceiling.AllowN(now, saved)
	}
}

// waitForAnswer is Take's answer when only an answer can make room.
const waitForAnswer = time.Hour

// missing returns how long the ceiling still forbids a start.
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

// Rate returns the rate in force at the latest Take. It is still climbing as long as
// the server has accepted everything, and Unlimited if nothing bounds it.
func (p *Pace) Rate() Rate {
	r := Rate(p.learner.outflow.rate)
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

// BelieveUnavailable says that 503s look like the server's way to limit the rate.
// They count as refusals, those of before as well, until going slower proves not to help.
func (p *Pace) BelieveUnavailable() { p.learner.believe503s() }

// MakesGood reports whether a request that starts late by d costs no time in the
// end, because the slack lets later requests catch up.
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
	Success     Outcome = iota // 2xx, whatever it contains
	Refusal                    // 429
	Unavailable                // 503: a refusal where it behaves like one
	Failure                    // any other answer: the server accepted the request
	Lost                       // no answer, or one that says nothing
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

// Answered records one answer; it must be called for every request that Take let
// start. It returns the pause that this answer calls for, or the part by which it
// extends the current pause, so that all the returned pauses add up to the time spent
// paused. Its second result reports whether there is one.
func (p *Pace) Answered(now time.Time, a Answer) (Pause, bool) {
	if pause, extended, ok := p.answeredWhileDown(now, a); ok {
		return pause, extended
	}
	if p.steady != nil {
		return p.steady.answered(now, a)
	}
	l := p.learner
	refused := a.Outcome == Refusal || a.Outcome == Unavailable && (a.RetryAfter > 0 || l.unavailable.believed)
	if refused {
		p.relearn.named = max(p.relearn.named, a.RetryAfter)
	}
	p.relearn.answered(now, a.Started, refused,
		a.Outcome == Success || a.Outcome == Failure)
	before := l.backoff.wall
	l.answered(now, a)
	if !l.backoff.wall.After(before) || !l.backoff.wall.After(now) {
		return Pause{}, false
	}
	pause := Pause{From: now, Until: l.backoff.wall, Reason: l.backoff.reason}
	if before.After(now) {
		pause.From = before
	}
	return pause, true
}

// Learned returns what was found of the server's limit so far, and reports whether that
// is anything.
func (p *Pace) Learned() (Limit, bool) {
	l := p.latest()
	return l, l.Kind != None
}

// latest is what the present learner found, or the one before it.
func (p *Pace) latest() Limit {
	found := p.learner.learned()
	// Relearning first finds a rate, even if windows were known before.
	same := p.found.Kind == PerWindow && found.Kind == PerSecond && math.Abs(float64(found.Rate/p.found.Rate)-1) < 0.15
	if found.Kind == None || same {
		return p.found
	}
	return found
}
