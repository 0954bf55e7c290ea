package pace

import (
	"math"
)

// episode is a time of refusals: from the first, which pauses everyone, until
// the requests of before it are answered.
type episode struct {
	open        bool    // not concluded yet
	phase       phase   // of the course when it began
	phaseBefore phase   // of the episode before it
	began       float64 // when its first refusal came
	first       float64 // start of the first request refused in it
	last        float64 // and of the latest
	hits        int     // refusals
	asked       float64 // the longest pause that the server asked for
	by503       bool    // the latest refusal was one without a time
	cut         float64 // requests started before it tell nothing new
	cutBefore   float64 // cut of before the episode
	closed      bool    // refused, and nothing accepted since
	alone       int     // refusals in a row, each after a pause, without a success
	since       float64 // when those began
}

// begin begins an episode at t with the refusal of a request that was started at
// start. One that follows another without a success between goes on with it.
func (e *episode) begin(t, start, cut, asked float64, now phase) {
	e.open, e.last, e.began, e.closed = true, start, t, true
	e.cutBefore, e.asked = cut, asked
	e.hits++
	if e.alone == 0 {
		e.first, e.hits = start, 1
		e.since, e.phaseBefore, e.phase = t, e.phase, now
	}
}

// another takes note of one more refusal.
func (e *episode) another(start float64) {
	e.hits++
	e.last = max(e.last, start)
	e.first = min(e.first, start)
}

// conclude takes stock of an episode of refusals.
func (l *learner) conclude(t float64) {
	l.ep.open = false
	if l.log.acceptedFrom(l.ep.cutBefore) == 0 {
		// Nothing was accepted since the last pause: it was too short.
		l.ep.alone++
		if l.ep.asked == 0 {
			wait := min(max(0.5*(t-l.ep.since), 2*shortRound.Seconds(), l.srtt), 5)
			l.pause(t, wait*(0.9+0.2*l.random()))
		}
		return
	}
	l.stock(t)
}

// stock takes stock of refusals that have ended.
func (l *learner) stock(t float64) {
	l.ep.alone = 0
	hi := l.sendingRate(l.ep.first)
	l.episodes++
	switch {
	case l.crowded(t, hi):
	case l.starting:
		l.search(t, hi)
	case l.ep.asked == 0 && l.mark.set && l.log.countBetween(l.mark.at, l.ep.first) == 0:
		// Nothing was accepted since the last stock: nothing new is known.
		l.ep.phase = l.ep.phaseBefore
		l.settle(t, l.est.limit)
	case !l.measure(t, hi):
		return
	}
	l.mark = moment{l.ep.last, true}
	l.drop()
}

// measure takes the limit from what was accepted since the mark. It reports whether
// the mark may be moved: not if there was too little to measure, which the time to
// come may add to, nor if there is no limit.
func (l *learner) measure(t, hi float64) bool {
	unexpected := l.ep.phase == cruising
	accident := unexpected && l.ep.hits == 1
	l.doubtBurst(unexpected, accident)
	est, sure := l.measured(hi)
	if (l.est.sure || !unexpected) && l.unavailable.met(l.ep.by503 && unexpected && l.est.counted < soon) {
		l.recover(t)
		return false
	}
	l.est.sure = sure
	// A refusal alone among hundreds is an accident rather than a limit.
	if accident && l.ep.asked == 0 && l.est.counted >= 200 {
		est, sure = max(est, 0.99*l.est.limit), true
		l.ep.phase = probing
	}
	l.settle(t, est)
	return sure || !l.mark.set
}

// doubtBurst corrects what the bucket is taken to hold. A refusal out of turn says
// that more had been saved up in it than was thought, which the measure must leave
// out, and that less is to be sent at once.
func (l *learner) doubtBurst(unexpected, accident bool) {
	switch {
	case accident && l.log.acceptedFrom(l.mark.at) >= 200:
	case unexpected:
		l.out.depth = max(1, l.out.depth/2)
		if !l.est.known {
			l.est.burst = max(2, 4*l.est.burst)
		}
	case !l.est.known:
		l.est.burst *= 0.7
	}
}

// search decides, after a refusal in the beginning, whether the limit is known.
func (l *learner) search(t, hi float64) {
	f := fit(l.log, hi/50, hi*1.5)
	l.out.level = min(l.out.level, 1) // what the climb left
	l.est.burst = f.atLeast
	l.out.depth = max(1, 0.8*f.atLeast)
	switch {
	case f.misfit > 1.5 || l.episodes >= 6:
		// No bucket that was full at the start behaves so.
		l.starting, l.est.burst = false, 0
		est := math.Sqrt(f.low * f.rate)
		if f.misfit > 1.5 {
			est, _ = l.measured(hi)
		}
		l.settle(t, est)
	case f.certain():
		l.starting, l.est.known, l.est.counted = false, true, int(1.5/(f.high/f.low-0.999))
		est := math.Sqrt(f.low * f.high)
		if l.ep.asked > 0 {
			est *= math.Pow(f.low/f.high, 0.1) // to be refused once more costs more than to be a little slow
		}
		l.settle(t, est)
	default:
		l.course.phase, l.course.from, l.course.startRate = searching, t, l.guess(f)
		l.est.limit = l.course.startRate
		l.out.depth = max(1, 0.8*l.est.burst)
	}
}

// guess is where to search from, after a refusal that leaves much open.
func (l *learner) guess(f fitted) float64 {
	costly := l.ep.asked > 0
	switch {
	case l.episodes > 1 && costly:
		return min(math.Sqrt(f.low*f.high), 1.05*f.low)
	case l.episodes > 1:
		return math.Sqrt(f.low * f.high)
	}
	guess := math.Sqrt(max(f.low, f.high/8) * f.high)
	if costly {
		// As if the burst were what comes in in a third of a second: the second
		// refusal must come late enough to tell burst and rate apart.
		n := float64(l.log.acceptedFrom(l.log[0].at))
		guess = max(f.low, min(guess, n/(0.3+l.ep.first-l.log[0].at)))
	}
	return guess
}

// settle takes est as the limit.
func (l *learner) settle(t, est float64) {
	expected := l.ep.phase != cruising
	l.est.limit = est
	l.out.level = min(l.out.level, l.out.depth)
	l.course.phase, l.course.from = cruising, t
	l.course.startRate = 0
	if !expected {
		l.course.startRate = 0.85 * est
	}
	// A refusal must be worth what it costs.
	cost := max(0, l.ep.asked*est-l.est.burst)
	every := max(probeEvery, cost/(l.trade.pauses*est), float64(l.ep.hits)/(l.trade.refusals*est))
	// A measure of few requests is worth looking at again sooner.
	doubt := min(1, max(0.15, float64(l.est.counted)/150))
	if cost > 0 {
		doubt = min(1, max(0.3, float64(l.est.counted)/50))
	}
	every *= doubt
	l.course.nextProbe = t + every*(0.9+0.2*l.random())
}
