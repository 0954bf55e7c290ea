package pace

import (
	"math"
	"time"
)

// phase is what a learner is about.
type phase int

const (
	climbing  phase = iota // no refusal yet, or the limit rose: doubles each round trip
	searching              // refused, but the limit is not known well yet: climbs more slowly
	cruising               // just under the limit
	probing                // a little above it, to see whether it still holds
)

const (
	shortWait   = 0.01                  // seconds, for what only an answer will end
	maxLog      = 1 << 13               // requests that are remembered
	firstWindow = 8                     // requests before the first answer
	shortRound  = 50 * time.Millisecond // the climb doubles no faster than this
	margin      = 0.008                 // cruising stays this share under the limit
)

// sent is a request that was started.
type sent struct {
	at    float64 // seconds since the learner's base
	end   float64 // of its answer
	state state
}

type state uint8

const (
	open state = iota
	accepted
	refused
	unclear // lost, or of no meaning to the limit
)

// learner finds the limit of a server.
type learner struct {
	random      func() float64
	unavailable unavailable
	hints       hints
	base        time.Time
	begun       bool

	// What is sent now: a bucket that fills at rate, down to a debt.
	rate      float64
	level     float64
	depth     float64
	filled    float64
	paused    float64   // until then
	pausedTil time.Time // the same
	reason    Reason

	starting bool // until the limit is known well for the first time
	episodes int

	phase  phase
	window float64 // climbing: requests in flight, as TCP's slow start counts them
	srtt   float64

	log []sent // since mark, in the order of their start

	limit float64 // requests a second, 0: not known
	burst float64 // of the bucket; 0: not known

	mark    float64 // when the server was last seen to have nothing left
	marked  bool
	inTrial bool    // an episode of refusals is not concluded yet
	first   float64 // of the episode: start of its first refusal
	last    float64 // and of its last one
	trial   float64 // when the episode began here
	cut     float64 // requests started before it tell nothing new
	hits    int     // refusals of the episode
	alone   int     // refusals in a row, each after a pause, without a success
	since   float64 // when those began
	before  float64 // cut of before the episode
	known   bool    // burst is what a fit found
	closed  bool    // refused, and nothing accepted since
	opened  float64 // when the latest window began
	taken   int     // accepted in it
	windows int     // that have ended
	full    int     // accepted in the latest of these
	per     float64 // and its length
	by503   bool    // the latest refusal was one without a time
	counted int     // requests that the latest measure counted
	asked   float64 // the longest pause that the server asked for in the episode
	wasAt   phase   // phase and
	wasRate float64 // rate when it began

	places  int     // requests that the server takes at a time; 0: any number
	trying  int     // more than that, to see whether it still holds
	hint    int     // the same, as the latest episode looked
	placed  float64 // when places was found
	doubt   float64 // not to be looked for before
	ban     float64
	strikes int // refusals although no more were in flight

	from      float64 // when the phase began
	nextProbe float64
	startRate float64 // of a recovery
}

func newLearner(random func() float64) *learner {
	return &learner{random: random, window: firstWindow, starting: true, depth: 1, level: 1,
		rate: firstWindow / shortRound.Seconds()}
}

func (l *learner) clock(now time.Time) float64 {
	if !l.begun {
		l.begun, l.base = true, now
	}
	return now.Sub(l.base).Seconds()
}

// take is Pace.Take.
func (l *learner) take(now time.Time) time.Duration {
	t := l.clock(now)
	l.advance(t)
	if l.inTrial && l.settled(t) {
		l.conclude(t)
	}
	if wait := l.pausedTil.Sub(now); wait > 0 {
		return wait
	}
	if l.inTrial && l.starting {
		return seconds(shortWait)
	}
	if l.level < 1-1e-9 {
		return seconds((1 - l.level) / l.rate)
	}
	l.level--
	if len(l.log) >= maxLog {
		l.forget()
	}
	l.log = append(l.log, sent{at: t})
	return 0
}

func seconds(s float64) time.Duration {
	return max(time.Duration(math.Ceil(min(s, 1e9)*1e9)), time.Nanosecond)
}

// inFlight is how many requests may be in flight.
func (l *learner) inFlight() int {
	if l.alone > 0 {
		return 1
	}
	most := math.MaxInt32
	if l.phase == climbing {
		most = int(min(math.Ceil(l.window), math.MaxInt32))
	}
	if l.places > 0 {
		most = min(most, l.places+l.trying)
	}
	return most
}

