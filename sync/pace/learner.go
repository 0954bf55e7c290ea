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
	margin      = 0.008                 // cruising stays this share under the limit
)

// sent is a request that was started.
type sent struct {
	began time.Time // as Take was told
	at    float64   // the same, in seconds since the learner's base
	end   float64   // of its answer
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

	flow   float64 // what was accepted lately, requests a second
	flowed float64 // when that was right

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
	sure    bool    // limit was measured over enough requests
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
	wasAt   phase   // phase when it began

	places  int     // requests that the server takes at a time; 0: any number
	trying  int     // more than that, to see whether it still holds
	hint    int     // the same, as the latest episode looked
	tried   float64 // when the latest such attempt was refused
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
	if l.alone > 0 && l.knocking() {
		return waitForAnswer
	}
	if unbounded := l.phase == climbing && math.IsInf(l.window, 1); !unbounded {
		if l.level < 1-1e-9 {
			return seconds((1 - l.level) / l.rate)
		}
		l.level--
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
	if l.phase == climbing {
		most = int(min(math.Ceil(l.window), math.MaxInt32))
	}
	if l.places > 0 {
		most = min(most, l.places+l.trying)
	}
	return most
}

// knocking reports whether a request is under way that was started after
// everything was refused: one at a time is enough to see whether that is over.
func (l *learner) knocking() bool {
	for i := len(l.log) - 1; i >= 0 && l.log[i].at >= l.cut; i-- {
		if l.log[i].state == open {
			return true
		}
	}
	return false
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

const (
	recovery    = 2.0 // seconds
	probeGrowth = 0.03
	probeEvery  = 5.0
)

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

func (l *learner) foldTime() float64 {
	return max(0.7, 4/l.startRate) * math.Pow(2, float64(min(l.episodes, 4)-1))
}

// learned is Pace.Learned.
func (l *learner) learned() Learned {
	switch {
	case l.places > 0:
		return Learned{Kind: Concurrency, Count: l.places}
	case l.limit == 0 || l.starting:
		return Learned{}
	case l.windowed():
		return Learned{Kind: PerWindow, Rate: Rate(float64(l.full) / l.per), Count: l.full, Window: fromSeconds(l.per)}
	}
	found := Learned{Kind: PerSecond, Rate: Rate(l.limit)}
	if l.known {
		found.Burst = math.Round(l.burst)
	}
	return found
}

// windowed reports whether windows were found: more than one ended.
func (l *learner) windowed() bool { return l.windows > 1 && l.full >= 2 }
