package pace

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func half() float64 { return 0.5 }

// starts runs a pace for n requests, waking late by what lateness returns, and
// returns when each started.
func starts(p *Pace, n int, lateness func() time.Duration) []time.Time {
	now := epoch
	var at []time.Time
	for len(at) < n {
		if wait := p.Take(now, 0); wait > 0 {
			now = now.Add(wait + lateness())
			continue
		}
		at = append(at, now)
	}
	return at
}

// In any span of w seconds at most rate·w + max(1, rate·10ms) requests start.
// It suffices to look at spans that begin and end with a request.
func checkCeiling(t *testing.T, r Rate, at []time.Time) {
	t.Helper()
	allowance := max(1, float64(r)*0.010)
	for i := range at {
		for j := i; j < len(at); j++ {
			w := at[j].Sub(at[i]).Seconds()
			if n := float64(j - i + 1); n > float64(r)*w+allowance+1e-6 {
				t.Fatalf("%v requests in %.6fs at %v: more than %.3f", n, w, r, float64(r)*w+allowance)
			}
		}
	}
}

func TestFixedRateIsACeilingAndIsReached(t *testing.T) {
	for _, r := range []Rate{0.5, 1, 7, 50, 99.5, 100, 150, 199, 200, 1000, 5000} {
		for _, late := range []time.Duration{0, 50 * time.Microsecond, 2 * time.Millisecond} {
			t.Run(fmt.Sprintf("%v late %v", r, late), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(1, uint64(late)))
				n := 600
				at := starts(Fixed(r, half), n, func() time.Duration {
					return time.Duration(rng.Float64() * float64(late))
				})
				checkCeiling(t, r, at)
				took, ideal := at[n-1].Sub(at[0]).Seconds(), float64(n-1)/float64(r)
				allowance := max(1, float64(r)*0.010)
				if took < ideal-allowance/float64(r)-1e-6 {
					t.Errorf("took %.4fs, faster than %.4fs", took, ideal)
				}
				// Lateness is made good wherever the slack allows it: always
				// at a rate whose slack holds a request and the lateness.
				canMakeGood := (allowance-1)/float64(r) >= late.Seconds()
				if canMakeGood && took > ideal*1.01 {
					t.Errorf("took %.4fs, more than 1 %% over %.4fs", took, ideal)
				}
			})
		}
	}
}

// The ceiling of a learned pace is as exact, whatever it has learned.
func TestLearnedRateKeepsItsCeiling(t *testing.T) {
	for _, most := range []Rate{5, 50, 300} {
		s := simulate(scenario{limit: tokens(100, 20), rows: 600, max: most}, 3)
		var at []time.Time
		for _, h := range s.log {
			at = append(at, epoch.Add(time.Duration(h.sent*1e9)))
		}
		slices.SortFunc(at, time.Time.Compare)
		checkCeiling(t, most, at)
	}
}

// What was learned is what a person would write.
func TestLearned(t *testing.T) {
	for _, tc := range []struct {
		name string
		sc   scenario
		want Limit
	}{
		{"rate", scenario{limit: tokens(100, 20), seconds: 60}, Limit{Kind: PerSecond, Rate: 100, Burst: 20}},
		{"window", scenario{limit: fixedWindows(600, 60), seconds: 600, said: inSeconds},
			Limit{Kind: PerWindow, Rate: 10, Count: 600, Window: time.Minute}},
		{"cap", scenario{limit: atATime(8), seconds: 30}, Limit{Kind: Concurrency, Count: 8}},
		{"none", scenario{rows: 500}, Limit{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, _ := simulate(tc.sc, 4).clients[0].pace.Learned()
			near := func(a, b float64) bool { return math.Abs(a-b) <= 0.04*b }
			if got.Kind != tc.want.Kind || !near(float64(got.Rate), float64(tc.want.Rate)) ||
				!near(got.Burst, tc.want.Burst) ||
				!near(float64(got.Count), float64(tc.want.Count)) ||
				!near(got.Window.Seconds(), tc.want.Window.Seconds()) {
				t.Errorf("learned %+v, want %+v", got, tc.want)
			}
		})
	}
}