// advance lets time pass.
func (l *learner) advance(t float64) {
	l.steer(t)
	if t <= l.filled {
		return
	}
	// While paused, what the server gathers is known only with its limit.
	rate, from := l.rate, l.filled
	if until := min(t, l.paused); until > from {
		if !l.starting && !l.inTrial {
			l.level += l.limit * (until - from)
		}
		from = until
	}
	l.level = min(max(l.depth, l.rate*slack.Seconds(), 1), l.level+rate*(t-from))
	l.filled = t
}

// steer sets the rate for the time t.
func (l *learner) steer(t float64) {
	switch l.phase {
	case climbing:
		if l.places > 0 && l.trying == 0 && t > l.nextProbe {
			l.trying, l.from = 1, t
		}
		if l.trying > 0 && t > l.from+max(1, 8*l.srtt) {
			l.places += l.trying
			l.trying, l.from = l.trying*2, t
		}
		l.rate = min(l.window/max(l.srtt, shortRound.Seconds()), maxRate)
	case searching:
		l.rate = l.startRate * math.Exp(max(0, t-max(l.from, l.paused))/l.foldTime())
	case cruising:
		goal := l.limit * (1 - margin)
		l.rate = goal
		if l.inTrial {
			l.rate = min(goal, l.startRate)
		} else if l.startRate > 0 && t < l.from+recovery {
			l.rate = l.startRate + (goal-l.startRate)*max(0, t-l.from)/recovery
		}
		if t >= l.nextProbe && !l.inTrial {
			l.phase, l.from = probing, t
		}
	case probing:
		x := (t - l.from) / max(1, 8/l.limit)
		over := probeGrowth * x * x
		l.rate = min(l.limit*(1+over), max(maxRate, l.limit))
	}
}

const (
	recovery    = 2.0 // seconds
	probeGrowth = 0.03
	probeEvery  = 5.0
)

func (l *learner) foldTime() float64 {
	return max(0.7, 4/l.startRate) * math.Pow(2, float64(min(l.episodes, 4)-1))
}

// answered is Pace.Answered.
func (l *learner) answered(now time.Time, a Answer) {
	t := l.clock(now)
	l.advance(t)
	s := l.find(a.Started.Sub(l.base).Seconds())
	switch a.Outcome {
	case Success, Failure:
		set(s, accepted, t)
		l.succeeded(t, a)
	case Refusal:
		set(s, refused, t)
		l.refused(t, a)
		l.by503 = false
	case Unavailable:
		if l.unavailable.refusal(t, a.RetryAfter > 0) {
			set(s, refused, t)
			l.refused(t, a)
			l.by503 = a.RetryAfter <= 0
		} else {
			set(s, unclear, t)
		}
	default:
		set(s, unclear, t)
	}
	if a.RetryAfter > 0 {
		l.hold(t, a.RetryAfter, RetryAfter)
		l.cut = max(l.cut, t)
	}
	if l.inTrial && l.settled(t) {
		l.conclude(t)
	}
}

func set(s *sent, to state, t float64) {
	if s != nil {
		s.state, s.end = to, t
	}
}

