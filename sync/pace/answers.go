package pace

import (
	"math"
	"time"
)

// answered is Pace.Answered.
func (l *learner) answered(now time.Time, a Answer) {
	t := l.clock(now)
	l.advance(t)
	s := l.log.find(a.Started.Sub(l.base).Seconds())
	switch a.Outcome {
	case Success, Failure:
		set(s, accepted, t)
		l.succeeded(t, a)
	case Refusal:
		set(s, refused, t)
		l.refused(t, a)
		l.ep.by503 = false
	case Unavailable:
		l.unavailable.count(false)
		if a.RetryAfter > 0 || l.unavailable.believed {
			set(s, refused, t)
			l.refused(t, a)
			l.ep.by503 = a.RetryAfter <= 0
		} else {
			set(s, unclear, t)
		}
	default:
		set(s, unclear, t)
	}
	if a.RetryAfter > 0 {
		l.hold(t, a.RetryAfter, RetryAfter)
		l.ep.cut = max(l.ep.cut, t)
	}
	if l.ep.open && l.settled(t) {
		l.conclude(t)
	}
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
	if l.ep.closed && start >= l.ep.cut {
		l.ep.closed = false
		l.reopened(t, start)
	}
	l.windows.taken++
	l.lately.add(t)
	if l.course.phase == climbing && !l.ep.open {
		l.course.window = max(l.course.window, min(l.course.window+1, 1e6))
	}
}

func (l *learner) refused(t float64, a Answer) {
	start := a.Started.Sub(l.base).Seconds()
	why := RetryAfter
	if a.RetryAfter <= 0 {
		a.RetryAfter, why = l.hints.refused(t, a.Hint), Hinted
	}
	l.ep.asked = max(l.ep.asked, a.RetryAfter.Seconds())
	cut := l.ep.cut
	if a.RetryAfter > 0 {
		l.hold(t, a.RetryAfter, why)
		l.ep.cut = max(l.ep.cut, t)
	}
	switch {
	case l.ep.open:
		l.ep.another(start)
		if start >= cut {
			// Refused again before that is known which led to the first
			// refusal: slower at once, whatever the limit will prove to be.
			l.course.startRate *= 0.7
			l.pause(t, l.shortPause())
		}
		return
	case start < cut:
		l.mark.at = max(l.mark.at, start)
		return
	}
	l.ep.begin(t, start, cut, a.RetryAfter.Seconds(), l.course.phase)
	if l.places.trying > 0 {
		l.places.trying, l.places.tried, l.places.next = 0, t, t+10
	}
	l.pause(t, max(l.ep.asked, l.shortPause()))
	if l.est.limit > 0 && !l.starting && l.places.n == 0 {
		l.course.phase, l.course.from = cruising, t
		l.course.startRate = 0.85 * l.est.limit
		l.course.nextProbe = math.Inf(1)
	}
}

// recover goes on as if there had been no 503: they do not depend on the rate.
func (l *learner) recover(t float64) {
	l.ep.alone, l.ep.open, l.ep.closed, l.est.limit, l.places.n = 0, false, false, 0, 0
	l.course.phase, l.starting, l.course.startRate = climbing, true, 0
	l.rest.until, l.rest.wall = t, l.base.Add(fromSeconds(t))
	l.course.window = max(l.course.window, firstWindow)
	l.log, l.mark.set, l.episodes = l.log[:0], false, 0
}

// shortPause is the pause after a refusal that names no time.
func (l *learner) shortPause() float64 {
	if l.starting {
		return max(l.srtt, 0.01)
	}
	return max(0.01, min(l.srtt, 3/l.out.rate))
}

// hold lets nothing start for d from t.
func (l *learner) hold(t float64, d time.Duration, why Reason) {
	l.rest.extend(l.base.Add(fromSeconds(t)), t, d, why)
}

func (l *learner) pause(t, wait float64) {
	l.hold(t, fromSeconds(wait), Refused)
	l.ep.cut = t
	l.out.level = min(l.out.level, 0)
}

// settled reports whether all requests of before the pause were answered.
func (l *learner) settled(t float64) bool {
	if t > l.ep.began+max(2*l.srtt, 0.1) {
		return true
	}
	return !l.log.openBefore(l.ep.began)
}
