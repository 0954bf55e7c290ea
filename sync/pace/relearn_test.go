package pace

import (
	"testing"
	"time"
)

// What was learned is forgotten when it has been quiet at a rate far below what
// was accepted before, and not when that is no news.
func TestRelearn(t *testing.T) {
	type span struct {
		seconds int
		rate    int // accepted a second; 0: refused, once a second
	}
	for _, tc := range []struct {
		name  string
		spans []span
		rate  float64
		sure  bool
		noise bool
		want  bool
	}{
		{"a bad minute is over", []span{{60, 100}, {20, 0}, {30, 10}}, 10, true, false, true},
		{"less is enough while nothing sure is known", []span{{60, 100}, {20, 0}, {30, 40}}, 40, false, false, true},
		{"but not once it is", []span{{60, 100}, {20, 0}, {30, 40}}, 40, true, false, false},
		{"nothing was better before", []span{{60, 10}, {20, 0}, {30, 10}}, 10, true, false, false},
		{"it was refused a moment ago", []span{{60, 100}, {20, 0}, {5, 10}}, 10, true, false, false},
		{"it was shut for longer than it has been quiet", []span{{60, 100}, {40, 0}, {35, 10}}, 10, true, false, false},
		{"not that much below", []span{{60, 100}, {20, 0}, {30, 60}}, 60, true, false, false},
		{"not that much below, but refused at random", []span{{60, 100}, {20, 0}, {30, 60}}, 60, true, true, true},
		{"refused at random a moment ago", []span{{60, 100}, {20, 0}, {5, 10}}, 10, true, true, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var r relearn
			now := epoch
			for _, s := range tc.spans {
				for range s.seconds {
					for range s.rate {
						now = now.Add(time.Second / time.Duration(s.rate))
						r.answered(now, now.Add(-time.Millisecond), false, true)
					}
					if s.rate == 0 {
						now = now.Add(time.Second)
						r.answered(now, now.Add(-time.Millisecond), true, false)
					}
				}
			}
			if got := r.due(now, tc.rate, tc.rate, tc.sure, tc.noise); got != tc.want {
				t.Errorf("due: %v", got)
			}
		})
	}
}

// A limit that is found again is trusted, another one is forgotten again.
func TestRelearnFindsALimitAgain(t *testing.T) {
	for _, tc := range []struct {
		found float64
		want  bool
	}{{10.5, false}, {5, true}, {60, true}} {
		r := relearn{best: 40}
		r.advance(epoch)
		quiet := epoch.Add(relearnQuiet)
		if !r.due(quiet, 9, 10, true, false) {
			t.Fatal("nothing is forgotten")
		}
		quiet = quiet.Add(relearnQuiet)
		if got := r.due(quiet, min(tc.found, 25), tc.found, true, false); got != tc.want {
			t.Errorf("10/s was forgotten and %v/s found: due %v", tc.found, got)
		}
	}
}

// What is found within a minute after refusals at random is forgotten, too, though it is close to
// what was accepted before, unless it is found twice.
func TestRelearnDoubtsForAMinute(t *testing.T) {
	r := relearn{best: 40}
	r.advance(epoch)
	for _, tc := range []struct {
		seconds float64
		found   float64
		random  bool
		want    bool
	}{{10, 38, true, true}, {20, 30, false, true}, {30, 31, false, false}, {40, 30, true, true}, {110, 38, false, false}} {
		if got := r.due(at(tc.seconds), tc.found, tc.found, true, tc.random); got != tc.want {
			t.Errorf("after %v s: due %v", tc.seconds, got)
		}
	}
	// A limit that is forgotten because the one before was does not begin another minute.
	r = relearn{best: 40}
	r.advance(epoch)
	for _, tc := range []struct {
		seconds float64
		found   float64
		random  bool
		want    bool
	}{{10, 38, true, true}, {60, 30, false, true}, {75, 25, false, false}} {
		if got := r.due(at(tc.seconds), max(tc.found, 36), tc.found, true, tc.random); got != tc.want {
			t.Errorf("in a row, after %v s: due %v", tc.seconds, got)
		}
	}
}

// An answer to a request of before the first refusal does not say that the
// server accepts again.
func TestRelearnKnowsLateAnswers(t *testing.T) {
	var r relearn
	sec := func(s float64) time.Time { return epoch.Add(seconds(s)) }
	r.answered(sec(1), sec(0.9), true, false)
	r.answered(sec(1.1), sec(0.8), false, true)
	r.answered(sec(61), sec(60.9), false, true)
	if r.shutFor.Round(time.Second) != time.Minute {
		t.Errorf("it was shut for %v", r.shutFor)
	}
}

// A window that is used up is remembered when all else is forgotten: a fixed
// window is forgotten once, and not each minute anew.
func TestWindowsAreNotForgotten(t *testing.T) {
	for _, said := range []said{nothing, inSeconds} {
		s := simulate(scenario{limit: fixedWindows(600, 60), seconds: 900, said: said}, 5)
		if f := s.between(120, 900); f.share() > 0.02 || f.rate() < 9.6 {
			t.Errorf("said %v: %.1f a second, %.2f %% refused", said, f.rate(), 100*f.share())
		}
	}
}

// A pause that a server asked for is kept, though what was learned is forgotten.
func TestForgettingKeepsThePause(t *testing.T) {
	p := Auto(Options{Most: Unlimited, Random: half})
	p.Take(at(0), 0)
	p.Answered(at(1), Answer{Started: at(0), Took: time.Second, Outcome: Failure, RetryAfter: time.Minute})
	if p.forget(at(20)); p.Take(at(20), 0) != 41*time.Second {
		t.Errorf("wait %v", p.Take(at(20), 0))
	}
}

// A 503 that names a time is a refusal.
func TestRelearnKnows503s(t *testing.T) {
	p := Auto(Options{Most: Unlimited, Random: half})
	p.Take(at(0), 0)
	p.Answered(at(1), Answer{Started: at(0), Took: time.Second, Outcome: Unavailable, RetryAfter: time.Minute})
	if r := &p.relearn; r.refusedSince != at(1) || r.named != time.Minute {
		t.Errorf("refused since %v, for %v", r.refusedSince, r.named)
	}
}

// What refusals at random showed is no limit that was found.
func TestNoiseIsNoLimit(t *testing.T) {
	for _, random := range []bool{false, true} {
		p := Auto(Options{Most: Unlimited, Random: half, Remembered: &Limit{Kind: PerSecond, Rate: 10, Burst: 5, Sure: 0.9}})
		if random {
			p.learner.caution.unforetold = mostUnforetold
		}
		p.forget(epoch)
		if _, ok := p.Learned(); ok == random {
			t.Errorf("at random %v: a limit was found: %v", random, ok)
		}
	}
}
