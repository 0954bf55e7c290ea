package pace

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// asked is a log of requests sent to a server at some rates, at each until it refuses and
// asks for a second.
func asked(server limiter, rates ...float64) history {
	var h history
	now := 0.0
	for _, rate := range rates {
		for ok := true; ok; now += 1 / rate {
			s := sent{at: now, end: now, state: accepted}
			if _, ok = server.enter(now); !ok {
				s.state, s.asked = refused, 1
				now++
			}
			h = append(h, s)
		}
	}
	return h
}

// Three refusals tell rate and size, wherever the rate lies.
func TestBookFindsTheBucket(t *testing.T) {
	for _, rate := range []float64{10, 37, 61.3, 97, 103, 144} {
		log := asked(&bucket{rate: rate, burst: 20}, 400, 1.2*rate, 1.3*rate, 1.3*rate)
		var b book
		b.open(2*rate, edge{log[0].at + 1, 2, false, 0})
		b.reckon(log)
		if !b.explains() || !b.sure() || math.Abs(b.mean-rate) > 0.03*rate || math.Abs(b.size-20) > 1.5 {
			t.Errorf("%v/s of 20: mean %.1f, 90 %% %.1f, size %.1f, misfit %.1f", rate, b.mean, b.high, b.size, b.misfit)
		}
	}
}

// One refusal leaves much open, and what was accepted is accepted again without risk.
func TestBookKnowsWhatItDoesNotKnow(t *testing.T) {
	log := asked(&bucket{rate: 100, burst: 20}, 300)
	last := log[len(log)-1].at
	var b book
	b.open(300, edge{last + 1, 2, false, 0})
	b.reckon(log)
	if b.sure() || !b.explains() {
		t.Errorf("sure of %.1f, misfit %.1f", b.mean, b.misfit)
	}
	if risk, _ := b.risk(last+60, 0); risk > 1e-6 || b.short(last+60, 0, 4) > 0.03 {
		t.Errorf("after a minute: risk %v, %v that may refuse one of four", risk, b.short(last+60, 0, 4))
	}
	before := b.mean
	for i := range 200 {
		b.sent(last+60+float64(i)/80, 0)
	}
	if b.mean <= before {
		t.Errorf("accepted at 80/s: the mean fell from %.1f to %.1f", before, b.mean)
	}
}

// What no meter can have answered is a change, and a refusal soon before it tells the new
// rate.
func TestBookOpenedAgain(t *testing.T) {
	server := &bucket{rate: 50, burst: 20}
	server.enter(0)
	server.level = 0
	log := asked(server, 60, 60)
	var b book
	b.reopen(0, 100, 20, edge{1, 2, false, 0})
	b.reckon(log)
	if !b.explains() || math.Abs(b.mean-50) > 3 {
		t.Errorf("mean %.1f, misfit %.1f", b.mean, b.misfit)
	}
	log = append(log, sent{at: log[len(log)-1].at + 30, state: refused}) // nothing was asked for before
	if b.reckon(log); b.explains() {
		t.Errorf("a refusal of a full bucket is explained: misfit %.1f", b.misfit)
	}
}

// Two waits for the end of a window tell it from a bucket, and a sliding one from a fixed one.
func TestBookFindsTheWindow(t *testing.T) {
	for _, tc := range []struct {
		name   string
		limit  limiter
		slides bool
	}{
		{"fixed", &window{n: 50, per: 10, number: -1}, false},
		{"sliding", &sliding{n: 50, per: 10}, true},
	} {
		var log history
		for now, wait, waits := 3.0, 0.0, 0; waits < 3; now += 0.02 * float64(1+3*waits) {
			seen, ok := tc.limit.enter(now)
			s := sent{at: now, end: now, state: accepted}
			if wait = math.Ceil(seen); !ok {
				s.state, s.asked = refused, wait
				waits++
			}
			if log = append(log, s); !ok {
				now += wait
			}
		}
		var b book
		first := log[slices.IndexFunc(log, func(s sent) bool { return s.state == refused })]
		b.open(100, edge{first.at + first.asked, 2, false, 0})
		b.reckon(log)
		found := b.limit()
		best := b.meters[slices.Index(b.weight, slices.Max(b.weight))]
		if found.Kind != PerWindow || found.Count != 50 || found.Window != 10*time.Second || (best.past != nil) != tc.slides {
			t.Errorf("%s: found %+v, sliding %v, weight of windows %.2f", tc.name, found, best.past != nil, b.windows)
		}
	}
}

