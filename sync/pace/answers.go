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
		l.refused(t, s, a)
		l.episode.by503 = false
	case Unavailable:
		set(s, said503, t)
		if l.unavailable.count(false); l.unavailable.mostly() {
			l.believe503s()
		}
		if a.RetryAfter > 0 || l.unavailable.believed {
			l.refused(t, s, a)
			l.episode.by503 = a.RetryAfter <= 0
		}
	default:
		set(s, unclear, t)
	}
	if a.RetryAfter > 0 {
		l.pauseFor(t, a.RetryAfter, RetryAfter)
		l.episode.staleUntil = max(l.episode.staleUntil, t)
	}
	if l.episode.open && l.drained(t) {
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
	l.caution.book.takes(max(l.srtt, shortWait))
	start := a.Started.Sub(l.base).Seconds()
	if wait := l.hints.accepted(t, start, a.Hint); wait > 0 {
		l.pauseFor(t, fromSeconds(wait), Hinted)
	}
	if l.episode.refusing && start >= l.episode.staleUntil {
		l.episode.refusing = false
		l.reopened(t, start)
	}
	if l.toDo--; l.toDo < 0 { // more than was said
		l.toDo = math.Inf(1)
	}
	if l.phase == climbing && !l.episode.open {
		l.window = max(l.window, min(l.window+1, 1e6))
	}
}

// refused handles the refusal of s. One of a request that the log has forgotten cannot be explained:
// it only pauses, if it asks for that.
func (l *learner) refused(t float64, s *sent, a Answer) {
	if s == nil {
		return
	}
	set(s, refused, t)
	s.asked = a.RetryAfter.Seconds()
	start := a.Started.Sub(l.base).Seconds()
	l.caution.book.net.took(a.Took.Seconds())
	why := RetryAfter
	if a.RetryAfter <= 0 {
		a.RetryAfter, why = l.hints.refused(t, a.Hint), Hinted
	}
	l.episode.askedPause = max(l.episode.askedPause, a.RetryAfter.Seconds())
	cut := l.episode.staleUntil
	if a.RetryAfter > 0 {
		l.pauseFor(t, a.RetryAfter, why)
		l.episode.staleUntil = max(l.episode.staleUntil, t)
	}
	switch {
	case l.episode.open:
		l.episode.add(start)
		if start >= cut {
			// Refused again before the first refusal could be explained: what the
			// book says is wrong.
			l.episode.again = true
			l.pauseAfterRefusal(t, l.shortPause())
		}
		return
	case start < cut:
		return
	}
	l.episode.begin(t, start, cut, a.RetryAfter.Seconds(), l.phase)
	l.pauseAfterRefusal(t, max(l.episode.askedPause, l.shortPause()))
	if l.caution.on {
		l.phase, l.caution.change.since = weighing, math.Inf(1)
	}
}

// believe503s takes 503s for refusals from now on, and those of before as well: a limit did not
// count them.
func (l *learner) believe503s() {
	if l.unavailable.believed {
		return
	}
	l.unavailable.believed = true
	for i := range l.log {
		if s := &l.log[i]; s.state == said503 {
			s.state = refused
		}
	}
}

// ignore503s starts anew as if there had been no 503s: they do not depend on the
// rate.
func (l *learner) ignore503s(t float64) {
	l.episode = episode{}
	l.phase, l.window, l.most = climbing, max(l.window, firstWindow), 0
	l.backoff.until, l.backoff.wall = t, l.base.Add(fromSeconds(t))
	l.log, l.sharing = l.log[:0], sharing{}
	l.caution = caution{change: l.caution.change, book: book{turn: l.caution.book.turn}}
}

// shortPause returns the pause after a refusal that names no time, in seconds.
func (l *learner) shortPause() float64 {
	if !l.caution.on {
		return max(l.srtt, 0.01)
	}
	return max(0.01, min(l.srtt, 3/l.outflow.rate))
}

// pauseFor lets nothing start for d from t.
func (l *learner) pauseFor(t float64, d time.Duration, why Reason) {
	l.backoff.extend(l.base.Add(fromSeconds(t)), t, d, why)
}

// pauseAfterRefusal lets nothing start for wait seconds from t. Refusals of requests
// that were started before t say nothing new.
func (l *learner) pauseAfterRefusal(t, wait float64) {
	l.pauseFor(t, fromSeconds(wait), Refused)
	l.episode.staleUntil = t
	l.outflow.level = min(l.outflow.level, 0)
}

// drained reports whether all requests sent before the pause were answered, or had
// time enough to be. How much that is, nobody knows before the first success.
func (l *learner) drained(t float64) bool {
	enough := longWait
	if l.srtt > 0 {
		enough = max(2*l.srtt, 0.1)
	}
	if t > l.episode.began+enough {
		return true
	}
	return !l.log.openBefore(l.episode.began)
}
