package pace

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// bucketLog is what a token bucket answers to requests at the given rates, in
// groups that grow, a second each, with a pause of a second after each refusal.
func bucketLog(b *bucket, rates ...float64) history {
	var h history
	at := 0.0
	for _, r := range rates {
		for i, begin := 0, at; at < begin+1; i++ {
			group := int(math.Sqrt(float64(8*i+1))-1) / 2
			at = begin + float64(group*(group+1)/2)/r
			if _, ok := b.enter(at); !ok {
				h = append(h, sent{at: at, state: refused})
				at++
				break
			}
			h = append(h, sent{at: at, state: accepted})
		}
	}
	return h
}

// Two refusals tell rate and burst, wherever between two steps of the search the
// rate lies: the valley of what is possible is narrower than a step.
func TestFitFindsTheBucket(t *testing.T) {
	for _, rate := range []float64{10, 37, 61.3, 97, 100, 103, 144} {
		t.Run(fmt.Sprint(rate), func(t *testing.T) {
			f := fit(bucketLog(&bucket{rate: rate, burst: 20}, 400, 1.2*rate, 1.3*rate, 1.3*rate), rate/9, 9*rate)
			if f.low > 1.02*rate || f.high < 0.98*rate || !f.certain() || f.misfit > 0.5 || math.Abs(f.burst-20) > 1.5 {
				t.Errorf("found %+v", f)
			}
		})
	}
}

// One refusal leaves open whether it was the rate or the burst.
func TestFitKnowsWhatItDoesNotKnow(t *testing.T) {
	f := fit(bucketLog(&bucket{rate: 100, burst: 20}, 300), 10, 450)
	if f.certain() || f.low > 100 || f.high < 100 {
		t.Errorf("found %+v", f)
	}
}

// What no bucket can have answered is told by its misfit.
func TestFitOfNoBucket(t *testing.T) {
	h := bucketLog(&bucket{rate: 1, burst: 20}, 400)
	h[len(h)-1].at += 10 // nothing was asked for before, and it is refused
	if f := fit(h, 1, 100); f.misfit < 5 {
		t.Errorf("found %+v", f)
	}
}

// The truth is among what is called possible, however the requests are spaced.
func TestFitExcludesNoTruth(t *testing.T) {
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 1))
		b := &bucket{rate: 100, burst: 20}
		var h history
		at := 0.0
		for _, speed := range []float64{270, 130, 150} {
			for refusals := len(h) + 400; len(h) < refusals; {
				at += (0.8 + 0.4*rng.Float64()) / speed
				if _, ok := b.enter(at); !ok {
					h = append(h, sent{at: at, state: refused})
					break
				}
				h = append(h, sent{at: at, state: accepted})
			}
			at++
		}
		if f := fit(h, 3, 250); f.low > 101 || f.high < 99 {
			t.Errorf("seed %d: found %+v", seed, f)
		}
	}
}
