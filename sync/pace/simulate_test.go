package pace

import (
	"container/heap"
	"math"
	"math/rand/v2"
	"time"
)

// The simulator: servers with limits and clients with paces, in virtual time.
// Nothing sleeps and nothing runs beside anything else, so a run of a minute
// takes milliseconds and is the same for the same seed.

// limiter is a server's limit. enter is asked when a request arrives; ok false
// is a refusal, and wait how long the limit needs until it would accept one.
type limiter interface {
	enter(now float64) (wait float64, ok bool)
	leave()
}

// bucket is a token bucket, full at the start.
type bucket struct {
	rate, burst float64
	level, at   float64
	begun       bool
}

func (b *bucket) enter(now float64) (float64, bool) {
	if !b.begun {
		b.begun, b.level, b.at = true, b.burst, now
	}
	b.level = min(b.burst, b.level+b.rate*(now-b.at))
	b.at = now
	if b.level < 1-1e-9 {
		return (1 - b.level) / b.rate, false
	}
	b.level--
	return 0, true
}
func (b *bucket) leave() {}

// window accepts n in each span of length per.
type window struct {
	n          int
	per, phase float64
	number     float64
	used       int
}

func (w *window) enter(now float64) (float64, bool) {
	number := math.Floor((now + w.phase) / w.per)
	if number != w.number {
		w.number, w.used = number, 0
	}
	if w.used >= w.n {
		return (number+1)*w.per - w.phase - now, false
	}
	w.used++
	return 0, true
}
func (w *window) leave() {}

// sliding accepts n in any span of length per.
type sliding struct {
	n   int
	per float64
	log []float64
}

func (s *sliding) enter(now float64) (float64, bool) {
	for len(s.log) > 0 && s.log[0] <= now-s.per {
		s.log = s.log[1:]
	}
	if len(s.log) >= s.n {
		return s.log[0] + s.per - now, false
	}
	s.log = append(s.log, now)
	return 0, true
}
func (s *sliding) leave() {}

// concurrent accepts n at a time.
type concurrent struct{ n, busy int }

func (c *concurrent) enter(float64) (float64, bool) {
	if c.busy >= c.n {
		return 0.01, false
	}
	c.busy++
	return 0, true
}
func (c *concurrent) leave() { c.busy-- }

// both is two limits of which each must agree.
type both struct{ a, b limiter }

func (l *both) enter(now float64) (float64, bool) {
	w, ok := l.a.enter(now)
	if !ok {
		return w, false
	}
	if w, ok = l.b.enter(now); !ok {
		l.a.leave()
	}
	return w, ok
}
func (l *both) leave() { l.a.leave(); l.b.leave() }

// unlimited accepts everything.
type unlimited struct{}

func (unlimited) enter(float64) (float64, bool) { return 0, true }
func (unlimited) leave()                        {}

// said is how a refusal says when to come back.
type said int

const (
	nothing said = iota
	inSeconds
	asDate
	exactly
)

// scenario is one experiment.
type scenario struct {
	limit   func(rng *rand.Rand) limiter
	changes []change // of a bucket's rate

	rows     int     // of each client; 0: without end
	seconds  float64 // the end; 0: when the rows are done
	workers  int     // 32
	clients  int     // 1
	stagger  float64 // seconds between the clients' starts, at random
	max      Rate    // Unlimited
	fixed    Rate    // a fixed rate instead of a learned one
	service  func(rng *rand.Rand) float64
	network  func(rng *rand.Rand) float64 // one way
	said     said
	asks     float64 // a Retry-After that is always this, in seconds; 0: what said says
	as503    bool    // refusals are 503s
	noise    noise
	fail     float64 // share of requests that fail with a 503 for no reason
	hint     func(l limiter, now float64, ok bool) Hint
	lateness float64 // of the client's timers
	waste    float64 // see setting; 0: as chosen

	remembered *Limit
	learned    int // runs before, of which each begins with what the one before learned
	share      float64
}

type change struct{ at, rate float64 }

// noise is a time in which a share of the requests is refused whatever is sent.
type noise struct{ from, to, share float64 }

func (n noise) refuses(now float64, rng *rand.Rand) bool {
	return now >= n.from && now < n.to && rng.Float64() < n.share
}

func constant(d time.Duration) func(*rand.Rand) float64 {
	return func(*rand.Rand) float64 { return d.Seconds() }
}

// jittered is a latency that spreads by ±20 %.
func jittered(d time.Duration) func(*rand.Rand) float64 {
	return func(r *rand.Rand) float64 { return d.Seconds() * (0.8 + 0.4*r.Float64()) }
}

// heavy is a latency with a log-normal tail: its 99th percentile is about six
// times its median.
func heavy(d time.Duration) func(*rand.Rand) float64 {
	return func(r *rand.Rand) float64 { return min(20, d.Seconds()*math.Exp(0.8*r.NormFloat64())) }
}

