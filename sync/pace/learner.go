package pace

import (
	"math"
	"time"
)

// phase is what a learner is doing.
type phase int

const (
	climbing phase = iota // nothing was refused yet, or the limit rose: doubles each round trip
	weighing              // each request is weighed by its risk
	looking               // going above the limit, to see whether it still holds
)

const (
	shortWait   = 0.01                  // seconds, when only an answer can end the wait
	longWait    = 5.0                   // seconds after which a wait is computed anew
	maxLog      = 1 << 12               // requests that are remembered
	firstWindow = 8                     // requests before the first answer
	wasted      = 3.0                   // see setting.waste, and the package comment
	shortRound  = 50 * time.Millisecond // the climb doubles no faster than this
)

// learner finds the limit of a server. Each of its parts knows one thing;
// episode.go and weigh.go decide what they mean together.
//
// Times are seconds since base, on a clock that stands still while the pace is
// suspended.
type learner struct {
	setting
	sending
	evidence
	caution caution // what explains the refusals
	sharing sharing // or that others send, too
}

// setting is what a learner is given.
type setting struct {
	random  func() float64
	waste   float64 // requests that wait are as bad as one that is refused
	base    time.Time
	begun   bool    // base is set
	known   Limit   // by an earlier run, unless it was wrong
	divided bool    // among processes, of which each knows its share
	toDo    float64 // requests that will be accepted until the run ends; +Inf: not known
}

// sending is how requests are sent.
type sending struct {
	phase   phase
	began   float64 // when the phase began
	window  float64 // climbing: requests in flight, as TCP's slow start counts them
	from    float64 // looking: the limit then, in requests per second
	above   float64 // looking: how far above the limit, as a share of it
	cap     float64 // looking, or refused then: requests at a time that were allowed; 0: no such limit
	most    float64 // requests at a time, because of a cap beside the limit of the book; 0: any
	outflow outflow // what is sent now
	backoff backoff // the latest pause
}

// evidence is what the server did.
type evidence struct {
	log         history
	episode     episode // the current or the latest one
	srtt        float64 // smoothed round-trip time, in seconds
	unavailable unavailable
	hints       hints
}

func newLearner(random func() float64) *learner {
	l := &learner{setting: setting{random: random, waste: wasted, toDo: math.Inf(1)}}
	l.window, l.caution.book.turn = firstWindow, shortWait
	l.outflow = outflow{depth: 1, level: 1, rate: firstWindow / shortRound.Seconds()}
	return l
}

// startWith begins the climb at a share of the usual rate; 0: all of it.
func (l *learner) startWith(share float64) {
	l.divided = share > 0 && share < 1
	if share > 0 {
		l.window = max(1, firstWindow*share)
		l.outflow.rate = l.window / shortRound.Seconds()
	}
}

// begin begins with a limit that an earlier run learned: at the rate that is known to be accepted,
// if that costs less than the refusal that it saves about every other time.
func (l *learner) begin(known Limit) {
	if !known.usable() {
		return
	}
	c := &l.caution
	b := &c.book
	l.known, c.on, l.phase = known, true, weighing
	b.remember(known)
	first := max(soonest, min(firstLook, 300/b.mean))
	cost := max(0, known.Pause.Seconds()-b.size/b.mean) + l.waste/b.mean
	unchecked := l.secondsLeft()
	if roseSince*(unchecked-first) >= cost {
		c.change.first = first * (1 + 0.1*l.random())
		unchecked = min(unchecked, first)
	}
	if lower := known; known.Sure > 0.5 && (1-known.Sure)*unchecked < cost/2 {
		// From there the likely rate is three times as far as from itself.
		lower.Rate, lower.Sure = known.Rate*Rate(known.Sure), 1-3*(1-known.Sure)
		b.remember(lower)
	}
	c.change.patience, c.budget, c.latest = 1, budget{eager: 1, cost: cost}, math.Inf(-1)
	l.outflow.rate, l.outflow.depth = b.pace(), b.depth()
	l.outflow.level = l.outflow.depth
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
	if l.episode.open && (l.episode.again || !l.caution.on || l.caution.book.cap > 0.5 || l.cap > 0) {
		return seconds(shortWait)
	}
	if l.episode.vainPauses > 0 && l.log.openFrom(l.episode.staleUntil) {
		return waitForAnswer
	}
	if l.phase == weighing {
		if wait := l.caution.wait(t, others, l.toDo-float64(others), &l.outflow); wait > 0 {
			return seconds(min(wait, longWait))
		}
		l.outflow.level--
		l.sharing.sent++
	} else if wait := l.outflow.take(); wait > 0 {
		return seconds(min(wait, longWait)) // the rate may rise meanwhile
	}
	if l.caution.on {
		l.caution.sent(t, others)
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

// secondsLeft is how long the run still takes.
func (l *learner) secondsLeft() float64 { return l.toDo / l.caution.book.mean }

// forget forgets the older half of a log that has become long.
func (l *learner) forget() {
	if half := len(l.log) / 2; l.caution.on {
		l.caution.book.settle(l.log[:half], l.log[half:])
	}
	l.log.halve()
}

// inFlight returns how many requests may be in flight.
func (l *learner) inFlight() int {
	most := math.Inf(1)
	if l.most > 0 {
		most = l.most
	}
	switch {
	case l.phase == climbing:
		most = math.Ceil(l.window)
	case l.phase == looking && l.cap > 0:
		most = math.Floor(l.cap + 1.5 + l.cap*l.above)
	}
	return int(min(most, math.MaxInt32))
}

// advance lets time pass.
func (l *learner) advance(t float64) {
	l.steer(t)
	// During a pause the server's bucket refills, at a rate that is known only with
	// its limit.
	refill := 0.0
	if l.caution.on && !l.episode.open {
		refill = l.caution.book.mean
	}
	l.outflow.fill(t, l.backoff.until, refill)
}

// steer sets the rate for the time t.
func (l *learner) steer(t float64) {
	c := &l.caution
	switch l.phase {
	case climbing:
		l.outflow.rate = min(l.window/max(l.srtt, shortRound.Seconds()), maxRate)
	case weighing:
		if l.sharing.rate > 0 {
			c.book.mean = l.sharing.used(t)
			c.book.high = c.book.mean
		}
		l.outflow.rate = c.book.pace()
		if c.book.windows > 0.5 && t >= c.madeGood {
			l.outflow.depth, l.outflow.level = 1, min(l.outflow.level, 1)
		}
		due := c.change.worthALook(t, c.budget.cost, l.mostFlow(), l.secondsLeft())
		if due && !l.episode.open {
			l.phase, l.began, l.from, l.cap = looking, t, c.book.mean, 0
			if c.book.cap > 0.5 {
				l.cap = c.book.size
			}
			l.outflow.level = min(l.outflow.level, 1)
		}
	case looking:
		l.look(t)
	}
}
