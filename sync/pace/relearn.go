package pace

import (
	"math"
	"time"
)

// relearn is what keeps a bad minute from slowing the rest of a run. A learner
// explains refusals by a limit; where they had another reason (an overload, a
// limit that was lifted, noise), the limit it found is much too low, and so are
// its careful attempts to go over it. When all has been quiet for a while at a
// rate far below what was accepted before, everything is forgotten and learned
// anew, which takes seconds and a few refusals.
type relearn struct {
	flow   float64   // accepted lately, requests a second
	best   float64   // the most of it; what is long ago counts less
	at     time.Time // when they were right
	noisy  time.Time // the latest refusal
	closed time.Time // the first refusal since the latest success; zero: none
	shut   time.Duration
	next   time.Time     // not to be done again before
	wait   time.Duration // and how long that will be the next time
	was    float64       // the limit that was forgotten; 0: none, or found again
}

const (
	relearnBelow = 0.45 // of the best
	relearnSlow  = 0.8  // of the best: too slow after relearnLong
	relearnDoubt = 0.25 // of the best is left when learning anew finds the same
	relearnLong  = time.Minute
	relearnQuiet = 10 * time.Second
	relearnMost  = time.Minute // between two times
	flowOver     = 20.0        // seconds: longer than most bursts and windows are used up in
	bestOver     = 600.0       // seconds
)

func (r *relearn) advance(now time.Time) {
	if r.at.IsZero() {
		r.at, r.noisy, r.wait = now, now, relearnQuiet
	}
	d := now.Sub(r.at).Seconds()
	r.flow *= math.Exp(-d / flowOver)
	r.best *= math.Exp(-d / bestOver)
	r.at = now
}

func (r *relearn) answered(now, started time.Time, refused, accepted bool) {
	r.advance(now)
	switch {
	case refused:
		r.noisy = now
		if r.closed.IsZero() {
			r.closed = now
		}
	case accepted:
		r.flow += 1 / flowOver
		r.best = max(r.best, r.flow)
		if !r.closed.IsZero() && started.After(r.closed) {
			r.shut, r.closed = now.Sub(r.closed), time.Time{}
		}
	}
}

// due reports whether what was learned is to be forgotten. The quiet must have
// lasted longer than the server was shut before: a window that is used up is no
// bad minute. learning says that the limit is only a guess so far.
func (r *relearn) due(now time.Time, rate, limit float64, learning bool) bool {
	r.advance(now)
	if !learning && r.was > 0 && limit <= 1.5*r.was && limit > 0 {
		// Learning anew has found the same again: most likely it is so.
		r.best, r.was = r.best*relearnDoubt, 0
	}
	if rate >= relearnSlow*r.best {
		if !learning {
			r.wait, r.was = relearnQuiet, 0
		}
		return false
	}
	if rate >= relearnBelow*r.best && now.Sub(r.noisy) < relearnLong {
		return false
	}
	quiet := max(relearnQuiet, r.shut*6/5)
	if now.Before(r.next) || now.Sub(r.noisy) < quiet || !r.closed.IsZero() {
		return false
	}
	r.next = now.Add(r.wait)
	r.wait = min(2*r.wait, relearnMost)
	r.was = limit
	return true
}

// forget starts learning anew. Requests under way have nothing to teach. What was
// taken from a window is taken, and what is known of the hints holds.
func (p *Pace) forget(now time.Time) {
	p.found = p.Learned()
	old := p.learner
	p.learner = newLearner(p.random)
	p.learner.trade, p.learner.base, p.learner.begun = old.trade, old.base, old.begun
	p.learner.windows, p.learner.hints = old.windows, old.hints
	p.suspended = suspension{since: now, ended: now}
}