// happened is one thing a client saw, for the figures.
type happened struct {
	sent, at float64
	ok       bool
	client   int
}

// simRow is a row of a client, with the engine's rule for a row that alone is
// refused.
type simRow struct {
	times, atRefusals, atSuccesses int
	attempts                       int
}

type simClient struct {
	pace      *Pace
	begin     float64
	left      int
	again     []*simRow
	busy      int
	wakeAt    float64
	refusals  int
	successes int
	failed    int
	endless   bool
}

type simEvent struct {
	at     float64
	seq    int
	kind   int // 0 wake, 1 arrival, 2 service ended, 3 answer, 4 change, 5 a row is due again
	client *simClient
	who    int
	row    *simRow
	sent   float64
	answer Answer
	ok     bool
	rate   float64
}

type simHeap []*simEvent

func (h simHeap) Len() int { return len(h) }
func (h simHeap) Less(i, k int) bool {
	return h[i].at < h[k].at || h[i].at == h[k].at && h[i].seq < h[k].seq
}
func (h simHeap) Swap(i, k int) { h[i], h[k] = h[k], h[i] }
func (h *simHeap) Push(x any)   { *h = append(*h, x.(*simEvent)) }
func (h *simHeap) Pop() any {
	last := len(*h) - 1
	e := (*h)[last]
	*h = (*h)[:last]
	return e
}

// simulation is one run of a scenario.
type simulation struct {
	scenario
	rng     *rand.Rand
	limiter limiter
	clients []*simClient
	events  simHeap
	seq     int
	now     float64
	log     []happened
}

func at(s float64) time.Time { return epoch.Add(time.Duration(s * 1e9)) }

func simulate(sc scenario, seed uint64) *simulation {
	if sc.learned > 0 {
		before := sc
		before.learned--
		if found, ok := simulate(before, seed+1_000_003).clients[0].pace.Learned(); ok {
			sc.remembered = &found
		}
	}
	s := &simulation{scenario: sc, rng: rand.New(rand.NewPCG(seed, 77))}
	if s.workers == 0 {
		s.workers = 32
	}
	if s.scenario.clients == 0 {
		s.scenario.clients = 1
	}
	if s.max == 0 {
		s.max = Unlimited
	}
	if s.service == nil {
		s.service = jittered(50 * time.Millisecond)
	}
	if s.network == nil {
		s.network = func(r *rand.Rand) float64 { return 0.0005 + 0.0005*r.Float64() }
	}
	if s.lateness == 0 {
		s.lateness = 0.0001
	}
	s.limiter = unlimited{}
	if sc.limit != nil {
		s.limiter = sc.limit(s.rng)
	}
	for i := range s.scenario.clients {
		rng := rand.New(rand.NewPCG(seed, uint64(i)))
		c := &simClient{left: s.rows, endless: s.rows == 0, begin: s.stagger * s.rng.Float64()}
		if s.fixed > 0 {
			c.pace = Fixed(s.fixed, rng.Float64)
		} else {
			c.pace = Auto(Options{Most: s.max, Random: rng.Float64, Requests: s.rows, Remembered: s.remembered, Share: s.share})
			if s.waste > 0 {
				c.pace.learner.waste = s.waste
			}
		}
		s.clients = append(s.clients, c)
		s.push(&simEvent{at: c.begin, kind: 0, client: c, who: i})
	}
	for _, c := range s.changes {
		s.push(&simEvent{at: c.at, kind: 4, rate: c.rate})
	}
	s.run()
	return s
}

func (s *simulation) push(e *simEvent) {
	s.seq++
	e.seq = s.seq
	heap.Push(&s.events, e)
}

func (s *simulation) run() {
	for len(s.events) > 0 {
		e := heap.Pop(&s.events).(*simEvent)
		if s.seconds > 0 && e.at > s.seconds {
			return
		}
		s.now = e.at
		switch e.kind {
		case 0:
			if e.at >= e.client.wakeAt {
				s.start(e.client, e.who)
			}
		case 1:
			s.arrive(e)
		case 2:
			s.limiter.leave()
		case 3:
			s.answered(e)
		case 4:
			s.change(e.rate)
		case 5:
			e.client.again = append(e.client.again, e.row)
			s.start(e.client, e.who)
		}
	}
}

func (s *simulation) change(rate float64) {
	switch l := s.limiter.(type) {
	case *bucket:
		l.enter(s.now)
		l.level = min(l.burst, l.level+1)
		l.rate = rate
	case *window:
		l.n = int(rate * l.per)
	case *concurrent:
		l.n = int(rate)
	}
}

