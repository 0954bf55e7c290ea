package pace

import (
	"math"
	"time"
)

// phase is what a learner is doing.
type phase int

const (
	climbing  phase = iota // no refusal yet, or the limit rose: doubles each round trip
	searching              // refused, but the limit is not known well yet: climbs more slowly
	cruising               // just under the limit
	weighing               // each request is weighed by its risk
	probing                // a little above it, to see whether it still holds
)

const (
	shortWait   = 0.01                  // seconds, when only an answer can end the wait
	flowSpan    = 1.0                   // seconds over which acceptedRate averages
	maxLog      = 1 << 13               // requests that are remembered
	firstWindow = 8                     // requests before the first answer
	shortRound  = 50 * time.Millisecond // the climb doubles no faster than this
)

// learner finds the limit of a server. Each of its parts knows one thing;
// episode.go, measurement.go and concurrency.go decide what they mean together.
//
// Times are seconds since base, on a clock that stands still while the pace is
// suspended.
type learner struct {
	setting
	sending
	evidence
	findings
}

// setting is what a learner is given.
type setting struct {
	trade  tradeoff
	random func() float64
	base   time.Time
	begun  bool  // base is set
	known  Limit // by an earlier run, until it proves wrong

	divided bool // among processes, of which each knows its share
}

// sending is how requests are sent.
type sending struct {
	outflow outflow // what is sent now
	backoff backoff // the latest pause
	course  course  // where the rate goes from here
}

// evidence is what the server did.
type evidence struct {
	log          history // since exhausted
	exhausted    moment  // when the server was last seen to have nothing left
	episode      episode // the current or the latest one
	episodeCount int     // episodes that were explained
	acceptedRate average
	srtt         float64 // smoothed round-trip time, in seconds
	unavailable  unavailable
	hints        hints
}

// findings are what explains it.
type findings struct {
	caution     caution  // where refusals ask for pauses
	estimate    estimate // of the rate limit
	windows     windows
	concurrency concurrencyLimit
	starting    bool // until the limit is known well for the first time
}

// tradeoff says how much speed is given up to learn how much. All are shares.
type tradeoff struct {
	margin   float64 // how far under the limit to cruise
	pauses   float64 // of the time that probes may cost in pauses the server asks for
	refusals float64 // of the requests that may be refused because of probes
}

// chosen is explained in the package comment.
var chosen = tradeoff{margin: 0.004, pauses: 0.016, refusals: 0.005}

// course is where the rate goes from here.
type course struct {
	phase     phase
	began     float64 // when the phase began
	window    float64 // climbing: requests in flight, as TCP's slow start counts them
	nextProbe float64
	startRate float64 // the rate at which a search or a recovery begins
	toDo      float64 // requests that will be accepted until the run ends; +Inf: not known
}

// moment is a time, or none if not set.
type moment struct {
	at  float64
	set bool
}

// estimate is what is known of a rate limit.
type estimate struct {
	limit       float64 // requests per second; 0: not known
	burst       float64 // size of the bucket, in requests; 0: not known
	burstFitted bool    // burst comes from a fit
	reliable    bool    // limit was measured over enough requests
	sample      int     // number of requests in the latest measurement
}

func newLearner(random func() float64) *learner {
	l := &learner{setting: setting{trade: chosen, random: random}}
	l.starting, l.course = true, course{window: firstWindow, toDo: math.Inf(1)}
	l.outflow = outflow{depth: 1, level: 1, rate: firstWindow / shortRound.Seconds()}
	return l
}

// startWith begins the climb at a share of the usual rate; 0: all of it. What others accept
// is not known to a process that divides a limit with them, so refusals are not weighed.
func (l *learner) startWith(share float64) {
	l.divided = share > 0 && share < 1
	if share > 0 {
		l.course.window = max(1, firstWindow*share)
		l.outflow.rate = l.course.window / shortRound.Seconds()
	}
}

