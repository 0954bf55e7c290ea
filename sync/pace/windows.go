package pace

// windows are limits on the number of requests in a span of time.
type windows struct {
	opened float64 // when the latest began
	taken  int     // accepted in it
	ended  int     // that have ended
	full   int     // accepted in the latest of these
	per    float64 // and its length
}

// known reports whether windows were found: more than one ended.
func (w *windows) known() bool { return w.ended > 1 && w.full >= 2 }

// reopened ends a time in which everything was refused.
func (l *learner) reopened(t, start float64) {
	waited := start - l.ep.first
	short := waited < 2.2 && l.ep.asked > 0 || waited < 0.3 || waited*l.est.limit < 4 && waited < 10
	if short || l.places.n > 0 {
		// No longer than a bucket needs for a few requests, or than those in
		// flight need to end.
		if l.ep.alone > 0 {
			l.stock(t)
		}
		return
	}
	if l.hints.wrong() {
		// It was waited for nothing.
		l.ep.asked, l.ep.alone = 0, 0
		return
	}
	// So a window has ended, and another begun.
	// It began somewhere between the last refusal and now.
	began := (l.ep.last + start) / 2
	if l.ep.asked > 0 {
		began = start // it was said
	}
	est := float64(l.windows.taken) / (began - l.windows.opened)
	vague := (start - began) / (start - l.windows.opened)
	if l.windows.ended > 0 {
		l.windows.per = start - l.windows.opened
	}
	l.windows.full, l.windows.ended = l.windows.taken, l.windows.ended+1
	l.ep.alone, l.ep.open, l.starting, l.est.burst = 0, false, false, 0
	l.est.counted = min(l.windows.taken, int(1.5/max(vague, 1e-3)))
	l.windows.opened, l.windows.taken = began, 0
	l.settle(t, max(est, 1e-3))
	l.course.startRate, l.out.level = 0, 1
	l.mark.at, l.mark.set = start-1e-6, true
	l.drop()
}
