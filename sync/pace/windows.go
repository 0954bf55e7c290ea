package pace

import "math"

// windows is a limit on the number of requests per window of time. Once it
// is used up, the server refuses everything until the window ends.
type windows struct {
	opened float64 // when the current window began
	taken  int     // requests accepted in it
	ended  int     // number of windows that have ended
	full   int     // requests accepted in the latest of those
	per    float64 // its length, in seconds

	named, gap float64 // the latest end that the server named, and from the one before to it
}

// known reports whether the limit is a window: more than one was seen to end.
func (w *windows) known() bool { return w.ended > 1 && w.full >= 2 }

// endsAt records that the server named t as the time of its return, and reports whether
// this can be the end of a window. Windows end at fixed times: of three ends, the last
// is a multiple of the time between the first two later, within the second to which a
// Retry-After is rounded. A server that always names the same wait has a bucket.
func (w *windows) endsAt(t float64) bool {
	gap, before, first := t-w.named, w.gap, w.named == 0
	w.named = t
	if first {
		return false
	}
	if w.gap = gap; before == 0 || gap < shortestNamed {
		return false
	}
	k := max(1, math.Round(gap/before))
	w.gap = gap / k
	return math.Abs(gap-k*before) <= namedRounding
}

const (
	shortestNamed = 8.0 // seconds: shorter windows don't show in times of whole seconds
	namedRounding = 1.1
)

// reopened handles the first success after a time in which everything was refused.
// If that time was long, a window has ended and another has begun, unless the server
// named times at which no window ends.
func (l *learner) reopened(t, start float64) {
	waited := start - l.episode.first
	short := waited < 2.2 && l.episode.askedPause > 0 || waited < 0.3 || waited*l.estimate.limit < 4 && waited < 10
	if !short && l.episode.askedPause > 0 && l.backoff.reason == RetryAfter {
		short = !l.windows.endsAt(start)
	}
	if short || l.concurrency.limit > 0 {
		// No longer than a bucket needs to refill for a few requests, or than the
		// requests in flight need to finish.
		if l.episode.vainPauses > 0 {
			l.explain(t)
		}
		return
	}
	if l.hints.wrong() {
		// The server's hints made us wait for nothing.
		l.episode.askedPause, l.episode.vainPauses = 0, 0
		return
	}
	// The new window began somewhere between the last refusal and now.
	began := (l.episode.last + start) / 2
	if l.episode.askedPause > 0 {
		began = start // the server named the time
	}
	limit := float64(l.windows.taken) / (began - l.windows.opened)
	vague := (start - began) / (start - l.windows.opened)
	if l.windows.ended > 0 {
		l.windows.per = start - l.windows.opened
	}
	l.windows.full, l.windows.ended = l.windows.taken, l.windows.ended+1
	l.episode.vainPauses, l.episode.open, l.starting, l.estimate.burst = 0, false, false, 0
	l.estimate.sample = min(l.windows.taken, int(1.5/max(vague, 1e-3)))
	l.windows.opened, l.windows.taken = began, 0
	l.adopt(t, max(limit, 1e-3))
	l.course.startRate, l.outflow.level = 0, 1
	l.exhausted.at, l.exhausted.set = start-1e-6, true
	l.drop()
}