// A window whose end the server never named is none.
func TestWindowThatEndsAtAnotherTime(t *testing.T) {
	m := meter{period: 60, edge: 100, step: 0.05, now: newGauge()}
	m.asked(&m.now, 39.5, 1, 0)
	if m.sharpen(0.0003); m.misfit() > 3 {
		t.Error("the end that was named does not fit")
	}
	m.asked(&m.now, 50, 1, 0)
	if m.sharpen(0.0003); m.misfit() <= 3 {
		t.Error("another end fits, too")
	}
}

// What was dropped from the log still counts.
func TestBookSettles(t *testing.T) {
	log := asked(&bucket{rate: 100, burst: 20}, 300, 120, 130)
	whole, cut := book{}, book{}
	for _, b := range []*book{&whole, &cut} {
		b.open(200, edge{log[0].at + 1, 2, false, 0})
		b.reckon(log)
	}
	half := len(log) / 2
	cut.settle(log[:half], log[half:])
	cut.reckon(log[half:])
	if math.Abs(whole.mean-cut.mean) > 0.01*whole.mean || math.Abs(whole.size-cut.size) > 0.5 {
		t.Errorf("%.2f/s of %.1f, and %.2f/s of %.1f once half of the log is gone", whole.mean, whole.size, cut.mean, cut.size)
	}
}

// A sliding window still holds what was dropped.
func TestSlidingWindowSettles(t *testing.T) {
	var log history
	server := sliding{n: 100, per: 10}
	for now := 0.0; now < 60; now += 0.08 {
		s := sent{at: now, end: now, state: accepted}
		if _, ok := server.enter(now); !ok {
			s.state = refused
		}
		log = append(log, s)
	}
	var b book
	m := meter{period: 10, past: &b.past, prior: 1, start: newGauge()}
	b.meters = []meter{m}
	b.reckon(log)
	half := len(log) / 2
	b.settle(log[:half], log[half:])
	for _, when := range []string{"then", "once it is computed again"} {
		if g := b.meters[0].now; g.least != 100 || g.under != 101 || g.doubt > 0 {
			t.Errorf("%s: it holds more than %.0f and less than %.0f, with a doubt of %.1f", when, g.least, g.under, g.doubt)
		}
		b.reckon(log[half:])
	}
}

// The refusal of a request that was long under way counts when it arrived.
func TestArrivals(t *testing.T) {
	log := history{
		{at: 1.000, end: 1.050, state: refused},
		{at: 1.008, end: 1.100, state: accepted},
		{at: 1.015, end: 1.100, state: accepted},
		{at: 1.030, end: 1.040, state: refused},
	}
	got := arrivals(nil, log, network{trip: 0.010, spread: 0.006})
	var order []float64
	for _, a := range got {
		order = append(order, math.Round(1000*(a.at-1)))
	}
	if want := []float64{8, 15, 20, 30}; !slices.Equal(order, want) {
		t.Errorf("arrived after %v ms, want %v", order, want)
	}
	if got[2].fuzz <= 0 || got[3].fuzz > 0 {
		t.Errorf("%v and %v requests may have changed places with those refused", got[2].fuzz, got[3].fuzz)
	}
	if got[2].met != 1 { // the one of 8 ms may have been there
		t.Errorf("the refused one of 20 ms met %v others", got[2].met)
	}
	log = history{{at: 1, end: 1.014, state: refused}, {at: 1.003, end: 1.1, state: accepted}, {at: 1.003, end: 1.1, state: accepted}}
	if got := arrivals(nil, log, network{trip: 0.010, spread: 0.001}); got[0].fuzz != 1 {
		t.Errorf("%v requests may have changed places with one that came a moment earlier", got[0].fuzz)
	}
	log = history{{at: 1, end: 1.008, state: refused}, {at: 1, end: 1.1, state: accepted}, {at: 1, end: 1.1, state: accepted}}
	if got := arrivals(nil, log, network{trip: 0.010, spread: 0.001}); got[2].state != refused || got[2].fuzz > 0 {
		t.Errorf("of those that were sent at once the refused one did not arrive last: %+v", got)
	}
}

