package pace

import (
	"math"
	"testing"
	"time"
)

// Files may contain any number, and a run begins at once nevertheless.
func TestAnImpossibleLimitIsNotRemembered(t *testing.T) {
	nan := math.NaN()
	for _, l := range []Limit{
		{Kind: PerSecond, Rate: 10, Sure: nan}, {Kind: PerSecond, Rate: 10, Sure: 2}, {Kind: PerSecond, Rate: 10, Sure: -1},
		{Kind: PerSecond, Rate: Rate(nan)}, {Kind: PerSecond, Rate: Rate(math.Inf(1))}, {Kind: PerSecond, Rate: 1e9},
		{Kind: PerSecond, Count: 5}, {Kind: PerSecond, Rate: 10, Burst: nan}, {Kind: PerSecond, Rate: 10, Burst: -1},
		{Kind: PerWindow, Rate: 10, Count: 10}, {Kind: PerWindow, Rate: 10, Count: 10, Window: -time.Second},
		{Kind: PerWindow, Rate: 10, Window: time.Second}, {Kind: PerWindow, Rate: 10, Count: 10, Window: 1},
		{Kind: Concurrency, Rate: 10}, {Kind: Concurrency, Count: 2e9}, {Kind: PerWindow, Rate: 10, Count: 2e9, Window: time.Second},
		{Kind: PerSecond, Rate: 5e-324}, {Kind: PerWindow, Rate: 10, Count: 1e9, Window: time.Millisecond},
		{Kind: "sundial", Rate: 10, Count: 10, Window: time.Second},
	} {
		p := Auto(Options{Most: Unlimited, Random: half, Requests: 100, Remembered: &l})
		if found, ok := p.Learned(); ok || p.learner.caution.on {
			t.Errorf("%+v: begins with %+v", l, found)
		}
	}
}

// What is hardly sure at all says next to nothing of the rate that is accepted.
func TestALimitThatIsNotSureAtAllIsRemembered(t *testing.T) {
	for _, sure := range []float64{0, 1e-300, 1e-6, 0.3, 1} {
		p := Auto(Options{Most: Unlimited, Random: half, Requests: 3,
			Remembered: &Limit{Kind: PerSecond, Rate: 0.001, Sure: sure, Pause: time.Hour}})
		if wait := p.Take(epoch, 0); wait != 0 {
			t.Errorf("sure %v: waits for %v", sure, wait)
		}
	}
}
