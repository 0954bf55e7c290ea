package pace

import (
	"math"
	"time"
)

// answered is Pace.Answered.
func (l *learner) answered(now time.Time, a Answer) {
	t := l.clock(now)
	l.advance(t)
	s := l.find(a.Started.Sub(l.base).Seconds())
	switch a.Outcome {
	case Success, Failure:
		set(s, accepted, t)
		l.succeeded(t, a)
	case Refusal:
		set(s, refused, t)
		l.refused(t, a)
		l.by503 = false
	case Unavailable:
		l.unavailable.count(false)
		if a.RetryAfter > 0 || l.unavailable.believed {
			set(s, refused, t)
			l.refused(t, a)
			l.by503 = a.RetryAfter <= 0
		} else {
			set(s, unclear, t)
		}
	default:
		set(s, unclear, t)
	}
	if a.RetryAfter > 0 {
		l.hold(t, a.RetryAfter, RetryAfter)
		l.cut = max(l.cut, t)
	}
	if l.inTrial && l.settled(t) {
		l.conclude(t)
	}
}

func set(s *sent, to state, t float64) {
	if s != nil {
		s.state, s.end = to, t
	}
}

// find finds the request that was started at, and is open.
func (l *learner) find(at float64) *sent {
	lo, hi := 0, len(l.log)
	for lo < hi {
		if mid := (lo + hi) / 2; l.log[mid].at < at-1e-9 {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	for i := lo; i < len(l.log) && l.log[i].at <= at+1e-9; i++ {
		if l.log[i].state == open {
			return &l.log[i]
		}
	}
	return nil
}

func (l *learner) succeeded(t float64, a Answer) {
	l.unavailable.count(true)
	took := a.Took.Seconds()
	if l.srtt == 0 {
		l.srtt = took
	}
	l.srtt += (took - l.srtt) / 16
	start := a.Started.Sub(l.base).Seconds()
	if wait := l.hints.accepted(t, start, a.Hint); wait > 0 {
		l.hold(t, fromSeconds(wait), Hinted)
	}
	if l.closed && start >= l.cut {
		l.closed = false
		l.reopened(t, start)
	}
	l.taken++
	l.flow = l.flowAt(t) + 1/flowSpan
	l.flowed = t
	if l.phase == climbing && !l.inTrial {
		l.window = max(l.window, min(l.window+1, 1e6))
	}
}

// flowAt is the rate of what was accepted lately.
func (l *learner) flowAt(t float64) float64 { return l.flow * math.Exp((l.flowed-t)/flowSpan) }

func (l *learner) refused(t float64, a Answer) {
	start := a.Started.Sub(l.base).Seconds()
	why := RetryAfter
	if a.RetryAfter <= 0 {
		a.RetryAfter, why = l.hints.refused(t, a.Hint), Hinted
	}
	l.asked = max(l.asked, a.RetryAfter.Seconds())
	cut := l.cut
	if a.RetryAfter > 0 {
		l.hold(t, a.RetryAfter, why)
		l.cut = max(l.cut, t)
	}
	switch {
	case l.inTrial:
		l.hits++
		l.last = max(l.last, start)
		l.first = min(l.first, start)
		if start >= cut {
			// Refused again before that is known which led to the first
			// refusal: slower at once, whatever the limit will prove to be.
			l.startRate *= 0.7
			l.pause(t, l.shortPause())
		}
		return
	case start < cut:
		l.mark = max(l.mark, start)
		return
	}
	// A new episode.
	l.inTrial, l.last, l.trial, l.closed = true, start, t, true
	l.before = cut
	l.hits++
	if l.alone == 0 {
		l.first, l.hits = start, 1
		l.since, l.wasAt = t, l.phase
	}
	if l.trying > 0 {
		l.trying, l.tried, l.nextProbe = 0, t, t+10
	}
	l.asked = a.RetryAfter.Seconds()
	l.pause(t, max(l.asked, l.shortPause()))
	if l.limit > 0 && !l.starting && l.places == 0 {
		l.phase, l.from = cruising, t
		l.startRate = 0.85 * l.limit
		l.nextProbe = math.Inf(1)
	}
}

// recover goes on as if there had been no 503: they do not depend on the rate.
func (l *learner) recover(t float64) {
	l.alone, l.inTrial, l.closed, l.limit, l.places = 0, false, false, 0, 0
	l.phase, l.starting, l.startRate = climbing, true, 0
	l.paused, l.pausedTil = t, l.base.Add(fromSeconds(t))
	l.window = max(l.window, firstWindow)
	l.log, l.marked, l.episodes = l.log[:0], false, 0
}

// shortPause is the pause after a refusal that names no time.
func (l *learner) shortPause() float64 {
	if l.starting {
		return max(l.srtt, 0.01)
	}
	return max(0.01, min(l.srtt, 3/l.rate))
}

// hold lets nothing start for d from t.
func (l *learner) hold(t float64, d time.Duration, why Reason) {
	until := l.base.Add(fromSeconds(t)).Add(d)
	if until.After(l.pausedTil) {
		l.pausedTil, l.paused, l.reason = until, t+d.Seconds(), why
	}
}

func (l *learner) pause(t, wait float64) {
	l.hold(t, fromSeconds(wait), Refused)
	l.cut = t
	l.level = min(l.level, 0)
}

// settled reports whether all requests of before the pause were answered.
func (l *learner) settled(t float64) bool {
	if t > l.trial+max(2*l.srtt, 0.1) {
		return true
	}
	for _, s := range l.log {
		if s.at >= l.trial {
			break
		}
		if s.state == open {
			return false
		}
	}
	return true
}

func (l *learner) acceptedSince(at float64) bool { return l.acceptedFrom(at) > 0 }

// acceptedFrom is how many of the requests started since at were accepted.
func (l *learner) acceptedFrom(at float64) (n int) {
	for i := len(l.log) - 1; i >= 0 && l.log[i].at >= at; i-- {
		if l.log[i].state == accepted {
			n++
		}
	}
	return n
}