// What a bucket holds is known as well when the log has dropped the requests that told it.
func TestLearnedBurstAfterALongRun(t *testing.T) {
	for seed := range uint64(4) {
		run := simulate(scenario{limit: tokens(100, 20), rows: 5000, said: inSeconds}, seed)
		if got, _ := run.clients[0].pace.Learned(); math.Abs(got.Burst-20) > 0.5 {
			t.Errorf("seed %d: a burst of %v, want 20", seed, got.Burst)
		}
	}
}

// A limit that is remembered is used from the start, or the share of it that is ours.
func TestRememberedLimit(t *testing.T) {
	for share, want := range map[float64]float64{0: 100, 0.25: 25} {
		sc := scenario{limit: tokens(100, 20), rows: 1000, said: inSeconds, share: share}
		sc.remembered = &Limit{Kind: PerSecond, Rate: 100, Burst: 20, Pause: time.Second, Sure: 1}
		f := simulate(sc, 7).between(0, 4)
		if got := f.rate(); got < 0.95*want || got > 1.1*want || f.refused > 0 {
			t.Errorf("share %v: %.1f a second, %d refused; want %v and none", share, got, f.refused, want)
		}
	}
}

// A limit that is remembered is a prior: the run is as fast as can be where it holds, and
// finds the limit where it does not.
func TestRememberedLimitIsNoPromise(t *testing.T) {
	fast := Limit{Kind: PerSecond, Rate: 100, Burst: 20, Pause: time.Second, Sure: 0.99}
	slow := Limit{Kind: PerSecond, Rate: 37, Burst: 5, Pause: 2 * time.Second, Sure: 0.99}
	for _, tc := range []struct {
		name             string
		known            Limit
		rate, burst      float64
		rows             int
		least, atRefused float64 // share of what the limit allows, at least; refused, at most
	}{
		{"it holds", fast, 100, 20, 5000, 0.98, 0.002},
		{"a slow one holds", slow, 37, 5, 700, 0.98, 0.002},
		{"it is 3 % higher", fast, 103, 20, 5150, 0.98, 0.001},
		{"it is 5 % higher", fast, 105, 20, 5250, 0.975, 0.001},
		{"it is 1 % lower", fast, 99, 20, 4950, 0.98, 0.001},
		{"it is 5 % lower", fast, 95, 20, 4750, 0.955, 0.001},
		{"it is 2 % lower", fast, 98, 20, 4900, 0.96, 0.002},
		{"it fell", fast, 60, 20, 3000, 0.94, 0.002},
		{"it doubled", fast, 200, 20, 12000, 0.86, 0.002},
		{"it is fifty times as high", Limit{Kind: PerSecond, Rate: 1, Sure: 0.99}, 50, 20, 2000, 0.4, 0.01},
		{"it is thousands of times as high", Limit{Kind: PerSecond, Rate: 0.001, Sure: 0.99}, 50, 20, 2000, 0.4, 0.01},
		{"a very slow one holds", Limit{Kind: PerSecond, Rate: 2, Burst: 4, Pause: time.Second, Sure: 0.99}, 2, 4, 200, 0.95, 0.03},
	} {
		var o over
		sc := scenario{limit: tokens(tc.rate, tc.burst), rows: tc.rows, asks: tc.known.Pause.Seconds(), remembered: &tc.known}
		for seed := range uint64(3) {
			o.add(experiment{sc: sc, measure: wholeRun(float64(tc.rows) / tc.rate)}, seed)
		}
		if mean(o.speed) < tc.least || mean(o.refused) > tc.atRefused || o.failed > 0 {
			t.Errorf("%s: speed %.3f, refused %.4f, %d rows failed", tc.name, mean(o.speed), mean(o.refused), o.failed)
		}
	}
}

