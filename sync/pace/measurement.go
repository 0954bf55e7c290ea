package pace

// measured is the limit as the latest episode shows it, and whether that can
// be relied on.
func (l *learner) measured(hi float64) (float64, bool) {
	local, k := l.log.betweenRefusals(l.ep.first, l.ep.last)
	base, n := l.baseline()
	l.est.counted = n
	switch {
	case n >= 12:
		plain := float64(n) / (l.ep.first - l.mark.at)
		return min(base, 1.1*max(plain, l.est.limit), max(hi, plain)), true
	case k >= 3:
		return min(local, hi), true
	case l.est.limit > 0:
		return 0.8 * l.est.limit, false
	}
	return 0.5 * hi, false
}

// baseline measures what was accepted between the last time that the server
// had nothing left and this one.
func (l *learner) baseline() (rate float64, n int) {
	if !l.mark.set {
		return 0, 0
	}
	n = l.log.countBetween(l.mark.at, l.ep.first)
	span := l.ep.first - l.mark.at
	lo, hi := float64(n)/span*0.8, float64(n)/span*2+1
	for range 40 {
		mid := (lo + hi) / 2
		// A request may arrive a millisecond earlier than it seems.
		enough := 1 - min(0.1, 0.002*mid)
		if l.log.levelAt(mid, max(1, l.est.burst), l.mark.at, l.ep.first) > enough {
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
	return l.out.rate
}

// drop forgets the requests of before the mark.
func (l *learner) drop() {
	if !l.starting && !l.places.early {
		l.log.drop(l.mark.at)
	}
}

// forget forgets the older half of a log that has become long. What was
// accepted in it is known to be less than the limit; the measure goes on from
// there as if the server had had nothing left.
func (l *learner) forget() {
	l.mark.at = l.log.halve()
	l.places.early = false
}
