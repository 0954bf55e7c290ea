package pace

// measured is the limit as the latest episode shows it, and whether that can
// be relied on.
func (l *learner) measured(hi float64) (float64, bool) {
	local, k := l.local()
	base, n := l.baseline()
	l.counted = n
	switch {
	case n >= 12:
		plain := float64(n) / (l.first - l.mark)
		return min(base, 1.1*max(plain, l.limit), max(hi, plain)), true
	case k >= 3:
		return min(local, hi), true
	case l.limit > 0:
		return 0.8 * l.limit, false
	}
	return 0.5 * hi, false
}

// sendingRate is the rate at which requests were started just before at.
func (l *learner) sendingRate(at float64) float64 {
	i := len(l.log) - 1
	for i >= 0 && l.log[i].at >= at {
		i--
	}
	from := at - max(l.srtt, shortRound.Seconds())
	n := 0
	k := i
	for k >= 0 && (l.log[k].at >= from || n < 8) {
		n++
		k--
	}
	if n == 0 {
		return l.rate
	}
	begin := l.log[k+1].at
	return float64(n) / max(at-begin, 1e-3)
}

// local measures what was accepted between refusals: there a request was
// accepted because a place had just become free.
func (l *learner) local() (rate float64, n int) {
	var first, last float64
	count := 0
	prev := accepted
	for _, s := range l.log {
		if s.at < l.first || s.at > l.last+1e-9 && prev != refused {
			prev = s.state
			continue
		}
		if s.state == accepted {
			if first > 0 {
				count++
			}
			if prev == refused {
				if first == 0 {
					first = s.at
				}
				last, n = s.at, count
			}
		}
		prev = s.state
	}
	if n == 0 {
		return 0, 0
	}
	return float64(n) / (last - first), n
}

// baseline measures what was accepted between the last time that the server
// had nothing left and this one.
func (l *learner) baseline() (rate float64, n int) {
	if !l.marked {
		return 0, 0
	}
	for _, s := range l.log {
		if s.state != refused && s.at > l.mark && s.at < l.first {
			n++
		}
	}
	span := l.first - l.mark
	lo, hi := float64(n)/span*0.8, float64(n)/span*2+1
	for range 40 {
		mid := (lo + hi) / 2
		if l.levelAt(mid) > 0.9 {
			hi = mid
		} else {
			lo = mid
		}
	}
	return lo, n
}

// levelAt is what a bucket of that rate would hold at the first refusal.
func (l *learner) levelAt(rate float64) float64 {
	level, at := 0.0, l.mark
	full := max(1, l.burst)
	for _, s := range l.log {
		if s.at <= l.mark {
			continue
		}
		if s.at >= l.first {
			break
		}
		level = min(full, level+rate*(s.at-at))
		at = s.at
		if s.state != refused {
			level--
		}
	}
	return min(full, level+rate*(l.first-at))
}

// drop forgets the requests of before the mark.
func (l *learner) drop() {
	if l.starting {
		return
	}
	// Those that were in flight then tell how crowded it was.
	kept := l.log[:0]
	for _, s := range l.log {
		if s.at > l.mark || s.state == open || s.end > l.mark {
			kept = append(kept, s)
		}
	}
	l.log = kept
}

// forget forgets the older half of a log that has become long. What was
// accepted in it is known to be less than the limit; the measure goes on from
// there as if the server had had nothing left.
func (l *learner) forget() {
	half := len(l.log) / 2
	l.mark = l.log[half-1].at
	l.log = append(l.log[:0], l.log[half:]...)
}