// Windows and limits on concurrent requests are remembered, too: the run meets them with hardly
// a refusal, and says them again.
func TestRememberedKinds(t *testing.T) {
	two := Limit{Kind: PerWindow, Rate: 20, Count: 40, Window: 2 * time.Second, Pause: time.Second}
	one := Limit{Kind: PerWindow, Rate: 100, Count: 100, Window: time.Second, Pause: time.Second}
	for _, tc := range []struct {
		known       Limit
		limit       func(*rand.Rand) limiter
		rate        float64
		seconds     int
		least, most float64 // speed; refused
	}{
		{two, fixedWindows(40, 2), 20, 30, 0.97, 0.0045}, // once to know when it ends, once looked over
		{Limit{Kind: Concurrency, Count: 8}, atATime(8), 160, 30, 0.92, 0.002},
		{two, fixedWindows(40, 2), 20, 50, 0.97, 0.0045},
		{one, fixedWindows(100, 1), 100, 50, 0.89, 0.0012},
	} {
		sc := scenario{limit: tc.limit, rows: tc.seconds * int(tc.rate), said: inSeconds, remembered: &tc.known}
		speed, refused, kind := 0.0, 0.0, 0
		const seeds = 4
		for seed := range uint64(seeds) {
			s := simulate(sc, 5+seed)
			f := s.whole()
			speed, refused = speed+f.rate()/tc.rate/seeds, refused+f.share()/seeds
			if learned, _ := s.clients[0].pace.Learned(); learned.Kind == tc.known.Kind {
				kind++
			}
		}
		if speed < tc.least || refused > tc.most || kind < seeds*3/4 { // two refusals fit some bucket, too
			t.Errorf("%s of %d s: speed %.3f, refused %.4f, known again in %d", tc.known.Kind, tc.seconds, speed, refused, kind)
		}
	}
}

// If the limit is of another kind than the remembered one, the run learns as one that remembers nothing.
func TestRememberedKindIsNoPromise(t *testing.T) {
	eight := scenario{limit: atATime(8), rows: 6500, workers: 44, asks: 3, service: spread(33*ms, 77*ms),
		remembered: &Limit{Kind: PerSecond, Rate: 248, Burst: 13, Sure: 0.99}}
	bucket := scenario{limit: tokens(5.3, 1), rows: 240, workers: 16, asks: 5,
		remembered: &Limit{Kind: PerSecond, Rate: 8.5, Burst: 1, Sure: 0.99}}
	long := scenario{limit: tokens(8, 5), rows: 360, asks: 5, service: spread(60*ms, 140*ms),
		remembered: &Limit{Kind: PerSecond, Rate: 8.4, Burst: 5, Pause: 5 * time.Second, Sure: 0.98}}
	many := scenario{limit: tokens(20, 5), rows: 900, said: inSeconds, service: spread(60*ms, 140*ms), workers: 200,
		remembered: &Limit{Kind: Concurrency, Count: 1000, Sure: 0.99}}
	for _, tc := range []struct {
		name        string
		sc          scenario
		rate, least float64
	}{{"20/s for 1,000 at a time", many, 20, 0.8}, {"8 at a time for 248/s", eight, 8 / 0.055, 0.7}, {"5.3/s of bursts of 1 for 8.5/s", bucket, 5.3, 0.55},
		{"8/s that asks for 5 s, for 8.4/s", long, 8, 0.905}} {
		var o over
		for seed := range uint64(5) {
			o.add(experiment{sc: tc.sc, measure: shareOfAllowed([]change{{0, tc.rate}})}, seed)
		}
		if o.sort(); mean(o.speed) < tc.least {
			t.Errorf("%s: speed %.2f", tc.name, o.speed)
		}
	}
}

// A limit that is much lower than the remembered one is learned as if nothing were remembered.
func TestMuchLowerThanRemembered(t *testing.T) {
	s := simulate(scenario{limit: tokens(60, 20), rows: 600, said: inSeconds,
		remembered: &Limit{Kind: PerSecond, Rate: 100, Burst: 20, Sure: 0.99}}, 1)
	if l := s.clients[0].pace.learner; l.caution.weighed == 0 || l.known.Kind != None {
		t.Errorf("after %d explained refusals it still remembers %+v", l.caution.weighed, l.known)
	}
}

// A look climbs from the limit at which it began, though what it sees rules that out.
func TestLookClimbsFromWhereItBegan(t *testing.T) {
	l := newLearner(half)
	l.phase, l.from, l.caution.weighed, l.caution.book.mean = looking, 80, 3, 1
	if l.look(1); l.outflow.rate < 80 {
		t.Errorf("%.1f/s", l.outflow.rate)
	}
}

// A remembered limit that held, and changed only later, was not wrong.
func TestRememberedLimitThatFallsLater(t *testing.T) {
	var o over
	sc := scenario{limit: tokens(200, 20), changes: []change{{25, 120}}, rows: 8600, workers: 128, said: inSeconds,
		service:    spread(60*ms, 140*ms),
		remembered: &Limit{Kind: PerSecond, Rate: 200, Burst: 20, Pause: time.Second, Sure: 0.99}}
	for seed := range uint64(4) {
		o.add(experiment{sc: sc, measure: shareOfAllowed([]change{{0, 200}, {25, 120}})}, seed)
	}
	if mean(o.speed) < 0.88 || mean(o.refused) > 0.002 {
		t.Errorf("speed %.3f, refused %.4f", o.speed, o.refused)
	}
}