// On a busy machine, answers are seen late: an accepted request met only those that were there for
// sure, and a refused one all that may have been there.
func TestLateAnswers(t *testing.T) {
	near := network{trip: 0.001, spread: 0.0002}
	log := history{
		{at: 1.000, end: 1.0520, state: accepted}, // it had left before the next one came
		{at: 1.050, end: 1.1000, state: accepted},
		{at: 1.0990, end: 1.1060, state: refused}, // late itself; the one before was still there
		{at: 1.2, end: 1.201, state: refused},
	}
	got := arrivals(nil, log, near)
	for _, a := range got {
		want := map[float64]float64{1.099: 1}[a.began]
		if a.met != want {
			t.Errorf("the request of %v met %v others, want %v", a.began, a.met, want)
		}
	}
	if got := arrivals(nil, log, network{trip: 0.004, spread: 0.001}); got[2].met != 1 {
		t.Errorf("the refused one met %v others where refusals take long", got[2].met)
	}
}

// A cap lets through the less the longer a request takes, and nothing is lost by that.
func TestCapOfSlowRequests(t *testing.T) {
	b := book{turn: 0.1}
	b.openCap(1, gauge{least: 8, under: 9, habit: 1})
	b.meters[0].now = b.meters[0].start
	b.weigh()
	for _, turn := range []float64{0.1, 0.2, 0.05} {
		b.takes(turn)
		if want := 8 / turn; math.Abs(b.mean-want) > 1e-9 || b.high < b.mean*0.999 || b.high > b.mean*1.001 {
			t.Errorf("8 at a time that take %v s are %v per second, at most %v", turn, b.mean, b.high)
		}
	}
}

// What a pause missed is not made good at once where more than a few of many meters may refuse it, however
// little each weighs.
func TestWhatAPauseMissedKeepsItsDistance(t *testing.T) {
	for few, atOnce := range map[int]bool{5: true, 15: false, 200: false} {
		c := caution{latest: 10}
		for i := range 200 {
			least := 5.0
			if i < few {
				least = 1
			}
			c.book.meters = append(c.book.meters, meter{rate: 100, now: gauge{least: least, under: 20, at: 10}})
			c.book.weight = append(c.book.weight, 1.0/200)
		}
		c.book.summarize()
		if wait := c.wait(10, 1, 100, &outflow{rate: 100, level: 5}); (wait == 0) != atOnce {
			t.Errorf("%d of 200 meters may refuse it: a wait of %v s", few, wait)
		}
	}
}

// As much may be risked as caution has cost, and what is risked is paid.
func TestBudget(t *testing.T) {
	b := budget{cost: 2, from: 10, eager: 1, left: 0.1, mean: 100}
	if got := b.at(11); got != 0.1 {
		t.Errorf("nothing holds requests back: %v", got)
	}
	b.held = 50
	if got, want := b.at(11), 0.1+(1-trifle-1.0/100)/2; math.Abs(got-want) > 1e-9 {
		t.Errorf("one request a second is sent: %v, want %v", got, want)
	}
	b.flow = 80
	if got, want := b.at(11), 0.1+(1-trifle-0.5)/2; math.Abs(got-want) > 1e-9 {
		t.Errorf("80 a second are served, where meters of 50 hold back: %v, want %v", got, want)
	}
	if b.held, b.flow = 100, 100; b.at(20) != 0.1 {
		t.Errorf("nothing is lost at the likely rate: %v", b.at(20))
	}
}

