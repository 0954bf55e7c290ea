package pace

import (
	"math"
	"time"
)

// relearn keeps a bad minute from slowing down the rest of a run. A learner explains
// every refusal by a limit. If the reason was another (an overload, a limit that was
// lifted, noise), the limit it found is much too low, and its careful probes raise it
// only slowly. So when all has been quiet for a while at a rate far below what was
// accepted before, relearn has everything forgotten and learned again, which takes
// seconds and a few refusals. A limit is found again as it was. What a server that refuses
// at random shows is another limit each time, so it is forgotten again and again. However high
// it is, it is forgotten once the learner knows that refusals came at random, and within a minute
// after the latest limit that was forgotten for one of these reasons.
type relearn struct {
	began        time.Time     // the run
	flow         float64       // requests per second accepted recently
	best         float64       // the largest flow; older ones count less
	asOf         time.Time     // the time at which flow and best were computed
	lastRefusal  time.Time     // or the start, before any
	refusedSince time.Time     // the first refusal since the latest success; zero: none
	named        time.Duration // the longest wait that a refusal since then asked for
	shutFor      time.Duration // how long the server last refused everything
	notBefore    time.Time     // the earliest time to relearn again
	forgotten    float64       // the limit before relearning; 0: none, or found again
	noLimit      time.Time     // when a limit was last forgotten as too low or as random
}

const (
	relearnBelow  = 0.25 // of the best: relearn, though the limit is known well
	relearnUnsure = 0.45 // the same, if it is not
	relearnSlow   = 0.8  // the same, if another limit was forgotten, or after relearnLong
	relearnSame   = 0.1  // share by which a limit differs when it is found again, at most
	relearnDoubt  = 0.5  // of the best is kept then
	relearnLong   = time.Minute
	relearnQuiet  = 10 * time.Second
	flowOver      = 20.0  // seconds of averaging: longer than most bursts and windows last
	bestOver      = 600.0 // seconds in which the best fades
)

func (r *relearn) advance(now time.Time) {
	if r.asOf.IsZero() {
		r.began, r.asOf, r.lastRefusal = now, now, now
	}
	d := now.Sub(r.asOf).Seconds()
	r.flow *= math.Exp(-d / flowOver)
	r.best *= math.Exp(-d / bestOver)
	r.asOf = now
}

func (r *relearn) answered(now, started time.Time, refused, accepted bool) {
	r.advance(now)
	switch {
	case refused:
		r.lastRefusal = now
		if r.refusedSince.IsZero() {
			r.refusedSince = now
		}
	case accepted:
		r.flow += 1 / flowOver
		flow := r.flow
		if age := now.Sub(r.began); r.lastRefusal.Equal(r.began) && age >= relearnQuiet/2 {
			flow /= 1 - math.Exp(-age.Seconds()/flowOver) // the average of less time
		}
		r.best = max(r.best, flow)
		if !r.refusedSince.IsZero() && started.After(r.refusedSince) {
			r.shutFor, r.refusedSince = now.Sub(r.refusedSince), time.Time{}
			if r.named > 0 {
				// A window that is used up asks for its end, and accepts then.
				r.shutFor = min(r.shutFor, r.named)
			}
			r.named = 0
		}
	}
}

// due reports whether to forget what was learned. It must have been quiet for longer
// than the server last refused everything: an exhausted window is not a bad minute.
// sure means that the limit is known well, and random that refusals came at random.
func (r *relearn) due(now time.Time, rate, limit float64, sure, random bool) bool {
	r.advance(now)
	if sure && r.forgotten > 0 && math.Abs(math.Log(limit/r.forgotten)) < relearnSame {
		// Found again, so it is more likely right.
		r.best, r.forgotten = r.best*relearnDoubt, 0
	}
	doubted := random || r.forgotten > 0 && now.Sub(r.noLimit) < relearnLong
	if !doubted && rate >= relearnSlow*r.best {
		if sure {
			r.forgotten = 0
		}
		return false
	}
	below, quiet := relearnBelow, now.Sub(r.lastRefusal)
	switch {
	case doubted:
		below = math.Inf(1)
	case r.forgotten > 0 || quiet >= relearnLong:
		below = relearnSlow
	case !sure:
		below = relearnUnsure
	}
	if rate >= below*r.best {
		return false
	}
	if now.Before(r.notBefore) || quiet < max(relearnQuiet, r.shutFor*6/5) || !r.refusedSince.IsZero() {
		return false
	}
	if random || rate < relearnSlow*r.best {
		r.noLimit = now
	}
	r.notBefore, r.forgotten = now.Add(relearnQuiet), limit
	return true
}

// mostFlow is what should be accepted now, in requests per second. Of a window that is used up at
// once, relearn may have seen more than its rate.
func (l *learner) mostFlow() float64 {
	b := &l.caution.book
	switch {
	case l.caution.on && b.windows >= 0.5:
		return max(l.outflow.rate, b.mean+b.size/flowOver)
	case l.phase == weighing:
		return b.mean
	}
	return l.outflow.rate
}

// forget starts learning again. Answers to requests in flight are ignored. A pause that
// goes on and the trust in the server's hints are kept.
func (p *Pace) forget(now time.Time) {
	old := p.learner
	if !old.caution.atRandom() {
		p.found = p.latest()
	}
	p.learner = newLearner(p.random)
	p.learner.startWith(p.share)
	p.learner.base, p.learner.begun, p.learner.toDo = old.base, old.begun, old.toDo
	p.learner.caution.change = changes{count: old.caution.change.count + 1, highest: p.relearn.best}
	p.learner.hints, p.learner.backoff = old.hints, old.backoff
	p.suspended = suspension{since: now, ended: now}
}