// find finds the request that was started at, and is open.
func (l *learner) find(at float64) *sent {
	lo, hi := 0, len(l.log)
	for lo < hi {
		if mid := (lo + hi) / 2; l.log[mid].at < at-1e-9 {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	for i := lo; i < len(l.log) && l.log[i].at <= at+1e-9; i++ {
		if l.log[i].state == open {
			return &l.log[i]
		}
	}
	return nil
}

func (l *learner) succeeded(t float64, a Answer) {
	took := a.Took.Seconds()
	if l.srtt == 0 {
		l.srtt = took
	}
	l.srtt += (took - l.srtt) / 16
	start := a.Started.Sub(l.base).Seconds()
	if wait := l.hints.accepted(t, start, a.Hint); wait > 0 {
		l.hold(t, fromSeconds(wait), Hinted)
	}
	if l.closed && start >= l.cut {
		l.closed = false
		l.reopened(t, start)
	}
	l.taken++
	if l.phase == climbing && !l.inTrial {
		l.window = max(l.window, min(l.window+1, 1e6))
	}
}

func (l *learner) refused(t float64, a Answer) {
	start := a.Started.Sub(l.base).Seconds()
	why := RetryAfter
	if a.RetryAfter <= 0 {
		a.RetryAfter, why = l.hints.refused(t, a.Hint), Hinted
	}
	l.asked = max(l.asked, a.RetryAfter.Seconds())
	cut := l.cut
	if a.RetryAfter > 0 {
		l.hold(t, a.RetryAfter, why)
		l.cut = max(l.cut, t)
	}
	switch {
	case l.inTrial:
		l.hits++
		l.last = max(l.last, start)
		l.first = min(l.first, start)
		if start >= cut {
			// Refused again before that is known which led to the first
			// refusal: slower at once, whatever the limit will prove to be.
			l.startRate *= 0.7
			l.pause(t, l.shortPause())
		}
		return
	case start < cut:
		l.mark = max(l.mark, start)
		return
	}
	// A new episode.
	l.inTrial, l.last, l.trial, l.closed = true, start, t, true
	l.before = cut
	l.hits++
	if l.alone == 0 {
		l.first, l.hits = start, 1
		l.since, l.wasAt, l.wasRate = t, l.phase, l.rate
	}
	l.asked = a.RetryAfter.Seconds()
	l.pause(t, max(l.asked, l.shortPause()))
	if l.limit > 0 && !l.starting && l.places == 0 {
		l.phase, l.from = cruising, t
		l.startRate = 0.85 * l.limit
		l.nextProbe = math.Inf(1)
	}
}

// recover goes on as if there had been no 503: they do not depend on the rate.
func (l *learner) recover(t float64) {
	l.alone, l.inTrial, l.closed, l.limit, l.places = 0, false, false, 0, 0
	l.phase, l.starting, l.startRate = climbing, true, 0
	l.paused, l.pausedTil = t, l.base.Add(fromSeconds(t))
	l.window = max(l.window, firstWindow)
	l.mark, l.marked = t, true
	l.drop()
}

// shortPause is the pause after a refusal that names no time.
func (l *learner) shortPause() float64 {
	if l.starting {
		return max(l.srtt, 0.01)
	}
	return max(0.01, min(l.srtt, 3/l.rate))
}

func (l *learner) acceptedSince(at float64) bool { return l.acceptedFrom(at) > 0 }

// acceptedFrom is how many of the requests started since at were accepted.
func (l *learner) acceptedFrom(at float64) (n int) {
	for i := len(l.log) - 1; i >= 0 && l.log[i].at >= at; i-- {
		if l.log[i].state == accepted {
			n++
		}
	}
	return n
}

// hold lets nothing start for d from t.
func (l *learner) hold(t float64, d time.Duration, why Reason) {
	until := l.base.Add(fromSeconds(t)).Add(d)
	if until.After(l.pausedTil) {
		l.pausedTil, l.paused, l.reason = until, t+d.Seconds(), why
	}
}

func fromSeconds(s float64) time.Duration {
	return time.Duration(math.Round(min(s, 1e9) * 1e9))
}

func (l *learner) pause(t, wait float64) {
	l.hold(t, fromSeconds(wait), Refused)
	l.cut = t
	l.level = min(l.level, 0)
}

// settled reports whether all requests of before the pause were answered.
func (l *learner) settled(t float64) bool {
	if t > l.trial+max(2*l.srtt, 0.1) {
		return true
	}
	for _, s := range l.log {
		if s.at >= l.trial {
			break
		}
		if s.state == open {
			return false
		}
	}
	return true
}

// conclude takes stock of an episode of refusals.
func (l *learner) conclude(t float64) {
	l.inTrial = false
	if !l.acceptedSince(l.before) {
		// Nothing was accepted since the last pause: it was too short.
		l.alone++
		if l.asked == 0 {
			wait := min(max(0.5*(t-l.since), 2*shortRound.Seconds(), l.srtt), 5)
			l.pause(t, wait*(0.9+0.2*l.random()))
		}
		return
	}
	l.stock(t)
}

// stock takes stock of refusals that have ended.
func (l *learner) stock(t float64) {
	l.alone = 0
	hi := l.sendingRate(l.first)
	l.episodes++
	if l.crowded(t, hi) {
		l.mark, l.marked = l.last, true
		l.starting = false
		l.drop()
		return
	}
	if l.starting {
		l.search(t, hi)
	} else {
		switch {
		case l.wasAt == cruising && l.hits == 1 && l.acceptedFrom(l.mark) >= 200:
		case l.wasAt == cruising:
			l.depth = max(1, l.depth/2)
			if !l.known {
				l.burst = max(2, 4*l.burst)
			}
		case !l.known:
			l.burst *= 0.7
		}
		est, sure := l.measured(hi)
		// A refusal alone among hundreds is an accident rather than a limit.
		lonely := l.asked == 0 && l.wasAt == cruising && l.hits == 1 && l.counted >= 200
		again := l.by503 && l.wasAt == cruising && !lonely
		if l.unavailable.fell(t, again, min(l.acceptedFrom(l.before), l.counted), l.hits) {
			l.recover(t)
			return
		}
		if lonely {
			est, sure = max(est, 0.99*l.limit), true
			l.wasAt = probing
		}
		l.settle(t, est)
		if l.marked && !sure {
			return // keeps the mark, to measure over a longer time
		}
	}
	l.mark, l.marked = l.last, true
	l.drop()
}

// search decides, after a refusal in the beginning, whether the limit is known.
func (l *learner) search(t, hi float64) {
	f := fit(l.log, hi/50, hi*1.5)
	l.burst = f.atLeast
	l.depth = max(1, 0.8*f.atLeast)
	switch {
	case f.misfit > 1.5 || l.episodes >= 6:
		// No bucket that was full at the start behaves so.
		l.starting, l.burst = false, 0
		est := math.Sqrt(f.low * f.rate)
		if f.misfit > 1.5 {
			est, _ = l.measured(hi)
		}
		l.settle(t, est)
	case f.certain():
		l.starting, l.known, l.counted = false, true, int(1.5/(f.high/f.low-0.999))
		l.settle(t, math.Sqrt(f.low*f.high))
	default:
		guess := math.Sqrt(max(f.low, f.high/8) * f.high)
		if l.episodes > 1 {
			guess = math.Sqrt(f.low * f.high)
		}
		l.phase, l.from, l.startRate = searching, t, guess
		l.limit = guess
		l.depth = max(1, 0.8*l.burst)
	}
}

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

// settle takes est as the limit.
func (l *learner) settle(t, est float64) {
	expected := l.wasAt != cruising
	l.limit = est
	l.phase, l.from = cruising, t
	l.startRate = 0
	if !expected {
		l.startRate = 0.85 * est
	}
	// A refusal must be worth what it costs.
	cost := max(0, l.asked*est-l.burst)
	every := max(probeEvery, cost/(0.012*est), float64(l.hits)/(0.006*est))
	// A measure of few requests is worth looking at again sooner.
	doubt := min(1, max(0.15, float64(l.counted)/150))
	if cost > 0 {
		doubt = min(1, max(0.3, float64(l.counted)/50))
	}
	every *= doubt
	l.nextProbe = t + every*(0.9+0.2*l.random())
}

// reopened ends a time in which everything was refused.
func (l *learner) reopened(t, start float64) {
	waited := start - l.first
	if waited < 2.2 && l.asked > 0 || waited < 0.3 || waited*l.limit < 4 && waited < 10 {
		// No longer than a bucket needs for a few requests.
		if l.alone > 0 {
			l.stock(t)
		}
		return
	}
	if l.hints.wrong() {
		// It was waited for nothing.
		l.asked, l.alone = 0, 0
		return
	}
	// So a window has ended, and another begun.
	// It began somewhere between the last refusal and now.
	began := (l.last + start) / 2
	if l.asked > 0 {
		began = start // it was said
	}
	est := float64(l.taken) / (began - l.opened)
	vague := (start - began) / (start - l.opened)
	if l.windows > 0 {
		l.per = start - l.opened
	}
	l.full, l.windows = l.taken, l.windows+1
	l.alone, l.inTrial, l.starting, l.burst = 0, false, false, 0
	l.counted = min(l.taken, int(1.5/max(vague, 1e-3)))
	l.opened, l.taken = began, 0
	l.settle(t, max(est, 1e-3))
	l.startRate, l.level = 0, 1
	l.mark, l.marked = start-1e-6, true
	l.drop()
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

// learned is Pace.Learned.
func (l *learner) learned() Learned {
	switch {
	case l.places > 0:
		return Learned{Kind: Concurrency, Count: l.places}
	case l.limit == 0 || l.starting:
		return Learned{}
	case l.windows > 1 && l.full >= 2:
		return Learned{Kind: PerWindow, Rate: Rate(l.limit), Count: l.full, Window: fromSeconds(l.per)}
	}
	found := Learned{Kind: PerSecond, Rate: Rate(l.limit)}
	if l.known {
		found.Burst = math.Round(l.burst)
	}
	return found
}
