package pace

// weigh explains an episode of refusals by the book. hi is the rate at which requests were
// sent.
func (l *learner) weigh(t, hi float64) {
	c := &l.caution
	c.book.turn = max(l.srtt, shortWait)
	ends := l.episode.first + l.srtt + l.episode.askedPause
	if !c.on {
		c.on, c.top = true, hi
		c.book.open(hi, ends)
	}
	first := l.episode.first
	c.change.highest = max(c.change.highest, float64(l.log.countBetween(first-flowOver, first))/flowOver)
	c.book.reckon(l.log)
	if !c.book.explains() && c.weighed > 0 && c.change.count == 0 {
		// A meter that explains it may have been dropped.
		c.book.open(max(c.top, hi), ends)
		c.book.reckon(l.log)
	}
	found := c.now
	if !c.book.explains() {
		l.changed(hi, ends)
	}
	c.before, c.now = found, finding{c.book.size, c.book.mean}
	c.refusedAt = l.episode.last
	resumes := max(t, l.backoff.until)
	c.refused(resumes, c.book.lost(l.episode.last, resumes, l.episode.askedPause), l.srtt, l.known.Kind == None)
	l.starting = false
	l.course.phase, l.course.began = weighing, t
	c.change.since, c.change.patience = resumes, 0.8+0.4*l.random()
	l.estimate = estimate{limit: c.book.mean, burst: c.book.size, burstFitted: true, reliable: true, sample: 100}
	l.outflow.depth = c.book.depth()
	l.outflow.level = min(l.outflow.level, l.outflow.depth)
	if c.book.windows > 0.5 {
		l.makeGood(resumes)
	}
}

// makeGood lets requests make good, in the window in which a pause ends, what the pause
// takes of it.
func (l *learner) makeGood(resumes float64) {
	c, o := &l.caution, &l.outflow
	began, ends := c.book.windowAt(resumes)
	o.depth, o.level = max(1, c.book.mean*(resumes-began)), c.book.mean*max(0, o.filled-began)
	o.filled = max(o.filled, began)
	c.madeGood = ends
}

// fewest is how many requests tell a rate.
const fewest = 8

// changed begins the book anew, because no meter explains the refusals. If there was a
// refusal shortly before, the limit changed then, and what was accepted since tells the
// rate.
func (l *learner) changed(hi, ends float64) {
	c := &l.caution
	switch {
	case c.weighed == 0:
		c.now = finding{c.book.size, c.book.mean}
		hi = c.book.mean
	case l.log.countBetween(c.refusedAt, l.episode.first) < fewest: // too few to tell what was sent
		hi = c.now.mean
	case l.episode.phase != probing && l.episode.phase != climbing:
		hi = min(hi, c.now.mean)
	}
	c.change.count++
	if c.refusedAt > 0 && l.episode.first-c.refusedAt < 3*l.episode.askedPause {
		c.book.reopen(c.refusedAt, hi, c.before.size, ends)
		c.book.reckon(l.log)
		if c.book.explains() && c.book.size < 2*c.before.size {
			l.log.drop(c.refusedAt)
			return
		}
	}
	l.log.drop(l.episode.last)
	c.book.reopen(l.episode.last, hi, c.now.size, ends)
	c.book.reckon(l.log)
}

// steerByBook looks the limit over from time to time, or when the book must be wrong.
func (l *learner) steerByBook(t float64) {
	c := &l.caution
	l.estimate.limit, l.outflow.rate = c.book.mean, c.book.pace()
	if c.book.windows > 0.5 && t >= c.madeGood {
		l.outflow.depth, l.outflow.level = 1, min(l.outflow.level, 1)
	}
	due := c.surprised() || c.change.worthALook(t, c.budget.cost, c.book.mean, l.secondsLeft())
	if due && !l.episode.open {
		l.course.phase, l.course.began, c.budget.paid = probing, t, 0
		l.outflow.level = min(l.outflow.level, 1)
	}
}

// learnedByBook is what Pace.Learned says while the book is in use.
func (l *learner) learnedByBook() Limit {
	found := l.caution.book.limit()
	found.Pause = fromSeconds(l.episode.askedPause)
	return found
}
