package pace

// concurrencyLimit is a limit on the requests that a server works on at a time.
type concurrencyLimit struct {
	limit   int     // requests at a time; 0: no such limit was found
	foundAt float64 // when limit was found or last confirmed
	misses  int     // refusals in a row that lowered the limit
	keepLog bool    // no rate was known when it was found: the whole log is kept to find one

	// A probe allows extra requests above the limit, to see whether it still holds.
	extra        int
	extraSince   float64
	nextProbe    float64 // the earliest time of the next probe
	probeRefused float64 // when the latest probe was refused

	// One episode makes a number the candidate; a second one makes it the limit.
	candidate int
	notBefore float64 // no limit is looked for until then, because one proved wrong
	banned    float64 // how long that was
}

// widen probes whether the server accepts more at a time: first one extra request,
// then twice as many each time the server accepts them.
func (c *concurrencyLimit) widen(t, srtt float64) {
	switch {
	case c.limit > 0 && c.extra == 0 && t > c.nextProbe:
		c.extra, c.extraSince = 1, t
	case c.extra > 0 && t > c.extraSince+max(1, 8*srtt):
		c.limit += c.extra
		c.extra, c.extraSince = c.extra*2, t
	}
}

// limitedByConcurrency decides whether the refusals of an episode come from a
// limit on the requests in flight, and if so learns or corrects that limit. hi is
// the rate at which requests were sent.
//
// Such a limit refuses requests while many others are being worked on, and never
// while few are. It does so again at the same number, whatever the rate.
func (l *learner) limitedByConcurrency(t, hi float64) bool {
	m, share, n := l.othersInService()
	if l.concurrency.limit > 0 {
		return l.recheckConcurrency(t, m)
	}
	like := m >= 2 && share <= mostShare && (l.starting || n >= enoughAccepted) && !l.explainedByRate(hi)
	again := like && l.sameNumber(m)
	l.concurrency.candidate = 0
	if like {
		l.concurrency.candidate = m
	}
	if !again || t < l.concurrency.notBefore {
		return false
	}
	l.concurrency.limit, l.concurrency.extra, l.concurrency.foundAt, l.concurrency.misses = m, 0, t, 0
	l.concurrency.keepLog, l.starting = l.starting, false
	l.course.phase, l.course.began = climbing, t
	l.course.window = max(float64(2*m), 2)
	l.concurrency.nextProbe = t + 10
	return true
}

// enoughAccepted is the number of accepted requests among which at least one would
// probably have met as many others as a refused one, if concurrency were not the
// reason for the refusal.
const enoughAccepted = 20

// mostShare is the largest share of accepted requests that may have met as many others as a
// refused one, if concurrency was the reason for the refusal.
const mostShare = 0.15

// recheckConcurrency compares an episode with the known limit, and reports whether
// that limit explains it: a probe was refused, or the limit is lower than thought.
// m is how many others the server was working on when it refused a request.
func (l *learner) recheckConcurrency(t float64, m int) bool {
	switch {
	case l.concurrency.probeRefused > 0 && l.episode.first < l.concurrency.probeRefused+2*l.srtt:
		l.concurrency.nextProbe = t + max(10, l.episode.askedPause/l.trade.pauses,
			float64(l.episode.refusals)*l.srtt/(l.trade.refusals*float64(l.concurrency.limit)))
	case l.concurrency.misses < 2 &&
		(m >= l.concurrency.limit-1 || m == l.concurrency.limit-2 && l.episode.refusals == 1 &&
			l.concurrency.misses == 0 || t > l.concurrency.foundAt+5 && m >= l.concurrency.limit/2):
		l.concurrency.limit = max(1, min(m, l.concurrency.limit-1))
		if t > l.concurrency.foundAt+10 {
			l.concurrency.misses = 0
		}
		l.concurrency.misses++
	default:
		// Requests are refused with far fewer in flight: this is another kind of limit.
		return l.noConcurrency(t)
	}
	l.concurrency.foundAt = t
	return true
}

// noConcurrency forgets a limit that proved wrong.
func (l *learner) noConcurrency(t float64) bool {
	l.concurrency.limit, l.concurrency.candidate = 0, 0
	l.concurrency.banned = max(30, 4*l.concurrency.banned)
	l.concurrency.notBefore = t + l.concurrency.banned
	l.estimate.limit = l.acceptedRate.read(t)
	l.starting, l.concurrency.keepLog = l.concurrency.keepLog, false
	return false
}

// explainedByRate reports whether the rate alone explains the episode: a bucket that
// was known before, or one that fits with certainty now.
func (l *learner) explainedByRate(hi float64) bool {
	if l.starting {
		f := fit(l.log, hi/50, hi*1.5)
		return f.certain() && f.misfit < 0.5
	}
	base, n := l.baseline()
	return n >= 50 && base > 0.97*l.estimate.limit && base < 1.05*l.estimate.limit
}

func abs(n int) int { return max(n, -n) }

// othersInService returns the least number of other requests that the server was
// working on when it refused one, the share of accepted requests that met at least
// as many, and the number of accepted requests.
func (l *learner) othersInService() (least int, share float64, n int) {
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
		if s.state == refused && (s.at > l.exhausted.at || !l.exhausted.set) && (least < 0 || others[i] < least) {
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

// sameNumber reports whether the latest episode of refusals came at the same number m as
// the one before.
func (l *learner) sameNumber(m int) bool {
	before := l.concurrency.candidate
	return before > 0 && abs(m-before) <= max(1, before/16)
}
