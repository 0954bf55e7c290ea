package pace

import (
	"math"
	"testing"
)

// Four that use one limit without knowing of each other use it well, and none is left with
// hardly anything.
func TestStrangersShare(t *testing.T) {
	const seeds = 24
	var smallest, together float64
	for seed := range uint64(seeds) {
		s := simulate(scenario{limit: tokens(100, 20), seconds: 40, clients: 4, stagger: 0.1, said: inSeconds,
			service: spread(60*ms, 140*ms)}, seed)
		smallest += smallestShare(s).speed / seeds
		together += s.between(0, 40).rate() / 100 / seeds
	}
	if smallest < 0.5 || together < 0.92 {
		t.Errorf("the smallest got %.2f of its share on average, all together %.3f", smallest, together)
	}
}

// What is known of a shared limit survives that the log is cut.
func TestSharingOutlivesTheLog(t *testing.T) {
	b := book{summary: summary{mean: 40, high: 40, size: 20}}
	before := b.summary
	log := history{{at: 1, end: 1, state: accepted}, {at: 2, end: 2, state: accepted}}
	if b.settle(log[:1], log[1:]); b.summary != before {
		t.Errorf("%+v", b.summary)
	}
}

// A limit that nobody else uses is not taken for a shared one where many requests arrive at about the same time.
func TestAHighRateIsNoSharing(t *testing.T) {
	for _, seed := range []uint64{5_000_133, 5_000_142, 5_000_146, 5_000_156} {
		s := simulate(scenario{limit: tokens(2000, 200), seconds: 5, workers: 64, service: jittered(10 * ms)}, seed)
		if rate := s.clients[0].pace.learner.sharing.rate; rate > 0 {
			t.Errorf("seed %d: shared from %v/s", seed, rate)
		}
	}
}

// A limit that nobody else uses is not taken for a shared one, even when it falls.
func TestAFallIsNoSharing(t *testing.T) {
	for _, at := range []float64{10, 25} {
		for seed := range uint64(3) {
			s := simulate(scenario{limit: tokens(100, 20), changes: []change{{at, 50}}, seconds: at + 10, said: inSeconds,
				service: spread(60*ms, 140*ms)}, seed)
			if rate := s.clients[0].pace.learner.sharing.rate; rate > 0 {
				t.Errorf("seed %d: halved after %v s, shared from %v/s", seed, at, rate)
			}
		}
	}
}

// Who shares a limit is cut by a fifth, regains it in four seconds at the earliest, and rises ever
// more steeply while nothing is refused.
func TestSharing(t *testing.T) {
	for _, c := range []struct{ top, after4s, after10s, after20s float64 }{{400, 49.28, 80, 240}, {1e6, 51.6, 90, 290}} {
		l := newLearner(func() float64 { return 0 })
		l.caution.top, l.caution.now = c.top, finding{size: 20, mean: 50}
		l.share(7)
		for _, at := range []struct{ t, rate float64 }{{3, 40}, {7, 40}, {11, c.after4s}, {17, c.after10s}, {27, c.after20s}} {
			if rate := l.sharing.at(at.t); math.Abs(rate-at.rate) > 1e-9 {
				t.Errorf("climb up to %v/s: %v/s at %v s, want %v/s", c.top, rate, at.t, at.rate)
			}
		}
		l.episode.first, l.sharing.sent = 11, 170
		if l.share(12); math.Abs(l.sharing.at(12)-0.8*c.after4s) > 1e-9 {
			t.Errorf("refused at %v/s: %v/s", c.after4s, l.sharing.at(12))
		}
	}
}

// Where something else holds the requests back, the rate of a shared limit does not rise without
// end, so that others are soon made room for.
func TestUnusedSharing(t *testing.T) {
	p := Auto(Options{Most: Unlimited, Random: half})
	l := p.learner
	l.clock(at(0))
	l.caution.top, l.caution.now = 400, finding{size: 20, mean: 50}
	l.share(0)
	for now := range 1000 { // one at a time
		if wait := p.Take(at(float64(now)), 0); wait > 0 {
			t.Fatalf("wait %v", wait)
		}
		p.Answered(at(float64(now)+0.9), Answer{Started: at(float64(now)), Took: 900 * ms})
	}
	if got := p.Rate(); got > 5 {
		t.Errorf("one request a second was sent, allowed are %v", got)
	}
}

// A cap that refusals showed is forgotten with them, when they turn out to be failures.
func TestFailuresShowNoCap(t *testing.T) {
	l := newLearner(half)
	l.clock(at(0))
	l.most = 8
	l.ignore503s(1)
	l.phase = weighing
	if got := l.inFlight(); got != math.MaxInt32 {
		t.Errorf("%d may be in flight", got)
	}
}

// Others explain refusals that nothing foretold.
func TestOthersAreNoNoise(t *testing.T) {
	l := newLearner(half)
	l.caution.unforetold = 2 * mostUnforetold
	if l.share(1); l.caution.atRandom() {
		t.Error("refusals of a shared limit are taken for random")
	}
}