func (s *simulation) start(c *simClient, who int) {
	for c.busy < min(s.workers, c.pace.Window()) && (c.left > 0 || c.endless || len(c.again) > 0) {
		if wait := c.pace.Take(at(s.now), c.busy); wait > 0 {
			c.wakeAt = s.now + wait.Seconds()
			s.push(&simEvent{at: c.wakeAt + s.lateness*s.rng.Float64() + 1e-9, client: c, who: who})
			return
		}
		var row *simRow
		if len(c.again) > 0 {
			row, c.again = c.again[0], c.again[1:]
		} else {
			row = &simRow{}
			c.left--
		}
		c.busy++
		s.push(&simEvent{at: s.now + s.network(s.rng), kind: 1, client: c, who: who, row: row, sent: s.now})
	}
	c.wakeAt = math.Inf(1) // an answer wakes it
}

func (s *simulation) arrive(e *simEvent) {
	wait, ok := 1.0, !s.noise.refuses(s.now, s.rng)
	if ok {
		wait, ok = s.limiter.enter(s.now)
	}
	a := Answer{Started: at(e.sent)}
	took := 0.001
	switch {
	case !ok && s.as503:
		a.Outcome = Unavailable
	case !ok:
		a.Outcome = Refusal
	case s.fail > 0 && s.rng.Float64() < s.fail:
		a.Outcome = Unavailable
		s.push(&simEvent{at: s.now + took, kind: 2})
	default:
		a.Outcome = Success
		took = s.service(s.rng)
		s.push(&simEvent{at: s.now + took, kind: 2})
	}
	if !ok {
		switch {
		case s.asks > 0:
			a.RetryAfter = time.Duration(s.asks * 1e9)
		case s.said == inSeconds:
			a.RetryAfter = time.Duration(math.Ceil(wait)) * time.Second
		case s.said == exactly:
			a.RetryAfter = time.Duration(math.Ceil(wait*1000)) * ms
		case s.said == asDate:
			until := math.Ceil(math.Mod(s.now, 1)+wait) - math.Mod(s.now, 1)
			// Measured against the Date of the answer, which is cut to seconds.
			a.RetryAfter = time.Duration((until + math.Mod(s.now, 1)) * 1e9)
		}
	}
	if s.hint != nil {
		a.Hint = s.hint(s.limiter, s.now, ok)
	}
	s.push(&simEvent{at: s.now + took + s.network(s.rng), kind: 3, client: e.client, who: e.who, row: e.row,
		sent: e.sent, answer: a, ok: ok && a.Outcome == Success})
}

func (s *simulation) answered(e *simEvent) {
	c := e.client
	c.busy--
	s.log = append(s.log, happened{sent: e.sent, at: s.now, ok: e.ok, client: e.who})
	e.answer.Took = time.Duration((s.now - e.sent) * 1e9)
	throttled := throttling(c.pace, e.answer)
	c.pace.Answered(at(s.now), e.answer)
	switch {
	case e.ok:
		c.successes++
	case e.answer.Outcome == Unavailable && !throttled:
		if e.row.attempts++; e.row.attempts >= 5 {
			c.failed++
		} else {
			// The engine's backoff, with full jitter.
			wait := s.rng.Float64() * 0.2 * math.Pow(3, float64(e.row.attempts-1))
			s.push(&simEvent{at: s.now + wait, kind: 5, client: c, who: e.who, row: e.row})
		}
	default:
		s.refused(c, e.row)
	}
	s.start(c, e.who)
}

func (s *simulation) refused(c *simClient, r *simRow) {
	c.refusals++
	others := c.refusals - r.atRefusals - 1
	switch {
	case r.atRefusals == 0:
		r.times = 1
	case c.successes > r.atSuccesses && others < 3:
		r.times++
	default:
		r.times = 0
	}
	r.atRefusals, r.atSuccesses = c.refusals, c.successes
	if r.times >= 20 {
		c.failed++
		return
	}
	c.again = append(c.again, r)
}

// figures are what came of a simulation between two times.
type figures struct {
	accepted, refused int
	seconds           float64
}

func (f figures) share() float64 { return float64(f.refused) / max(1, float64(f.refused+f.accepted)) }
func (f figures) rate() float64  { return float64(f.accepted) / f.seconds }

func (s *simulation) between(from, to float64) figures {
	f := figures{seconds: to - from}
	for _, h := range s.log {
		if h.sent < from || h.sent >= to {
			continue
		}
		if h.ok {
			f.accepted++
		} else {
			f.refused++
		}
	}
	return f
}

// whole is the figures of the whole run; it ends with the last answer.
func (s *simulation) whole() figures {
	last := 0.0
	for _, h := range s.log {
		last = max(last, h.at)
	}
	return s.between(0, last)
}

// throttling reports whether the pace takes an answer for a refusal: a 429
// always is, and a 503 where it behaves like one. The engine spares the rows of
// such 503s as an outage's.
func throttling(p *Pace, a Answer) bool {
	return a.Outcome == Refusal ||
		a.Outcome == Unavailable && (a.RetryAfter > 0 || p.learner.unavailable.believed)
}
