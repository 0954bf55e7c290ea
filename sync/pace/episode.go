package pace

import (
	"math"
)

// conclude takes stock of an episode of refusals.
func (l *learner) conclude(t float64) {
	l.inTrial = false
	if !l.acceptedSince(l.before) {
		// Nothing was accepted since the last pause: it was too short.
		l.alone++
		if l.asked == 0 {
			wait := min(max(0.5*(t-l.since), 2*shortRound.Seconds(), l.srtt), 5)
			l.pause(t, wait*(0.9+0.2*l.random()))
		}
		return
	}
	l.stock(t)
}

// stock takes stock of refusals that have ended.
func (l *learner) stock(t float64) {
	l.alone = 0
	hi := l.sendingRate(l.first)
	l.episodes++
	if l.crowded(t, hi) {
		l.mark, l.marked = l.last, true
		l.starting = false
		l.drop()
		return
	}
	if l.starting {
		l.search(t, hi)
	} else {
		switch {
		case l.wasAt == cruising && l.hits == 1 && l.acceptedFrom(l.mark) >= 200:
		case l.wasAt == cruising:
			l.depth = max(1, l.depth/2)
			if !l.known {
				l.burst = max(2, 4*l.burst)
			}
		case !l.known:
			l.burst *= 0.7
		}
		est, sure := l.measured(hi)
		// A refusal alone among hundreds is an accident rather than a limit.
		lonely := l.asked == 0 && l.wasAt == cruising && l.hits == 1 && l.counted >= 200
		out := l.wasAt == cruising
		if (l.sure || !out) && l.unavailable.met(l.by503 && out && l.counted < soon) {
			l.recover(t)
			return
		}
		l.sure = sure
		if lonely {
			est, sure = max(est, 0.99*l.limit), true
			l.wasAt = probing
		}
		l.settle(t, est)
		if l.marked && !sure {
			return // keeps the mark, to measure over a longer time
		}
	}
	l.mark, l.marked = l.last, true
	l.drop()
}

// search decides, after a refusal in the beginning, whether the limit is known.
func (l *learner) search(t, hi float64) {
	f := fit(l.log, hi/50, hi*1.5)
	l.burst = f.atLeast
	l.depth = max(1, 0.8*f.atLeast)
	switch {
	case f.misfit > 1.5 || l.episodes >= 6:
		// No bucket that was full at the start behaves so.
		l.starting, l.burst = false, 0
		est := math.Sqrt(f.low * f.rate)
		if f.misfit > 1.5 {
			est, _ = l.measured(hi)
		}
		l.settle(t, est)
	case f.certain():
		l.starting, l.known, l.counted = false, true, int(1.5/(f.high/f.low-0.999))
		l.settle(t, math.Sqrt(f.low*f.high))
	default:
		guess := math.Sqrt(max(f.low, f.high/8) * f.high)
		if l.episodes > 1 {
			guess = math.Sqrt(f.low * f.high)
		}
		l.phase, l.from, l.startRate = searching, t, guess
		l.limit = guess
		l.depth = max(1, 0.8*l.burst)
	}
}

// settle takes est as the limit.
func (l *learner) settle(t, est float64) {
	expected := l.wasAt != cruising
	l.limit = est
	l.level = min(l.level, l.depth)
	l.phase, l.from = cruising, t
	l.startRate = 0
	if !expected {
		l.startRate = 0.85 * est
	}
	// A refusal must be worth what it costs.
	cost := max(0, l.asked*est-l.burst)
	every := max(probeEvery, cost/(0.012*est), float64(l.hits)/(0.006*est))
	// A measure of few requests is worth looking at again sooner.
	doubt := min(1, max(0.15, float64(l.counted)/150))
	if cost > 0 {
		doubt = min(1, max(0.3, float64(l.counted)/50))
	}
	every *= doubt
	l.nextProbe = t + every*(0.9+0.2*l.random())
}

// reopened ends a time in which everything was refused.
func (l *learner) reopened(t, start float64) {
	waited := start - l.first
	if waited < 2.2 && l.asked > 0 || waited < 0.3 || waited*l.limit < 4 && waited < 10 {
		// No longer than a bucket needs for a few requests.
		if l.alone > 0 {
			l.stock(t)
		}
		return
	}
	if l.hints.wrong() {
		// It was waited for nothing.
		l.asked, l.alone = 0, 0
		return
	}
	// So a window has ended, and another begun.
	// It began somewhere between the last refusal and now.
	began := (l.last + start) / 2
	if l.asked > 0 {
		began = start // it was said
	}
	est := float64(l.taken) / (began - l.opened)
	vague := (start - began) / (start - l.opened)
	if l.windows > 0 {
		l.per = start - l.opened
	}
	l.full, l.windows = l.taken, l.windows+1
	l.alone, l.inTrial, l.starting, l.burst = 0, false, false, 0
	l.counted = min(l.taken, int(1.5/max(vague, 1e-3)))
	l.opened, l.taken = began, 0
	l.settle(t, max(est, 1e-3))
	l.startRate, l.level = 0, 1
	l.mark, l.marked = start-1e-6, true
	l.drop()
}
