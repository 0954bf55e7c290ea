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
	flowSpan    = 1.0                   // seconds that what was accepted lately is averaged over
	maxLog      = 1 << 13               // requests that are remembered
	firstWindow = 8                     // requests before the first answer
	shortRound  = 50 * time.Millisecond // the climb doubles no faster than this
)

// learner finds the limit of a server. Each part knows one thing; what they mean
// together is decided in episode.go, measure.go and crowd.go.
//
// Times are seconds since base, on a clock that stands still while the pace is
// suspended.
type learner struct {
	trade       tradeoff
	random      func() float64
	unavailable unavailable
	hints       hints
	base        time.Time
	begun       bool

	out    outflow // what is sent now
	rest   rest    // the latest pause
	course course  // where the rate goes from here
	lately average // what was accepted
	srtt   float64 // smoothed time of a round trip

	log      history  // since mark
	mark     moment   // when the server was last seen to have nothing left
	ep       episode  // of refusals, the present or the latest
	est      estimate // of a rate
	windows  windows
	places   places
	starting bool // until the limit is known well for the first time
	episodes int  // that were taken stock of
}

// tradeoff is how much is given for what. All are shares.
type tradeoff struct {
	margin   float64 // how far under the limit to cruise
	pauses   float64 // of the time, that probes may cost in pauses that the server asks for
	refusals float64 // of the requests, that probes may have refused
}

// chosen is the point that was chosen: see the package comment.
var chosen = tradeoff{margin: 0.004, pauses: 0.016, refusals: 0.005}

// course is where the rate goes from here.
type course struct {
	phase     phase
	from      float64 // when it began
	window    float64 // climbing: requests in flight, as TCP's slow start counts them
	nextProbe float64
	startRate float64 // of a recovery
}

// moment is a time, or none.
type moment struct {
	at  float64
	set bool
}

// estimate is what a rate was found to be like.
type estimate struct {
	limit   float64 // requests a second, 0: not known
	burst   float64 // of the bucket; 0: not known
	known   bool    // burst is what a fit found
	sure    bool    // limit was measured over enough requests
	counted int     // requests that the latest measure counted
}

func newLearner(random func() float64) *learner {
	return &learner{trade: chosen, random: random, starting: true,
		course: course{window: firstWindow},
		out:    outflow{depth: 1, level: 1, rate: firstWindow / shortRound.Seconds()}}
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
	if l.ep.open && l.settled(t) {
		l.conclude(t)
	}
	if wait := l.rest.wall.Sub(now); wait > 0 {
		return wait
	}
	if l.ep.open && l.starting {
		return seconds(shortWait)
	}
	if l.ep.alone > 0 && l.log.openFrom(l.ep.cut) {
		return waitForAnswer
	}
	if wait := l.out.take(); wait > 0 {
		return seconds(wait)
	}
	if len(l.log) >= maxLog {
		l.forget()
	}
	l.log = append(l.log, sent{began: now, at: t})
	return 0
}

func seconds(s float64) time.Duration {
	return max(time.Duration(math.Ceil(min(s, 1e9)*1e9)), time.Nanosecond)
}

func fromSeconds(s float64) time.Duration {
	return time.Duration(math.Round(min(s, 1e9) * 1e9))
}

// inFlight is how many requests may be in flight.
func (l *learner) inFlight() int {
	most := math.MaxInt32
	if l.course.phase == climbing {
		most = int(min(math.Ceil(l.course.window), math.MaxInt32))
	}
	if l.places.n > 0 {
		most = min(most, l.places.n+l.places.trying)
	}
	return most
}

// advance lets time pass.
func (l *learner) advance(t float64) {
	l.steer(t)
	// While paused, what the server gathers is known only with its limit.
	gathers := 0.0
	if !l.starting && !l.ep.open {
		gathers = l.est.limit
	}
	l.out.fill(t, l.rest.until, gathers)
}

const (
	recovery    = 2.0 // seconds
	probeGrowth = 0.06
	probeEvery  = 5.0
)

// steer sets the rate for the time t.
func (l *learner) steer(t float64) {
	switch l.course.phase {
	case climbing:
		l.places.widen(t, l.srtt)
		l.out.rate = min(l.course.window/max(l.srtt, shortRound.Seconds()), maxRate)
	case searching:
		l.out.rate = l.course.startRate * math.Exp(max(0, t-max(l.course.from, l.rest.until))/l.foldTime())
	case cruising:
		goal := l.est.limit * (1 - l.trade.margin)
		l.out.rate = goal
		if l.ep.open {
			l.out.rate = min(goal, l.course.startRate)
		} else if l.course.startRate > 0 && t < l.course.from+recovery {
			l.out.rate = l.course.startRate + (goal-l.course.startRate)*max(0, t-l.course.from)/recovery
		}
		if t >= l.course.nextProbe && !l.ep.open {
			l.course.phase, l.course.from = probing, t
		}
	case probing:
		x := (t - l.course.from) / max(1, 8/l.est.limit)
		over := probeGrowth * x * x
		l.out.rate = min(l.est.limit*(1+over), max(maxRate, l.est.limit))
	}
}

func (l *learner) foldTime() float64 {
	fold := max(0.7, 4/l.course.startRate) * math.Pow(2, float64(min(l.episodes, 4)-1))
	if l.ep.asked > 0 {
		fold *= 1.3 // each refusal costs more, so that each must say more
	}
	return fold
}

// learned is Pace.Learned.
func (l *learner) learned() Learned {
	switch {
	case l.places.n > 0:
		return Learned{Kind: Concurrency, Count: l.places.n}
	case l.est.limit == 0 || l.starting:
		return Learned{}
	case l.windows.known():
		w := l.windows
		return Learned{Kind: PerWindow, Rate: Rate(float64(w.full) / w.per), Count: w.full, Window: fromSeconds(w.per)}
	}
	found := Learned{Kind: PerSecond, Rate: Rate(l.est.limit)}
	if l.est.known {
		found.Burst = math.Round(l.est.burst)
	}
	return found
}
