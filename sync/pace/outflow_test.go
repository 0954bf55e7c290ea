package pace

import (
	"math"
	"testing"
	"time"
)

func TestOutflow(t *testing.T) {
	for _, tc := range []struct {
		name           string
		o              outflow
		t              float64
		paused, refill float64
		want           float64
	}{
		{"fills at its rate", outflow{rate: 10, depth: 5}, 0.3, 0, 0, 3},
		{"up to its depth", outflow{rate: 10, depth: 5}, 3, 0, 0, 5},
		{"holds what a late wake-up needs", outflow{rate: 1000, depth: 1}, 1, 0, 0, 10},
		{"not while it rests", outflow{rate: 10, depth: 5}, 1.2, 1, 0, 2},
		{"but what the server regains meanwhile", outflow{rate: 10, depth: 5}, 1.1, 1, 3, 4},
		{"pays a debt first", outflow{rate: 10, depth: 5, level: -2}, 0.3, 0, 0, 1},
		{"time does not run back", outflow{rate: 10, depth: 5, level: 2, filled: 1}, 0.5, 0, 0, 2},
	} {
		tc.o.fill(tc.t, tc.paused, tc.refill)
		if math.Abs(tc.o.level-tc.want) > 1e-9 {
			t.Errorf("%s: %v, want %v", tc.name, tc.o.level, tc.want)
		}
	}
	o := outflow{rate: 10, level: 1.5}
	if a, b := o.take(), o.take(); a != 0 || math.Abs(b-0.05) > 1e-9 || o.level != 0.5 {
		t.Errorf("took, waiting %v and %v, and left %v", a, b, o.level)
	}
}

func TestBackoff(t *testing.T) {
	var r backoff
	r.extend(epoch, 0, 3*time.Second, RetryAfter)
	r.extend(epoch.Add(time.Second), 1, time.Second, Refused) // ends earlier
	if r.until != 3 || !r.wall.Equal(epoch.Add(3*time.Second)) || r.reason != RetryAfter {
		t.Errorf("backs off %+v", r)
	}
	r.extend(epoch.Add(time.Second), 1, 4*time.Second, Refused)
	if r.until != 5 || !r.wall.Equal(epoch.Add(5*time.Second)) || r.reason != Refused {
		t.Errorf("backs off %+v", r)
	}
}