// begin begins with a limit that an earlier run learned.
func (l *learner) begin(known Limit) {
	switch {
	case known.Kind == Concurrency && known.Count > 0:
		l.starting = false
		l.concurrency.limit, l.concurrency.keepLog, l.concurrency.nextProbe = known.Count, true, firstLook
		l.course.window = 2 * float64(known.Count)
	case known.Kind == PerWindow && known.Rate > 0:
		known.Burst = 1 // nobody knows how much of the present window is used up
		l.beginAt(known)
	case known.Kind == PerSecond && known.Rate > 0:
		l.beginAt(known)
	default:
		return
	}
	l.known = known
}

// beginAt begins at a limit, with a full bucket: at the rate that is known to be accepted,
// if that costs less than the refusal that it saves about every other time.
func (l *learner) beginAt(known Limit) {
	rate := float64(known.Rate)
	cost := max(0, known.Pause.Seconds()-known.Burst/rate) + 3/rate
	unchecked, look := l.course.toDo/rate, max(probeEvery, min(firstLook, 300/rate))
	looks := known.Pause == 0 || roseSince*(unchecked-look) >= cost
	if looks {
		unchecked = min(unchecked, look)
	}
	if known.Sure > 0 && (1-known.Sure)*unchecked < cost/2 {
		rate *= known.Sure
	}
	l.starting = false
	l.estimate = estimate{limit: rate, burst: known.Burst, burstFitted: known.Burst > 0}
	l.outflow.rate, l.outflow.depth = rate, max(1, 0.8*known.Burst)
	l.outflow.level = l.outflow.depth
	l.episode.askedPause = known.Pause.Seconds()
	l.estimate.reliable, l.estimate.sample = true, 150
	// The bucket is full: it was empty so long ago as it takes to fill.
	l.exhausted = moment{-known.Burst / rate, true}
	l.course.phase, l.course.nextProbe = cruising, math.Inf(1)
	if looks {
		l.course.nextProbe = look * (1 + 0.1*l.random())
	}
}

func (l *learner) clock(now time.Time) float64 {
	if !l.begun {
		l.begun, l.base = true, now
	}
	return now.Sub(l.base).Seconds()
}

// take is Pace.Take.
func (l *learner) take(now time.Time, others int) time.Duration {
	t := l.clock(now)
	l.advance(t)
	if l.episode.open && l.drained(t) {
		l.conclude(t)
	}
	if wait := l.backoff.wall.Sub(now); wait > 0 {
		return wait
	}
	if l.episode.open && l.starting {
		return seconds(shortWait)
	}
	if l.episode.vainPauses > 0 && l.log.openFrom(l.episode.staleUntil) {
		return waitForAnswer
	}
	if l.course.phase == weighing {
		if wait := l.caution.wait(t, others, &l.outflow); wait > 0 {
			return seconds(min(wait, probeEvery))
		}
		l.outflow.level--
	} else if wait := l.outflow.take(); wait > 0 {
		return seconds(min(wait, probeEvery)) // the rate may rise meanwhile
	}
	if l.caution.on {
		l.caution.sent(t, others)
	}
	if len(l.log) >= l.mostLog() {
		l.forget()
	}
	l.log = append(l.log, sent{began: now, at: t})
	return 0
}

// mostLog is how many requests are remembered: the book reads all of them at each refusal.
func (l *learner) mostLog() int {
	if l.caution.on {
		return maxLog / 2
	}
	return maxLog
}

func seconds(s float64) time.Duration {
	return max(time.Duration(math.Ceil(min(s, 1e9)*1e9)), time.Nanosecond)
}

func fromSeconds(s float64) time.Duration {
	return time.Duration(math.Round(min(s, 1e9) * 1e9))
}

// secondsLeft is how long the run still takes.
func (l *learner) secondsLeft() float64 { return l.course.toDo / l.caution.book.mean }

// inFlight returns how many requests may be in flight.
func (l *learner) inFlight() int {
	most := math.MaxInt32
	if l.course.phase == climbing {
		most = int(min(math.Ceil(l.course.window), math.MaxInt32))
	}
	if l.concurrency.limit > 0 {
		most = min(most, l.concurrency.limit+l.concurrency.extra)
	}
	return most
}

