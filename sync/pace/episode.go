package pace

// episode is a time of refusals. It lasts from the first refusal, which pauses
// everyone, until all requests that were sent before the pause are answered.
type episode struct {
	open       bool    // not concluded yet
	again      bool    // refused again after its pause, so nothing starts until it is concluded
	phase      phase   // of the learner when it began
	began      float64 // when its first refusal came
	first      float64 // when the earliest refused request was started
	last       float64 // when the latest refused request was started
	refusals   int
	askedPause float64 // the longest pause that the server asked for, in seconds
	by503      bool    // the latest refusal was a 503 without a Retry-After
	stale
	vain
}

// stale says which refusals tell nothing new.
type stale struct {
	staleUntil    float64 // those of requests started before this time
	staleBeforeIt float64 // staleUntil as it was before the episode
}

// vain counts the pauses that were too short.
type vain struct {
	refusing   bool    // nothing was accepted since a refusal
	vainPauses int     // pauses in a row that were followed by another refusal
	vainSince  float64 // when those began
}

// begin begins an episode at t with the refusal of a request that was started at
// start. An episode that follows another without a success in between continues it.
func (e *episode) begin(t, start, cut, asked float64, now phase) {
	e.open, e.last, e.began, e.refusing = true, start, t, true
	e.staleBeforeIt, e.askedPause, e.again = cut, asked, false
	e.refusals++
	if e.vainPauses == 0 {
		e.first, e.refusals = start, 1
		e.vainSince, e.phase = t, now
	}
}

// add records one more refusal.
func (e *episode) add(start float64) {
	e.refusals++
	e.last = max(e.last, start)
	e.first = min(e.first, start)
}

// conclude ends an episode: its refusals are explained, unless the server accepts
// nothing yet.
func (l *learner) conclude(t float64) {
	l.episode.open = false
	if l.log.acceptedFrom(l.episode.staleBeforeIt) == 0 {
		// Nothing was accepted since the previous pause, so it was too short.
		l.episode.vainPauses++
		if l.episode.askedPause == 0 {
			wait := min(max(0.5*(t-l.episode.vainSince), 2*shortRound.Seconds(), l.srtt), 5)
			l.pauseAfterRefusal(t, wait*(0.9+0.2*l.random()))
		}
		return
	}
	l.explain(t, l.named())
}

// named is when a window ended, if the server named a time. Whole seconds are rounded up, and
// those of a date twice.
func (l *learner) named() edge {
	e := &l.episode
	if e.askedPause == 0 {
		return edge{}
	}
	return edge{e.first + l.srtt + e.askedPause, 2, e.askedPause > 2+1/l.sendingRate(e.first), 0}
}

// reopened handles the first success after a time in which everything was refused, of a request
// that was started at start: a window may have ended.
func (l *learner) reopened(t, start float64) {
	e := &l.episode
	if e.vainPauses == 0 {
		return
	}
	ends := l.named()
	if e.askedPause == 0 {
		ends = edge{start, start - e.last, true, start - e.first}
	}
	l.explain(t, ends)
}

// explain finds the reason for an episode of refusals.
func (l *learner) explain(t float64, ends edge) {
	l.episode.vainPauses, l.episode.open = 0, false
	l.weigh(t, l.sendingRate(l.episode.first), ends)
}

// sendingRate is the rate at which requests were started just before at.
func (l *learner) sendingRate(at float64) float64 {
	if r := l.log.rateBefore(at, max(l.srtt, shortRound.Seconds())); r > 0 {
		return r
	}
	return l.outflow.rate
}
