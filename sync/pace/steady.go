package pace

import (
	"math"
	"time"
)

// steady lowers a fixed rate while the server refuses, and only then: each refusal
// that says something new pauses everyone and reduces the rate, which recovers with
// time. It learns nothing, so nothing can mislead it for long.
type steady struct {
	random func() float64
	most   Rate

	base      float64   // the full rate: most, or what was sent when Unlimited was refused
	begun     time.Time // when the first request was let start
	flow      float64   // requests started in about the latest second; older ones count less
	share     float64   // of base that is in force
	at        time.Time // the time at which share was computed
	started   time.Time // when the latest request was let start
	cutAt     time.Time // when the latest refusal reduced the rate
	pausedTil time.Time
	refusals  int // that reduced the rate, in a row without a success
}

const (
	cutTo     = 0.7  // of the rate, at each refusal
	leastRate = 0.01 // of the fixed rate
	regain    = 0.05 // of the fixed rate, per second

	// A refusal that does not say when to come back pauses for firstPause, doubled
	// with each further one in a row, up to longestPause.
	firstPause   = 250 * time.Millisecond
	longestPause = time.Minute
)

func newSteady(most Rate, random func() float64) *steady {
	return &steady{random: random, most: most, base: float64(most), share: 1}
}

func (s *steady) rate(now time.Time) Rate {
	if s.share += regain * max(0, now.Sub(s.at).Seconds()); s.share >= 1 {
		s.share = 1
		return s.most
	}
	if now.After(s.at) {
		s.at = now
	}
	return Rate(s.base * s.share)
}

// take lets a request start and returns 0, or returns how long to wait. The ceiling
// is not its concern.
func (s *steady) take(now time.Time) time.Duration {
	if wait := s.pausedTil.Sub(now); wait > 0 {
		return wait
	}
	if s.share < 1 {
		if r := s.rate(now); r < s.most {
			wait := s.started.Add(seconds(1 / float64(r))).Sub(now)
			if wait > 0 {
				return wait
			}
		}
	}
	if s.begun.IsZero() {
		s.begun = now
	}
	s.flow = 1 + s.flow*math.Exp(-now.Sub(s.started).Seconds())
	s.started = now
	return 0
}

// sent is the rate at which requests were let start, also where the first second is not over.
func (s *steady) sent(now time.Time) float64 {
	span := max(0.02, now.Sub(s.begun).Seconds())
	return s.flow * math.Exp(-now.Sub(s.started).Seconds()) / (1 - math.Exp(-span))
}

func (s *steady) answered(now time.Time, a Answer) (Pause, bool) {
	refused := a.Outcome == Refusal
	switch {
	case refused && !a.Started.Before(s.cutAt):
		s.refusals++
		if s.rate(now); s.share >= 1 && s.most == Unlimited {
			s.base = max(10, s.sent(now))
		}
		s.share = max(leastRate, s.share*cutTo)
		s.at, s.cutAt = now, now
	case a.Outcome == Success:
		s.refusals = 0
	case a.RetryAfter <= 0:
		return Pause{}, false
	}
	d, reason := a.RetryAfter, RetryAfter
	if d <= 0 {
		if !refused || s.cutAt != now {
			return Pause{}, false
		}
		whole := min(longestPause, firstPause<<min(s.refusals-1, 10))
		// Runs that share a limit must not come back together.
		d, reason = whole/2+time.Duration(s.random()*float64(whole/2)), Refused
	}
	until := now.Add(d)
	if !until.After(s.pausedTil) {
		return Pause{}, false
	}
	from := now
	if s.pausedTil.After(now) {
		from = s.pausedTil
	}
	s.pausedTil = until
	if s.at.Before(until) && s.share < 1 {
		s.at = until // the rate does not recover during a pause
	}
	return Pause{From: from, Until: until, Reason: reason}, true
}
