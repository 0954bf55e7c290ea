package pace

import (
	"math"
	"slices"
)

// weigh explains an episode of refusals. hi is the rate at which requests were sent, and ends an
// end of the window, if it is one.
func (l *learner) weigh(t, hi float64, ends edge) {
	c, first := &l.caution, l.episode.first
	found := c.now
	c.change.highest = max(c.change.highest, float64(l.log.countBetween(first-flowOver, first))/flowOver)
	switch {
	case l.sharing.rate > 0:
		if l.unavailable.met(l.episode.by503 && l.log.countBetween(c.refusedAt, first) < soon) {
			l.ignore503s(t)
			return
		}
		l.share(t)
		return
	case !c.on && l.divided: // the others climb in step, so the limit is what all send now
		c.top, c.now = hi, finding{1, hi}
		l.share(t)
		return
	case !l.explained(hi, ends):
		switch {
		case l.besideCap(hi, ends):
		case c.weighed > 0 && first-c.change.at < unlikely:
			l.share(t)
			return
		default:
			c.change.at = first
			l.changed(hi, ends)
		}
	}
	c.before, c.now = found, finding{c.book.size, c.book.mean}
	l.resume(t)
}

// explained reports whether a meter of the book explains all refusals. If what was remembered does not, it
// was wrong, and is forgotten.
func (l *learner) explained(hi float64, ends edge) bool {
	c := &l.caution
	if c.weighed == 0 {
		c.top = hi
	}
	remembered := l.known.Kind != None && c.change.count == 0 && !c.book.settled // and did not change since
	switch {
	case !c.on:
		c.on, c.first = true, true
		c.book.open(hi, ends)
	case ends.long && !c.book.ended && !remembered:
		c.first = true
		c.book.openWindows(ends, c.book.fresh)
	}
	c.book.reckon(l.log)
	wrong := remembered && !(c.book.explains() && c.book.limit().Rate >= farBelow*l.known.Rate)
	if wrong {
		// What it let start at once tells no rate: a climb would have been this far.
		l.known, c.first = Limit{}, true
		c.top = min(c.top, float64(firstWindow+l.log.acceptedFrom(0))/max(l.srtt, shortRound.Seconds()))
		hi = min(hi, c.top)
	}
	if wrong || !c.book.explains() && c.weighed > 0 && c.change.count == 0 && !c.book.settled {
		// A meter that explains it may have been dropped.
		c.book.open(max(c.top, hi), ends)
		c.book.reckon(l.log)
	}
	c.foretell(l.episode.phase != weighing)
	return c.book.explains()
}

// farBelow is the share of a remembered rate below which it was wrong.
const farBelow = 0.9

// besideCap reports whether a cap holds beside another limit: what met more others than any accepted
// request did was refused by the cap, and a meter explains the other refusals. Some bucket always
// explains two, so it takes more of them. From then on no more requests are in flight than the cap lets
// through.
func (l *learner) besideCap(hi float64, ends edge) bool {
	c := &l.caution
	if c.weighed < 3 || c.change.count > 0 || c.book.settled || l.most > 0 {
		return false
	}
	most, byCap := 1.0, map[float64]bool{}
	for _, a := range c.book.events {
		if a.state == accepted {
			most = max(most, a.met+1)
		}
	}
	for _, a := range c.book.events {
		if a.state == refused && a.met >= most {
			byCap[a.began] = true
		}
	}
	if len(byCap) == 0 {
		return false
	}
	rest := slices.DeleteFunc(slices.Clone(l.log), func(s sent) bool { return s.state == refused && byCap[s.at] })
	c.book.open(max(c.top, hi), ends)
	if c.book.reckon(rest); !c.book.explains() {
		return false
	}
	l.log, l.most, c.unforetold = rest, most, 0
	return true
}

// resume goes on with what was found after a refusal.
func (l *learner) resume(t float64) {
	c, e := &l.caution, &l.episode
	refusals, resumes := 1, max(t, l.backoff.until)
	if e.phase == looking || c.book.windows > 0.5 {
		refusals = e.refusals // and so many again
	}
	lost := c.book.lost(e.last, resumes, max(e.askedPause, l.shortPause())+l.srtt)
	c.refused(resumes, lost+l.waste*float64(refusals)/c.book.mean)
	c.refusedAt = e.last
	l.phase, l.began, l.cap = weighing, t, 0
	c.change.since, c.change.patience, c.change.first = resumes, 0.8+0.4*l.random(), 0
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
func (l *learner) changed(hi float64, ends edge) {
	c := &l.caution
	switch {
	case c.weighed == 0:
		c.first = true
		c.now = finding{c.book.size, c.book.mean}
	case l.log.countBetween(c.refusedAt, l.episode.first) < fewest: // too few to tell what was sent
		hi = c.now.mean
	}
	c.change.count++
	l.most = 0
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

const (
	steep     = 0.06 // growth of a look, as a share of the limit, after a second or the time of eight requests
	soonest   = 5.0  // seconds to the first look at a limit that is remembered, at least
	firstLook = 10.0 // the same, at most
	roseSince = 0.03 // share of the speed that is likely lost because such a limit rose
)

// look goes above the limit, ever more steeply.
func (l *learner) look(t float64) {
	unit, limit := 1.0, max(l.from, l.caution.book.mean)
	if l.caution.weighed > 0 {
		unit = max(1, 8/limit)
	}
	x := (t - l.began) / unit
	l.above = steep * x * x
	l.outflow.rate = min(limit+l.above*max(limit, l.caution.change.highest), maxRate)
	if l.above > 3 || l.above > 1 && l.caution.weighed == 0 {
		l.climbOn(t)
	}
	if l.cap > 0 {
		l.outflow.rate = maxRate // as many at a time as may be
	}
}

// climbOn climbs from a limit that holds no longer, because a look went far above it.
func (l *learner) climbOn(t float64) {
	if l.caution.weighed == 0 {
		l.known, l.caution = Limit{}, caution{change: l.caution.change, book: book{turn: l.caution.book.turn}}
	}
	l.phase, l.began, l.cap, l.most = climbing, t, 0, 0
	l.window = max(firstWindow, l.outflow.rate*max(l.srtt, shortRound.Seconds()))
}

// learned is Pace.Learned.
func (l *learner) learned() Limit {
	if l.caution.weighed == 0 {
		return l.known
	}
	b := &l.caution.book
	found := Limit{Kind: PerSecond, Rate: Rate(b.mean), Burst: math.Round(b.size), Sure: cutShare}
	if l.sharing.rate == 0 {
		found = b.limit()
	}
	found.Pause = fromSeconds(l.episode.askedPause)
	return found
}