// A run that begins with what the one before learned is hardly ever refused: it begins at what is
// known to be accepted.
func TestSecondRun(t *testing.T) {
	for _, tc := range []struct{ rate, burst, asks, least, most float64 }{
		{100, 20, 1, 0.98, 0.0003}, {10, 5, 1, 0.98, 0.0015}, {37, 5, 2, 0.98, 0}, {20, 4, 3, 0.98, 0.0005},
	} {
		var o over
		sc := scenario{limit: tokens(tc.rate, tc.burst), rows: int(30 * tc.rate), asks: tc.asks, learned: 1,
			service: spread(60*ms, 140*ms)}
		for seed := range uint64(10) {
			o.add(experiment{sc: sc, measure: shareOfAllowed([]change{{0, tc.rate}})}, seed)
		}
		if mean(o.speed) < tc.least || mean(o.refused) > tc.most || o.failed > 0 {
			t.Errorf("%v/s: speed %.3f, refused %.4f, %d rows failed", tc.rate, mean(o.speed), mean(o.refused), o.failed)
		}
	}
}

// A limit that is far too low is dropped once a probe went far above it.
func TestRememberedLimitThatIsTooLow(t *testing.T) {
	p := Auto(Options{Most: 50, Random: half, Remembered: &Limit{Kind: PerSecond, Rate: 1}})
	now := 0.0
	for now < 40 {
		for wait := p.Take(at(now), 0); wait > 0; wait = p.Take(at(now), 0) {
			now += wait.Seconds() + 1e-6
		}
		now += 1e-5
		p.Answered(at(now), Answer{Started: at(now - 1e-5)})
	}
	if learned, found := p.Learned(); found {
		t.Errorf("learned %+v", learned)
	}
}

// A limit that rises far above what it was is found by the next look and then followed at
// once, though each refusal asks for a second.
func TestLimitThatRises(t *testing.T) {
	var o over
	sc := scenario{limit: tokens(30, 10), rows: 2700, said: inSeconds, changes: []change{{30, 60}}}
	for seed := range uint64(2) {
		o.add(experiment{sc: sc, measure: shareOfAllowed([]change{{0, 30}, {30, 60}})}, seed)
	}
	if got := mean(o.speed); got < 0.8 {
		t.Errorf("speed %.3f", got)
	}
}

// A server that refuses at random for a minute, or everything, and asks for a second each time,
// has no limit: the run comes back soon, also where noise showed the same low limit again.
func TestBadMinuteWithRetryAfter(t *testing.T) {
	for _, tc := range []struct {
		share float64
		most  Rate
		asks  float64
	}{{1, 50, 0}, {1, 20, 0}, {0.5, 50, 0}, {0.1, 50, 0}, {0.03, 50, 0}, {0.03, 20, 0}, {0.05, 50, 10}} {
		sc := scenario{rows: int(160 * tc.most), max: tc.most, said: inSeconds, asks: tc.asks,
			noise: noise{10, 70, tc.share}, service: spread(60*ms, 140*ms)}
		for seed := range uint64(3) {
			if back := backTo(tc.most)(simulate(sc, 5_000_012+seed)).seconds; back > 30 {
				t.Errorf("%g refused below %v, seed %d: back after %.0f s", tc.share, tc.most, seed, back)
			}
		}
	}
}

// A bucket whose Retry-After is always long is not taken for a window that is used up.
func TestLongRetryAfterIsNoWindow(t *testing.T) {
	for _, tc := range []struct{ rate, burst, asks float64 }{{60, 10, 3}, {45, 9, 4}, {25, 50, 5}, {40, 20, 5}} {
		var o over
		sc := scenario{limit: tokens(tc.rate, tc.burst), rows: int(60 * tc.rate), asks: tc.asks}
		for seed := range uint64(2) {
			o.add(experiment{sc: sc, measure: wholeRun(60)}, seed)
		}
		if got := mean(o.speed); got < 0.7 || o.failed > 0 {
			t.Errorf("%g/s, burst %g, always %g s: speed %.2f, %d rows failed", tc.rate, tc.burst, tc.asks, got,
				o.failed)
		}
	}
}