// Two refusals with as many others in service, and none accepted with more, are a cap rather
// than a bucket. One that was accepted with more rules it out.
func TestBookFindsTheCap(t *testing.T) {
	for _, tc := range []struct {
		name string
		most float64 // others that an accepted request met
		is   bool
	}{{"none with more", 7, true}, {"one with more", 9, false}} {
		m := meter{turn: 0.1, prior: usualCap, now: newGauge()}
		meet := func(others float64, ok bool) {
			if m.now.used = others; ok {
				m.accept(&m.now, 0, true)
			} else {
				m.refuse(&m.now, 0, others, 0)
			}
		}
		meet(7, true)
		meet(8, false)
		meet(tc.most, true)
		meet(8, false)
		m.sharpen(0.0003)
		if is := m.misfit() <= 3 && m.rest.room > 0.1; is != tc.is {
			t.Errorf("%s: misfit %.1f, sizes left %.3f", tc.name, m.misfit(), m.rest.room)
		}
	}
}

// A cap refuses no request that comes alone.
func TestCapHasRoomForOne(t *testing.T) {
	m := meter{turn: 0.1, prior: usualCap, now: newGauge()}
	m.now.used = 0
	m.accept(&m.now, 0, true)
	m.refuse(&m.now, 0, 0, 0)
	if m.sharpen(0.0003); m.misfit() <= 3 {
		t.Errorf("misfit %.1f", m.misfit())
	}
}

// A cap may ask for any wait.
func TestCapAsksForAnyWait(t *testing.T) {
	m := meter{turn: 0.1, prior: usualCap, now: newGauge()}
	for i := range 20 {
		m.now.used = 0
		m.accept(&m.now, 0, true)
		m.refuse(&m.now, 0, 8, 0)
		m.asked(&m.now, 0, float64(1+i%3), float64(1+(i+2)%3))
	}
	if m.sharpen(0.0003); m.misfit() > 3 {
		t.Errorf("misfit %.1f", m.misfit())
	}
}

// At the edge of what a meter holds, a request is as likely to be accepted as refused. A meter of
// which only refusals are seen there is wrong.
func TestBookDoubtsWhatIsOnlyRefused(t *testing.T) {
	for _, tc := range []struct {
		name string
		wait float64 // of a request that is accepted after each refusal, in seconds; 0.2 is the edge
		is   bool
	}{{"accepted there, too", 0.2, true}, {"accepted later only", 0.4, false}} {
		m := meter{rate: 5, prior: 0.1, now: newGauge()}
		m.hear(0.0003)
		at := 0.0
		m.accept(&m.now, at, true)
		for range 8 {
			m.pass(&m.now, at+0.2)
			m.refuse(&m.now, at+0.2, m.now.used-0.001, 0)
			at += tc.wait
			m.accept(&m.now, at, true)
		}
		m.sharpen(0.0003)
		if is := m.misfit() <= 3; is != tc.is {
			t.Errorf("%s: misfit %.1f", tc.name, m.misfit())
		}
	}
}

// Each further refusal at the edge makes a meter half as likely.
func TestRefusalsAtTheEdgeWeigh(t *testing.T) {
	m := meter{rate: 5, prior: 0.1, now: newGauge()}
	m.sharpen(0.0003)
	before := m.density()
	if m.now.close = 4; math.Abs(m.density()/before-1.0/8) > 1e-9 {
		t.Errorf("four of them leave %v", m.density()/before)
	}
}

// A few meters far above the others do not pull the rate up.
func TestMeanWithoutTheFewFarAbove(t *testing.T) {
	b := book{weight: []float64{0.95, 0.05}}
	for _, rate := range []float64{37, 100} {
		m := meter{rate: rate, now: newGauge()}
		m.now.least, m.now.under = 5, 6
		b.meters = append(b.meters, m)
	}
	if b.summarize(); math.Abs(b.mean-37) > 0.1 {
		t.Errorf("mean %.2f", b.mean)
	}
}

