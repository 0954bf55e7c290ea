package pace

import (
	"math"
)

// episode is a time of refusals. It lasts from the first refusal, which pauses
// everyone, until all requests that were sent before the pause are answered.
type episode struct {
	open        bool    // not concluded yet
	phase       phase   // of the course when it began
	phaseBefore phase   // of the episode before it
	began       float64 // when its first refusal came
	first       float64 // when the earliest refused request was started
	last        float64 // when the latest refused request was started
	refusals    int
	askedPause  float64 // the longest pause that the server asked for, in seconds
	by503       bool    // the latest refusal was a 503 without a Retry-After
	stale
	vain
}

// stale is what refusals say nothing new.
type stale struct {
	staleUntil    float64 // those of requests started before this time
	staleBeforeIt float64 // staleUntil as it was before the episode
}

// vain is how pauses were too short.
type vain struct {
	refusing   bool    // nothing was accepted since a refusal
	vainPauses int     // pauses in a row that were followed by another refusal
	vainSince  float64 // when those began
}

// begin begins an episode at t with the refusal of a request that was started at
// start. An episode that follows another without a success in between continues it.
func (e *episode) begin(t, start, cut, asked float64, now phase) {
	e.open, e.last, e.began, e.refusing = true, start, t, true
	e.staleBeforeIt, e.askedPause = cut, asked
	e.refusals++
	if e.vainPauses == 0 {
		e.first, e.refusals = start, 1
		e.vainSince, e.phaseBefore, e.phase = t, e.phase, now
	}
}

// add records one more refusal.
func (e *episode) add(start float64) {
	e.refusals++
	e.last = max(e.last, start)
	e.first = min(e.first, start)
}

// conclude ends an episode: its refusals are explained, unless the server accepts
// nothing yet.
func (l *learner) conclude(t float64) {
	l.episode.open = false
	if l.log.acceptedFrom(l.episode.staleBeforeIt) == 0 {
		// Nothing was accepted since the previous pause, so it was too short.
		l.episode.vainPauses++
		if l.episode.askedPause == 0 {
			wait := min(max(0.5*(t-l.episode.vainSince), 2*shortRound.Seconds(), l.srtt), 5)
			l.pauseAfterRefusal(t, wait*(0.9+0.2*l.random()))
		}
		return
	}
	l.explain(t)
}

// explain finds the reason for an episode of refusals: a limit on concurrency, or
// a rate.
func (l *learner) explain(t float64) {
	l.episode.vainPauses = 0
	hi := l.sendingRate(l.episode.first)
	l.episodeCount++
	switch {
	case l.concurrency.limit > 0 && l.limitedByConcurrency(t, hi):
	case l.divided && l.starting: // the others climb in step, so the limit is what all send now
		l.beginAt(Limit{Kind: PerSecond, Rate: Rate(hi), Pause: fromSeconds(l.episode.askedPause)})
		l.outflow.level = 0
		l.adopt(t, l.estimate.limit)
	case l.caution.named && !l.divided:
		l.weigh(t, hi)
		return
	case l.limitedByConcurrency(t, hi):
	case l.starting:
		l.search(t, hi)
	case l.episode.askedPause == 0 && l.exhausted.set && l.log.countBetween(l.exhausted.at, l.episode.first) == 0:
		// Nothing was accepted since the last explanation, so nothing new is known.
		l.episode.phase = l.episode.phaseBefore
		l.adopt(t, l.estimate.limit)
	case !l.measure(t, hi):
		return
	}
	l.exhausted = moment{l.episode.last, true}
	l.drop()
}

// measure takes the limit from what was accepted since the server was last
// exhausted. It reports whether the next measurement may begin at this episode: not
// if there was too little to measure, because later requests may add to it, and not
// if there is no limit.
func (l *learner) measure(t, hi float64) bool {
	unexpected := l.episode.phase == cruising
	accident := unexpected && l.episode.refusals == 1
	l.correctBurst(unexpected, accident)
	limit, reliable := l.measured(hi)
	if (l.estimate.reliable || !unexpected) && l.unavailable.met(l.episode.by503 && unexpected && l.estimate.sample < soon) {
		l.ignore503s(t)
		return false
	}
	l.estimate.reliable = reliable
	// A single refusal among hundreds is an accident rather than a limit.
	if accident && l.episode.askedPause == 0 && l.estimate.sample >= 200 {
		limit, reliable = max(limit, 0.99*l.estimate.limit), true
		l.episode.phase = probing
	}
	l.adopt(t, limit)
	return reliable || !l.exhausted.set
}

// correctBurst corrects the assumed size of the bucket. An unexpected refusal means
// that the bucket had saved up more than was assumed: the measurement must leave that
// out, and fewer requests may be sent at once.
func (l *learner) correctBurst(unexpected, accident bool) {
	switch {
	case accident && l.log.acceptedFrom(l.exhausted.at) >= 200:
	case unexpected:
		l.outflow.depth = max(1, l.outflow.depth/2)
		if !l.estimate.burstFitted {
			l.estimate.burst = max(2, 4*l.estimate.burst)
		}
	case !l.estimate.burstFitted:
		l.estimate.burst *= 0.7
	}
}

// search decides, after one of the first refusals, whether the limit is known well
// enough.
func (l *learner) search(t, hi float64) {
	f := fit(l.log, hi/50, hi*1.5)
	l.outflow.level = min(l.outflow.level, 1) // what the climb had saved up
	l.estimate.burst = f.atLeast
	l.outflow.depth = max(1, 0.8*f.atLeast)
	switch {
	case f.misfit > 1.5 || l.episodeCount >= 6:
		// No bucket that was full at the start behaves like this.
		l.starting, l.estimate.burst = false, 0
		limit := math.Sqrt(f.low * f.rate)
		if f.misfit > 1.5 {
			limit, _ = l.measured(hi)
		}
		l.adopt(t, limit)
	case f.certain():
		l.starting, l.estimate.burstFitted, l.estimate.sample = false, true, int(1.5/(f.high/f.low-0.999))
		limit := math.Sqrt(f.low * f.high)
		l.adopt(t, limit)
	default:
		l.course.phase, l.course.began, l.course.startRate = searching, t, l.guess(f)
		l.estimate.limit = l.course.startRate
		l.outflow.depth = max(1, 0.8*l.estimate.burst)
	}
}

// guess returns the rate to search from, after a refusal that leaves much open.
func (l *learner) guess(f fitted) float64 {
	if l.episodeCount > 1 {
		return math.Sqrt(f.low * f.high)
	}
	return math.Sqrt(max(f.low, f.high/8) * f.high)
}

// adopt takes limit as the server's limit, and plans when to probe it.
func (l *learner) adopt(t, limit float64) {
	expected := l.episode.phase != cruising
	l.estimate.limit = limit
	l.outflow.level = min(l.outflow.level, l.outflow.depth)
	l.course.phase, l.course.began = cruising, t
	l.course.startRate = 0
	if !expected {
		l.course.startRate = 0.85 * limit
	}
	// What a probe may find must be worth the refusal that it may cost.
	cost := max(0, l.episode.askedPause*limit-l.estimate.burst)
	every := max(probeEvery, cost/(l.trade.pauses*limit), float64(l.episode.refusals)/(l.trade.refusals*limit))
	// Check a limit that rests on few requests sooner.
	doubt := min(1, max(0.15, float64(l.estimate.sample)/150))
	if cost > 0 {
		doubt = min(1, max(0.3, float64(l.estimate.sample)/50))
	}
	every *= doubt
	l.course.nextProbe = t + every*(0.9+0.2*l.random())
}
