package pace

// windows is a limit on the number of requests per window of time. Once it is used up, the
// server refuses everything until the window ends. Where it says when that is, the book
// finds the limit.
type windows struct {
	opened float64 // when the current window began
	taken  int     // requests accepted in it
	ended  int     // number of windows that have ended
	full   int     // requests accepted in the latest of those
	per    float64 // its length, in seconds
}

// known reports whether the limit is a window: more than one was seen to end.
func (w *windows) known() bool { return w.ended > 1 && w.full >= 2 }

// reopened handles the first success after a time in which everything was refused.
// If that time was long, a window has ended and another has begun.
func (l *learner) reopened(t, start float64) {
	waited := start - l.episode.first
	long := waited >= 0.3 && (waited*l.estimate.limit >= 4 || waited >= 10)
	if l.episode.askedPause > 0 || !long || l.concurrency.limit > 0 {
		// No longer than a bucket needs to refill for a few requests, or than the
		// requests in flight need to finish, or than the server asked for.
		if l.episode.vainPauses > 0 {
			l.explain(t)
		}
		return
	}
	l.openWindow(t, start)
}

// openWindow takes the limit from the window that ended, when the first request of the
// next one was started at start.
func (l *learner) openWindow(t, start float64) {
	// The new window began somewhere between the last refusal and now.
	began := (l.episode.last + start) / 2
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
