package pace

// crowded decides whether the refusals of an episode come from a limit on the
// requests in flight, and if so takes account of it.
//
// Such a limit shows itself in that requests are refused while many others are
// being worked on, and never while few are; and in that it does so again, at
// the same number, whatever the rate.
func (l *learner) crowded(t, hi float64) bool {
	m, share, n := l.crowd()
	if l.places > 0 {
		return l.stillCrowded(t, m)
	}
	like := m >= 2 && share <= 0.15 && (l.starting || n >= enoughCrowd) && !l.explained(hi)
	again := like && l.hint > 0 && abs(m-l.hint) <= max(1, l.hint/8)
	l.hint = 0
	if like {
		l.hint = m
	}
	if !again || t < l.doubt {
		return false
	}
	l.places, l.trying, l.placed, l.strikes = m, 0, t, 0
	l.phase, l.from = climbing, t
	l.window = max(float64(2*m), 2)
	l.nextProbe = t + 10
	return true
}

// enoughCrowd is how many accepted requests make it likely that one would have
// met as many others as a refused one, if that were not what it was refused for.
const enoughCrowd = 20

func (l *learner) stillCrowded(t float64, m int) bool {
	switch {
	case l.tried > 0 && l.first < l.tried+2*l.srtt:
		l.nextProbe = t + max(10, l.asked/0.012, float64(l.hits)*l.srtt/(0.006*float64(l.places)))
	case l.strikes < 2 && (m >= l.places-1 || m == l.places-2 && l.hits == 1 && l.strikes == 0 || t > l.placed+5 && m >= l.places/2):
		l.places = max(1, min(m, l.places-1))
		if t > l.placed+10 {
			l.strikes = 0
		}
		l.strikes++
	default:
		// It is not what it looked like.
		l.places, l.hint = 0, 0
		l.ban = max(30, 4*l.ban)
		l.doubt = t + l.ban
		l.limit = l.flowAt(t)
		return false
	}
	l.placed = t
	return true
}

// explained reports whether the rate alone explains the episode: a bucket found
// before, or found now to be certain.
func (l *learner) explained(hi float64) bool {
	if l.starting {
		f := fit(l.log, hi/50, hi*1.5)
		return f.certain() && f.misfit < 0.5
	}
	base, n := l.baseline()
	return n >= 50 && base > 0.97*l.limit && base < 1.05*l.limit
}

func abs(n int) int { return max(n, -n) }

// crowd is the least number of other requests that the server was working on
// when it refused one, and the share of the accepted requests that met as many.
func (l *learner) crowd() (least int, share float64, n int) {
	least = -1
	log := l.log
	if len(log) > 512 {
		log = log[len(log)-512:]
	}
	others := make([]int, len(log))
	for i, s := range log {
		for k := i - 1; k >= 0 && k >= i-128; k-- {
			o := log[k]
			if o.state == open || o.state == accepted && o.end > s.at {
				others[i]++
			}
		}
		if s.state == refused && (s.at > l.mark || !l.marked) && (least < 0 || others[i] < least) {
			least = others[i]
		}
	}
	as := 0
	for i, s := range log {
		if s.state == accepted {
			n++
			if others[i] >= least {
				as++
			}
		}
	}
	return least, float64(as) / float64(max(n, 1)), n
}