// A fixed window that has refused a request accepts none until its end, however many it may hold.
func TestBookRulesOutWindowsThatAcceptAgain(t *testing.T) {
	for _, tc := range []struct {
		name string
		at   float64 // when a request is accepted
		is   bool
	}{{"before the end", 9, false}, {"after it", 11, true}} {
		m := meter{period: 10, prior: 0.1, step: 0.01, now: newGauge()}
		m.hear(0.0003)
		m.now.near = 4 // what was sent at its beginning makes the count uncertain
		for range 20 {
			m.accept(&m.now, 0.5, true)
		}
		m.refuse(&m.now, 6, m.now.used, 0)
		m.accept(&m.now, tc.at, true)
		m.sharpen(0.0003)
		if is := m.misfit() <= 3; is != tc.is {
			t.Errorf("%s: misfit %.1f", tc.name, m.misfit())
		}
	}
}

// A look is worth it sooner once the limit has changed or was higher, later once it has not
// changed for long, and not at the end of a run.
func TestWorthALook(t *testing.T) {
	first := func(c changes, from, left float64) float64 {
		c.since, c.patience = from, 1
		for age := 0.1; age < 1000; age += 0.1 {
			if c.worthALook(from+age, 0.8, 100, max(0, left-age)) {
				return age
			}
		}
		return math.Inf(1)
	}
	usual := first(changes{}, 0, math.Inf(1))
	if usual < 25 || usual > 45 {
		t.Errorf("the first look comes after %.1f s", usual)
	}
	for _, tc := range []struct {
		name        string
		got         float64
		least, most float64
	}{
		{"it was four times as high", first(changes{highest: 400}, 0, math.Inf(1)), 0.4 * usual, 0.55 * usual},
		{"it has changed four times", first(changes{count: 4}, 0, math.Inf(1)), 0.4 * usual, 0.55 * usual},
		{"it has not changed for ten minutes", first(changes{}, 600, math.Inf(1)), 1.8 * usual, 3 * usual},
		{"a minute and a half is left", first(changes{}, 0, 90), usual, usual},
		{"45 seconds are left", first(changes{}, 0, 45), math.Inf(1), math.Inf(1)},
		{"it is remembered", first(changes{first: 7}, 0, math.Inf(1)), 7, 7},
	} {
		if tc.got < tc.least-0.1 || tc.got > tc.most+0.1 {
			t.Errorf("%s: after %.1f s, want %.1f to %.1f", tc.name, tc.got, tc.least, tc.most)
		}
	}
}

// While everything is refused, a remembered limit is not looked over.
func TestNoLookWhileAllIsRefused(t *testing.T) {
	c := changes{first: 7, since: math.Inf(1), patience: 1}
	if c.worthALook(8, 0.8, 100, math.Inf(1)) {
		t.Error("it is looked over")
	}
}

// BenchmarkRow measures the CPU time of a request that is accepted, at a server without
// a limit, and at one that has asked for pauses.
func BenchmarkRow(b *testing.B) {
	for _, bench := range []struct {
		name  string
		limit func(*rand.Rand) limiter
	}{{"nothing refused", func(*rand.Rand) limiter { return unlimited{} }}, {"after refusals", tokens(100, 20)}} {
		b.Run(bench.name, func(b *testing.B) {
			limit := bench.limit(nil)
			p := Auto(Options{Most: Unlimited, Random: half})
			now := 0.0
			for b.Loop() {
				for wait := p.Take(at(now), 0); wait > 0; wait = p.Take(at(now), 0) {
					now += wait.Seconds() + 1e-6
				}
				a := Answer{Started: at(now), Took: 50 * ms}
				if wait, ok := limit.enter(now); !ok {
					a.Outcome, a.Took, a.RetryAfter = Refusal, ms, fromSeconds(math.Ceil(wait))
				}
				p.Answered(at(now+1e-5), a)
			}
		})
	}
}