// advance lets time pass.
func (l *learner) advance(t float64) {
	l.steer(t)
	// During a pause the server's bucket refills, at a rate that is known only with
	// its limit.
	refill := 0.0
	if !l.starting && !l.episode.open {
		refill = l.estimate.limit
	}
	l.outflow.fill(t, l.backoff.until, refill)
}

const (
	recovery    = 2.0 // seconds
	probeGrowth = 0.06
	probeEvery  = 5.0
	firstLook   = 10.0 // seconds to the first probe of a limit that is remembered, at most
	roseSince   = 0.03 // share of the speed that is likely lost because such a limit rose
)

// steer sets the rate for the time t.
func (l *learner) steer(t float64) {
	switch l.course.phase {
	case climbing:
		l.concurrency.widen(t, l.srtt)
		l.outflow.rate = min(l.course.window/max(l.srtt, shortRound.Seconds()), maxRate)
	case searching:
		l.outflow.rate = l.course.startRate * math.Exp(max(0, t-max(l.course.began, l.backoff.until))/l.growthTime())
	case cruising:
		goal := l.estimate.limit * (1 - l.trade.margin)
		l.outflow.rate = goal
		if l.episode.open {
			l.outflow.rate = min(goal, l.course.startRate)
		} else if l.course.startRate > 0 && t < l.course.began+recovery {
			l.outflow.rate = l.course.startRate + (goal-l.course.startRate)*max(0, t-l.course.began)/recovery
		}
		if t >= l.course.nextProbe && !l.episode.open {
			l.course.phase, l.course.began = probing, t
		}
	case weighing:
		l.steerByBook(t)
	case probing:
		x := (t - l.course.began) / max(1, l.probeUnit())
		over := probeGrowth * x * x
		step := max(l.estimate.limit, l.caution.change.highest)
		l.outflow.rate = min(l.estimate.limit+over*step, max(maxRate, l.estimate.limit))
		if over > 3 && l.caution.on || over > 1 && l.episodeCount == 0 {
			l.climbOn(t)
		}
	}
}

// climbOn drops a limit after a probe that went so far above it that it holds no longer.
func (l *learner) climbOn(t float64) {
	l.course.phase, l.course.began = climbing, t
	l.course.window = max(firstWindow, l.outflow.rate*max(l.srtt, shortRound.Seconds()))
	if !l.caution.on {
		l.starting, l.estimate, l.known, l.exhausted.set = true, estimate{}, Limit{}, false
	}
}

// probeUnit is the number of seconds by which probes are measured: eight requests, but
// one second where this run has yet to see the limit, which may be far too low.
func (l *learner) probeUnit() float64 {
	if l.episodeCount == 0 {
		return 1
	}
	return 8 / l.estimate.limit
}

func (l *learner) growthTime() float64 {
	fold := max(0.7, 4/l.course.startRate) * math.Pow(2, float64(min(l.episodeCount, 4)-1))
	return fold
}

// learned is Pace.Learned.
func (l *learner) learned() Limit {
	switch {
	case l.episodeCount == 0 && l.known.Kind != None:
		return l.known
	case l.concurrency.limit > 0:
		return Limit{Kind: Concurrency, Count: l.concurrency.limit}
	case l.caution.on:
		return l.learnedByBook()
	case l.estimate.limit == 0 || l.starting:
		return Limit{}
	case l.windows.known():
		w := l.windows
		return Limit{Kind: PerWindow, Rate: Rate(float64(w.full) / w.per), Count: w.full, Window: fromSeconds(w.per)}
	}
	found := Limit{Kind: PerSecond, Rate: Rate(l.estimate.limit), Pause: fromSeconds(l.episode.askedPause)}
	found.Sure = 1 - 1/max(1, float64(l.estimate.sample))
	if l.estimate.burstFitted {
		found.Burst = math.Round(l.estimate.burst)
	}
	return found
}
