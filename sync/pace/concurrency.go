package pace

// places is a limit on the requests that a server works on at a time.
type places struct {
	n       int     // 0: any number
	trying  int     // more than that, to see whether it still holds
	since   float64 // when trying so many began
	next    float64 // not to be tried before
	tried   float64 // when the latest such attempt was refused
	hint    int     // the same, as the latest episode looked
	found   float64 // when n was
	early   bool    // then no rate had been found, and the whole log is kept to find one
	strikes int     // refusals although no more were in flight
	doubt   float64 // not to be looked for before
	ban     float64
}

// widen tries whether the server takes more at a time: one more, and as long as it
// does, twice as many each time.
func (p *places) widen(t, srtt float64) {
	switch {
	case p.n > 0 && p.trying == 0 && t > p.next:
		p.trying, p.since = 1, t
	case p.trying > 0 && t > p.since+max(1, 8*srtt):
		p.n += p.trying
		p.trying, p.since = p.trying*2, t
	}
}

// crowded decides whether the refusals of an episode come from a limit on the
// requests in flight, and if so takes account of it.
//
// Such a limit shows itself in that requests are refused while many others are
// being worked on, and never while few are; and in that it does so again, at
// the same number, whatever the rate.
func (l *learner) crowded(t, hi float64) bool {
	m, share, n := l.crowd()
	if l.places.n > 0 {
		return l.stillCrowded(t, m)
	}
	like := m >= 2 && share <= 0.15 && (l.starting || n >= enoughCrowd) && !l.explained(hi)
	again := like && l.places.hint > 0 && abs(m-l.places.hint) <= max(1, l.places.hint/16)
	l.places.hint = 0
	if like {
		l.places.hint = m
	}
	if !again || t < l.places.doubt {
		return false
	}
	l.places.n, l.places.trying, l.places.found, l.places.strikes = m, 0, t, 0
	l.places.early, l.starting = l.starting, false
	l.course.phase, l.course.from = climbing, t
	l.course.window = max(float64(2*m), 2)
	l.places.next = t + 10
	return true
}

// enoughCrowd is how many accepted requests make it likely that one would have
// met as many others as a refused one, if that were not what it was refused for.
const enoughCrowd = 20

func (l *learner) stillCrowded(t float64, m int) bool {
	switch {
	case l.places.tried > 0 && l.ep.first < l.places.tried+2*l.srtt:
		l.places.next = t + max(10, l.ep.asked/l.trade.pauses, float64(l.ep.hits)*l.srtt/(l.trade.refusals*float64(l.places.n)))
	case l.places.strikes < 2 && (m >= l.places.n-1 || m == l.places.n-2 && l.ep.hits == 1 && l.places.strikes == 0 || t > l.places.found+5 && m >= l.places.n/2):
		l.places.n = max(1, min(m, l.places.n-1))
		if t > l.places.found+10 {
			l.places.strikes = 0
		}
		l.places.strikes++
	default:
		// It is not what it looked like.
		l.places.n, l.places.hint = 0, 0
		l.places.ban = max(30, 4*l.places.ban)
		l.places.doubt = t + l.places.ban
		l.est.limit = l.lately.read(t)
		l.starting, l.places.early = l.places.early, false
		return false
	}
	l.places.found = t
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
	return n >= 50 && base > 0.97*l.est.limit && base < 1.05*l.est.limit
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
		if s.state == refused && (s.at > l.mark.at || !l.mark.set) && (least < 0 || others[i] < least) {
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