// A server that refuses at random is told from a limit, also from one that changes: nothing foretells
// what it refuses.
func TestRefusalsAtRandom(t *testing.T) {
	for _, tc := range []struct {
		name        string
		sc          scenario
		least, most int // runs of four that take the refusals for random
	}{
		{"at random", scenario{max: 20, noise: noise{10, 70, 0.03}}, 3, 4},
		{"a bucket", scenario{limit: tokens(20, 4)}, 0, 0},
		{"its rate halves", scenario{limit: tokens(20, 4), changes: []change{{20, 10}}}, 0, 0},
		{"a window", scenario{limit: fixedWindows(20, 1)}, 0, 0},
	} {
		n := 0
		for seed := range uint64(4) {
			tc.sc.seconds, tc.sc.said, tc.sc.service = 45, inSeconds, spread(60*ms, 140*ms)
			p := simulate(tc.sc, seed).clients[0].pace
			if p.learner.caution.atRandom() || !p.relearn.noLimit.IsZero() {
				n++
			}
		}
		if n < tc.least || n > tc.most {
			t.Errorf("%s: %d of 4 runs take the refusals for random", tc.name, n)
		}
	}
}

// Of two spans of sizes that are as wide, the one with a whole number is the likelier, for
// buckets and not for windows.
func TestBucketsMostlyHoldWholeNumbers(t *testing.T) {
	for _, m := range []meter{{rate: 10}, {period: 1}} {
		m.rest.sigma = 0.05
		with, without := m.left(4.6, 5.4), m.left(4.1, 4.9)
		if likelier := with > 5*without; likelier != (m.rate > 0) {
			t.Errorf("%g/s: %.3f around 5, %.3f between 4 and 5", m.rate, with, without)
		}
	}
}

// If the limit is a bucket, what is learned of it is what the buckets say. It is as sure as
// a rate that most of them exceed.
func TestLearnedOfBuckets(t *testing.T) {
	bucket := func(rate, size float64) meter {
		return meter{rate: rate, now: gauge{least: size - 0.8, under: size + 0.6}}
	}
	b := book{
		meters: []meter{bucket(35, 6), bucket(36, 5), bucket(37, 5),
			{rate: 37, now: gauge{least: 1, under: 300}}, {turn: 0.1, now: gauge{least: 8}}},
		weight: []float64{0.02, 0.08, 0.6, 0.1, 0.2},
	}
	b.summarize()
	got := b.limit()
	if got.Kind != PerSecond || math.Abs(float64(got.Rate)-36.85) > 0.01 || got.Burst != 5 {
		t.Errorf("learned %+v", got)
	}
	if known := float64(got.Rate) * got.Sure; math.Abs(known-36) > 0.1 {
		t.Errorf("%.2f/s are known to be accepted", known)
	}
}

// Where requests may arrive earlier or later than they seem, what was accepted often says more
// of the size than what was accepted once, and what was refused there may be refused again.
func TestAcceptedOften(t *testing.T) {
	for _, noise := range []float64{0, 0.003} {
		m := meter{rate: 100, now: newGauge()}
		m.now.under = 12
		m.hear(noise)
		accept := func(n int) float64 {
			for range n {
				m.now.used, m.now.at = 9, 1
				m.accept(&m.now, 1, true)
			}
			return m.proven(&m.now)
		}
		once := accept(1)
		if often := accept(99); (often > once+0.3) != (noise > 0) || often > once+1 {
			t.Errorf("noise of %g s: accepted once it is above %.2f, a hundred times %.2f", noise, once, often)
		}
		m.sharpen(noise)
		m.now.used = 9
		calm := m.refuses(1)
		m.refuse(&m.now, 1, 8.95, 0)
		m.sharpen(noise)
		m.now.used = 9
		if risk := m.refuses(1); calm > 0.003 || risk < 0.005 || risk > 0.2 {
			t.Errorf("noise of %g s: risk %.4f before one of a hundred was refused, then %.4f", noise, calm, risk)
		}
	}
}