// A window that always asks for the same wait, whatever is left of it, is found all the same.
func TestStubbornWindows(t *testing.T) {
	for _, tc := range []struct{ n, per, asks float64 }{{187, 3, 1}, {110, 3, 1}, {70, 2, 4}} {
		var o over
		rate := tc.n / tc.per
		sc := scenario{limit: fixedWindows(int(tc.n), tc.per), rows: int(45 * rate), asks: tc.asks,
			service: spread(40*ms, 90*ms)}
		for seed := range uint64(3) {
			o.add(experiment{sc: sc, measure: shareOfAllowed([]change{{0, rate}})}, seed)
		}
		if mean(o.speed) < 0.75 || mean(o.refused) > 0.015 {
			t.Errorf("%g per %g s, always %g: speed %.2f, refused %.4f", tc.n, tc.per, tc.asks, mean(o.speed),
				mean(o.refused))
		}
	}
}

// A limit that falls where few requests tell what was sent is not taken for a crawl.
func TestSmallLimitThatFalls(t *testing.T) {
	var o over
	sc := scenario{limit: tokens(11.6, 4), rows: 400, asks: 5, changes: []change{{10.6, 8}}, service: heavy(31 * ms),
		network: spread(1*ms, 8*ms)}
	for seed := range uint64(32) {
		o.add(experiment{sc: sc, measure: shareOfAllowed([]change{{0, 11.6}, {10.6, 8}})}, seed)
	}
	if mean(o.speed) < 0.7 {
		t.Errorf("speed %.4f", mean(o.speed))
	}
}

// A bucket of one that falls a little is found again: that requests keep just the distance at which each
// second one is refused must not look as if each had been a little early.
func TestBucketOfOneThatFalls(t *testing.T) {
	var o over
	for _, to := range []float64{4.5, 4, 3.75} {
		sc := scenario{limit: tokens(5, 1), changes: []change{{25, to}}, seconds: 120, service: spread(60*ms, 140*ms)}
		for seed := range uint64(8) {
			o.add(experiment{sc: sc, measure: span(30, 120, to)}, seed)
		}
	}
	if o.sort(); mean(o.refused) > 0.1 || mean(o.speed) < 0.75 {
		t.Errorf("speed %.3f, refused %.3f", mean(o.speed), mean(o.refused))
	}
}

// A cap that rises is found by a look, whatever the server says with a refusal.
func TestCapThatRises(t *testing.T) {
	for _, said := range []said{nothing, inSeconds} {
		var o over
		sc := scenario{limit: atATime(16), changes: []change{{10, 32}}, rows: 6000, workers: 64, said: said,
			service: spread(180*ms, 220*ms)}
		for seed := range uint64(2) {
			o.add(experiment{sc: sc, measure: shareOfAllowed([]change{{0, 80}, {10, 160}})}, seed)
		}
		if mean(o.speed) < 0.6 {
			t.Errorf("said %v: speed %.4f", said, mean(o.speed))
		}
	}
}

// Windows need not have a usual length. Where nothing names their end, the end of the first one is found by probes.
func TestWindowsOfAnyLength(t *testing.T) {
	for _, said := range []said{nothing, inSeconds} {
		for _, w := range []struct {
			n   int
			per float64
		}{{33, 2.61}, {91, 3.24}, {14, 7}, {200, 100}, {84, 120}, {280, 400}} {
			var o over
			sc := scenario{limit: fixedWindows(w.n, w.per), rows: int(float64(w.n) * max(6, 45/w.per)), said: said, service: spread(60*ms, 140*ms)}
			for seed := range uint64(3) {
				o.add(experiment{sc: sc, measure: shareOfAllowed([]change{{0, float64(w.n) / w.per}})}, seed)
			}
			if mean(o.speed) < 0.9 {
				t.Errorf("%d in %g s, said %v: speed %.4f", w.n, w.per, said, mean(o.speed))
			}
		}
	}
}

