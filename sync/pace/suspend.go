package pace

import "time"

// suspension is a time in which the pace learns nothing: the server is down, and
// what it accepts or refuses meanwhile says nothing about its limit. To the
// learner that time never was: its clock stands still.
type suspension struct {
	on    bool
	since time.Time
	ended time.Time // the latest one
	held  time.Time // Retry-After of an answer meanwhile
}

// Suspend says that the server is down, until Resume. Meanwhile only the ceiling
// counts; it is for the caller to send no more than a probe now and then.
func (p *Pace) Suspend(now time.Time) {
	if !p.suspended.on {
		p.suspended.on, p.suspended.since = true, now
	}
}

// Resume says that the server is back: the pace is what it was.
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
	// A time that the server named is a time of the wall.
	if s.held.After(l.rest.wall) {
		l.rest.wall, l.rest.reason = s.held, RetryAfter
	}
	l.rest.until = l.rest.wall.Sub(l.base).Seconds()
}

// takeSuspended is Take while the server is down.
func (p *Pace) takeSuspended(now time.Time) time.Duration {
	wait := max(p.missing(now), p.suspended.held.Sub(now), p.pausedUntil().Sub(now))
	if wait <= 0 && p.ceiling != nil {
		p.ceiling.AllowN(now, unit)
	}
	return max(0, wait)
}

// answeredBeside takes account of an answer that has nothing to teach: one that
// came while the server was down, or whose request was started before it was
// back. It reports whether a is one.
func (p *Pace) answeredBeside(now time.Time, a Answer) (Pause, bool, bool) {
	s := &p.suspended
	if !s.on && !a.Started.Before(s.ended) {
		return Pause{}, false, false
	}
	// The learner waits for requests that were started before. Its clock may
	// have stood still since, so that only the wall's tells which it was.
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
		p.learner.hold(p.learner.clock(now), a.RetryAfter, RetryAfter)
	}
	from := now
	if before.After(now) {
		from = before
	}
	return Pause{From: from, Until: until, Reason: RetryAfter}, true, true
}