// A meter of which no size was tried weighs no more than it did at first.
func TestUntriedSizesWeighTheirPrior(t *testing.T) {
	for _, m := range []meter{{turn: 0.1}, {period: 1}} {
		m.prior, m.now = 1, newGauge()
		for _, m.now.under = range []float64{3, 30, 300, 3000} {
			m.sharpen(0.0003)
			if w := m.density() * m.rest.room; w > 1 {
				t.Errorf("up to %g requests: weight %.2f", m.now.under, w)
			}
		}
	}
}

// A meter that is split after its log was dropped shows what it would have shown from the start.
func TestSplitAfterTheLogWasDropped(t *testing.T) {
	var log []arrival
	for i := range 4000 {
		log = append(log, arrival{began: float64(i) / 100, at: float64(i) / 100, end: float64(i)/100 + 0.05, state: accepted})
	}
	show := func(rate float64) meter {
		m := meter{rate: rate, step: 0.001, start: newGauge()}
		m.start.used, m.start.since = 20, 20
		m.start = m.play(log)
		return m
	}
	want, split := show(99.95), show(99.9)
	split.settle(&split.start)
	split.speedUp(99.95 / 99.9)
	if math.Abs(split.start.used-want.start.used) > 0.1 {
		t.Errorf("it holds %.2f requests, want %.2f", split.start.used, want.start.used)
	}
	if split.start.least > want.start.least || split.start.blur > 0 {
		t.Errorf("accepted %.2f deep, want at most %.2f; blur %.2f", split.start.least, want.start.least, split.start.blur)
	}
}

// What is remembered is trusted as far as it was sure; what differs is still possible.
func TestBookRemembers(t *testing.T) {
	var b book
	b.turn = 0.1
	b.remember(Limit{Kind: PerSecond, Rate: 37, Burst: 5, Pause: 2 * time.Second, Sure: 0.98})
	below := 1 - b.above(37*0.98)
	if math.Abs(b.mean/37-1) > 0.01 || math.Abs(b.size-5) > 0.3 || below < 0.02 || below > 0.08 || b.above(1.5*37) == 0 {
		t.Errorf("rate %.2f, size %.2f; %.3f are below what is sure", b.mean, b.size, below)
	}
	b.remember(Limit{Kind: Concurrency, Count: 8})
	if b.cap < 0.99 || math.Abs(b.size-8) > 0.1 {
		t.Errorf("cap %.2f of %.2f", b.cap, b.size)
	}
	b.remember(Limit{Kind: PerWindow, Rate: 20, Count: 40, Window: 2 * time.Second})
	if b.windows < 0.99 || math.Abs(b.mean-20) > 0.5 {
		t.Errorf("windows %.2f of %.2f/s", b.windows, b.mean)
	}
}

// Requests that are not answered yet contradict nothing.
func TestOpenRequestsTellNothing(t *testing.T) {
	limit := &bucket{rate: 50, burst: 5}
	var log history
	send := func(at float64) {
		s := sent{at: at, end: at + 0.05, state: accepted}
		if _, ok := limit.enter(at); !ok {
			s.state = refused
		}
		log = append(log, s)
	}
	for i := range 8 {
		send(float64(i) / 160)
	}
	for i := 0; log[len(log)-1].state == accepted || i < 5; i++ {
		send(0.2 + float64(i)/70)
	}
	last := log[len(log)-1]
	for i := range 8 {
		log = append(log, sent{at: last.end + float64(i)/200})
	}
	var b book
	b.net.took(0.05)
	b.net.took(0.05)
	b.open(160, edge{})
	if b.reckon(log); !b.explains() || b.mean < 40 || b.mean > 75 {
		t.Errorf("rate %.1f, misfit %.1f", b.mean, b.misfit)
	}
}