// At the edge of a bucket of one the order and the distance of requests change on their way, so
// they keep a distance at which they are not refused again and again.
func TestBucketOfOneBehindJitter(t *testing.T) {
	var o over
	sc := scenario{limit: tokens(73, 1), rows: 3000, said: inSeconds, service: heavy(90 * ms), network: spread(1*ms, 8*ms)}
	for seed := range uint64(4) {
		o.add(experiment{sc: sc, measure: shareOfAllowed([]change{{0, 73}})}, seed)
	}
	if mean(o.speed) < 0.5 || mean(o.refused) > 0.004 {
		t.Errorf("speed %.2f, refused %.4f", mean(o.speed), mean(o.refused))
	}
}

// Windows of some seconds whose end a Retry-After names are used up, and seldom overrun.
func TestNamedWindowsAreUsedUp(t *testing.T) {
	for _, tc := range []struct {
		name        string
		limit       func(*rand.Rand) limiter
		rate        float64
		speed, most float64
	}{
		{"50 per 5 s", fixedWindows(50, 5), 10, 0.98, 0.011},
		{"250 per 5 s", fixedWindows(250, 5), 50, 1.02, 0.0045},
		{"200 per 10 s", fixedWindows(200, 10), 20, 1, 0.005},
		{"600 per 60 s", fixedWindows(600, 60), 10, 1, 0.0025},
		{"100 per 1 s", fixedWindows(100, 1), 100, 0.92, 0.0011},
		{"20 per 1 s", fixedWindows(20, 1), 20, 0.965, 0.0045},
		{"100 in any 10 s", slides(100, 10), 10, 0.9, 0.008},
	} {
		var o over
		sc := scenario{limit: tc.limit, rows: int(60 * tc.rate), said: inSeconds, service: spread(60*ms, 140*ms)}
		if tc.rate == 10 {
			sc.rows *= 2
		}
		for seed := range uint64(4) {
			o.add(experiment{sc: sc, measure: shareOfAllowed([]change{{0, tc.rate}})}, seed)
		}
		if mean(o.speed) < tc.speed || mean(o.refused) > tc.most || o.failed > 0 {
			t.Errorf("%s: speed %.3f, refused %.4f, %d rows failed", tc.name, mean(o.speed), mean(o.refused), o.failed)
		}
	}
}

func TestUnlimitedNeverWaits(t *testing.T) {
	p := Fixed(Unlimited, half)
	for range 10_000 {
		if w := p.Take(epoch, 0); w != 0 {
			t.Fatalf("waited %v", w)
		}
	}
}

// A refusal before the first second is over reduces what was sent, not a part of it.
func TestUnlimitedIsRefusedEarly(t *testing.T) {
	p := Fixed(Unlimited, half)
	now := epoch
	for range 100 {
		now = now.Add(ms)
		p.Take(now, 0)
	}
	p.Answered(now, Answer{Outcome: Refusal, Started: now})
	later := now.Add(time.Second)
	p.Take(later, 0)
	if got := p.Rate(); got < 600 || got > 900 {
		t.Errorf("%v after a refusal at 1000/s", got)
	}
}

func TestIdleTimeIsNotSaved(t *testing.T) {
	p := Fixed(10, half)
	p.Take(epoch, 0)
	later := epoch.Add(time.Hour)
	if w := p.Take(later, 0); w != 0 {
		t.Fatalf("after an hour: wait %v", w)
	}
	if w := p.Take(later, 0); w < 99*time.Millisecond {
		t.Fatalf("second request after an idle hour waits %v, want 100ms", w)
	}
}

