package pace

import "time"

// suspension is a time in which the pace learns nothing: the server is down, and what
// it accepts or refuses says nothing about its limit. The learner's clock stands still
// meanwhile, so for the learner that time never was.
type suspension struct {
	on    bool
	since time.Time
	ended time.Time // when the latest one ended
	held  time.Time // the latest time that a Retry-After named during it
}

// Suspend says that the server is down, until Resume. Until then only the ceiling
// counts; the caller must limit itself to a probe now and then.
func (p *Pace) Suspend(now time.Time) {
	if !p.suspended.on {
		p.suspended.on, p.suspended.since = true, now
	}
}

// Resume says that the server is back. The pace is what it was before Suspend.
func (p *Pace) Resume(now time.Time) {
	s := &p.suspended
	if !s.on {
		return
	}
	s.on, s.ended = false, now
	still := now.Sub(s.since)
	if p.steady != nil {
		if s.held.After(p.steady.pausedTil) {
			p.steady.pausedTil = s.held
		}
		return
	}
	l := p.learner
	l.base = l.base.Add(still)
	l.caution.change.at -= still.Seconds() // a limit may change meanwhile as at any time
	// A time that the server named is a time on the wall clock.
	if s.held.After(l.backoff.wall) {
		l.backoff.wall, l.backoff.reason = s.held, RetryAfter
	}
	l.backoff.until = l.backoff.wall.Sub(l.base).Seconds()
}

// takeSuspended is Take while the server is down.
func (p *Pace) takeSuspended(now time.Time) time.Duration {
	wait := max(p.missing(now), p.suspended.held.Sub(now), p.pausedUntil().Sub(now))
	if wait <= 0 && p.ceiling != nil {
		p.ceiling.AllowN(now, unit)
	}
	return max(0, wait)
}

// answeredWhileDown handles an answer that says nothing about the limit: one that
// came while the server was down, or whose request was started before it was back.
// Its last result reports whether a is such an answer.
func (p *Pace) answeredWhileDown(now time.Time, a Answer) (Pause, bool, bool) {
	s := &p.suspended
	if !s.on && !a.Started.Before(s.ended) {
		return Pause{}, false, false
	}
	// The learner waits for requests that were started before. Its clock may have
	// stood still since, so only the wall clock tells which request this was.
	for i := range p.learner.log {
		if r := &p.learner.log[i]; r.state == open && r.began.Equal(a.Started) {
			r.state, r.end = unclear, r.at
			break
		}
	}
	until, before := now.Add(a.RetryAfter), p.pausedUntil()
	if s.held.After(before) {
		before = s.held
	}
	if a.RetryAfter <= 0 || !until.After(before) {
		return Pause{}, false, true
	}
	switch {
	case s.on:
		s.held = until
	case p.steady != nil:
		p.steady.pausedTil = until
	default:
		p.learner.pauseFor(p.learner.clock(now), a.RetryAfter, RetryAfter)
	}
	from := now
	if before.After(now) {
		from = before
	}
	return Pause{From: from, Until: until, Reason: RetryAfter}, true, true
}
