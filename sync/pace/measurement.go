package pace

// measured returns the limit that the latest episode shows, and whether it is
// reliable. hi is the rate at which requests were sent.
func (l *learner) measured(hi float64) (float64, bool) {
	local, k := l.log.betweenRefusals(l.episode.first, l.episode.last)
	base, n := l.baseline()
	l.estimate.sample = n
	switch {
	case n >= 12:
		plain := float64(n) / (l.episode.first - l.exhausted.at)
		most := 1.1 * max(plain, l.estimate.limit)
		if l.episode.askedPause > 0 && l.episode.phase == probing && hi > clearlyMore*l.estimate.limit {
			// The limit has risen, and what was accepted before it did says little. Where
			// refusals cost nothing, the next probe follows soon anyway.
			most = hi
		}
		return min(base, most, max(hi, plain)), true
	case k >= 3:
		return min(local, hi), true
	case l.estimate.limit > 0:
		return 0.8 * l.estimate.limit, false
	}
	return 0.5 * hi, false
}

// clearlyMore is how many times its rate a limit must let through to have risen.
const clearlyMore = 1.2

// baseline measures the rate that was accepted between the last time the server was
// exhausted and this one.
func (l *learner) baseline() (rate float64, n int) {
	if !l.exhausted.set {
		return 0, 0
	}
	n = l.log.countBetween(l.exhausted.at, l.episode.first)
	span := l.episode.first - l.exhausted.at
	lo, hi := float64(n)/span*0.8, float64(n)/span*2+1
	for range 40 {
		mid := (lo + hi) / 2
		// A request may arrive a millisecond earlier than it seems.
		enough := 1 - min(0.1, 0.002*mid)
		if l.log.levelAt(mid, max(1, l.estimate.burst), l.exhausted.at, l.episode.first) > enough {
			hi = mid
		} else {
			lo = mid
		}
	}
	return lo, n
}

// sendingRate is the rate at which requests were started just before at.
func (l *learner) sendingRate(at float64) float64 {
	if r := l.log.rateBefore(at, max(l.srtt, shortRound.Seconds())); r > 0 {
		return r
	}
	return l.outflow.rate
}

// drop forgets the requests before the server was last exhausted.
func (l *learner) drop() {
	if !l.starting && !l.caution.on && !l.concurrency.keepLog {
		l.log.drop(l.exhausted.at)
	}
}

// forget forgets the older half of a log that has become long. The rate accepted in
// it is known to be below the limit; the measurement continues as if the server had
// been exhausted at its end.
func (l *learner) forget() {
	if half := len(l.log) / 2; l.caution.on {
		l.caution.book.settle(l.log[:half], l.log[half:])
	}
	l.exhausted.at = l.log.halve()
	l.concurrency.keepLog = false
}