func TestPauses(t *testing.T) {
	type step struct {
		at     time.Duration
		answer Answer
		start  time.Duration // of the request, from the epoch
		least  time.Duration // how long Take asks to wait after it
		most   time.Duration
	}
	second := time.Second
	for _, tc := range []struct {
		name  string
		steps []step
	}{
		{"Retry-After pauses everyone", []step{
			{0, Answer{Outcome: Refusal, RetryAfter: 3 * second}, 0, 3 * second, 3 * second},
		}},
		{"a later, longer Retry-After makes it longer", []step{
			{0, Answer{Outcome: Refusal, RetryAfter: 3 * second}, 0, 3 * second, 3 * second},
			{second, Answer{Outcome: Refusal, RetryAfter: 5 * second}, 0, 5 * second, 5 * second},
		}},
		{"a shorter one does not make it shorter", []step{
			{0, Answer{Outcome: Refusal, RetryAfter: 3 * second}, 0, 3 * second, 3 * second},
			{second, Answer{Outcome: Refusal, RetryAfter: second}, 0, 2 * second, 2 * second},
		}},
		{"Retry-After on another answer counts too", []step{
			{0, Answer{Outcome: Failure, RetryAfter: 2 * second}, 0, 2 * second, 2 * second},
		}},
		{"without a time: short, then longer and longer while nothing is accepted", []step{
			{0, Answer{Outcome: Refusal}, 0, 50 * time.Millisecond, 200 * time.Millisecond},
			{second, Answer{Outcome: Refusal}, second, 300 * time.Millisecond, 500 * time.Millisecond},
			{4 * second, Answer{Outcome: Refusal}, 4 * second, 600 * time.Millisecond, second},
			{40 * second, Answer{Outcome: Refusal}, 40 * second, second, 2 * second},
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := Fixed(Unlimited, half)
			for i, s := range tc.steps {
				now := epoch.Add(s.at)
				s.answer.Started = epoch.Add(s.start)
				if !s.answer.Started.Before(now) {
					if wait := p.Take(now, 0); wait != 0 {
						t.Fatalf("step %d: cannot start, wait %v", i, wait)
					}
				}
				p.Answered(now, s.answer)
				if got := p.Take(now, 0); got < s.least || got > s.most {
					t.Fatalf("step %d: wait %v, want %v to %v", i, got, s.least, s.most)
				}
			}
		})
	}
}

// The pauses that Answered returns never overlap, so their sum is the time
// spent paused.
func TestPausesAddUp(t *testing.T) {
	p := Fixed(Unlimited, half)
	var sum time.Duration
	for i, ra := range []time.Duration{3 * time.Second, time.Second, 5 * time.Second} {
		now := epoch.Add(time.Duration(i) * time.Second)
		if pause, ok := p.Answered(now, Answer{Started: epoch, Outcome: Refusal, RetryAfter: ra}); ok {
			sum += pause.Until.Sub(pause.From)
		}
	}
	if want := 7 * time.Second; sum != want {
		t.Errorf("pauses sum up to %v, want %v", sum, want)
	}
}

func TestParseRate(t *testing.T) {
	for _, tc := range []struct {
		in   string
		want Rate
		text string
	}{
		{"20", 20, "20/s"},
		{"20/s", 20, "20/s"},
		{" 600/m ", 10, "10/s"},
		{"30/m", 0.5, "30/m"},
		{"3600/h", 1, "1/s"},
		{"36/h", 0.01, "36/h"},
		{"0.5", 0.5, "30/m"},
		{"UNLIMITED", Unlimited, "unlimited"},
	} {
		got, err := ParseRate(tc.in)
		if err != nil || math.Abs(float64(got-tc.want)) > 1e-9*float64(tc.want) {
			t.Errorf("ParseRate(%q) = %v, %v; want %v", tc.in, got, err, tc.want)
		}
		if got.String() != tc.text {
			t.Errorf("ParseRate(%q) says itself as %q, want %q", tc.in, got, tc.text)
		}
	}
	for _, in := range []string{"", "0", "-1", "abc", "10/d", "10/", "/s", "NaN", "Inf", "1e9", "0.1/h", "10/s/s"} {
		if r, err := ParseRate(in); err == nil {
			t.Errorf("ParseRate(%q) = %v, want an error", in, r)
		}
	}
}

func TestRateTime(t *testing.T) {
	if got := Rate(100).Time(1001); got != 10*time.Second {
		t.Errorf("1001 at 100/s: %v", got)
	}
	if got := Unlimited.Time(5); got != 0 {
		t.Errorf("unlimited: %v", got)
	}
}

func BenchmarkTake(b *testing.B) {
	p := Fixed(1_000_000, half)
	now := epoch
	for b.Loop() {
		now = now.Add(p.Take(now, 0))
	}
}

// A run that takes more requests than was said has no known end.
func TestMoreThanWasSaid(t *testing.T) {
	p := Auto(Options{Most: Unlimited, Random: half, Requests: 1})
	for i := range 3 {
		now := at(float64(i))
		p.Take(now, 0)
		p.Answered(now.Add(ms), Answer{Started: now, Took: ms})
	}
	if left := p.learner.toDo; !math.IsInf(left, 1) {
		t.Errorf("%v are left", left)
	}
}
