package pace

import (
	"slices"
	"testing"
	"time"
)

var epoch = time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)

// over is what came of an experiment over many seeds.
type over struct {
	speed, refused, seconds []float64 // sorted
	failed                  int
}

func (o *over) add(x experiment, seed uint64) {
	s := simulate(x.sc, seed)
	m := x.measure(s)
	o.speed = append(o.speed, m.speed)
	o.refused = append(o.refused, m.refused)
	o.seconds = append(o.seconds, m.seconds)
	for _, c := range s.clients {
		o.failed += c.failed
	}
}

func (o *over) sort() {
	slices.Sort(o.speed)
	slices.Sort(o.refused)
	slices.Sort(o.seconds)
}

func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

// at is the value below which a share of the sorted x lies.
func quantile(x []float64, share float64) float64 {
	return x[min(int(share*float64(len(x))), len(x)-1)]
}

// The targets, on seeds that were not looked at while the learner was made.
// go test -bench . measures them over as many seeds as are wanted.
func TestTargets(t *testing.T) {
	const first = 9_000_000
	for _, x := range experiments() {
		seeds := 8
		if x.sc.said != nothing || x.sc.hint != nil {
			seeds = 2 // the book takes more time, and its runs differ less
		}
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			var o over
			for seed := range uint64(seeds) {
				o.add(x, first+seed)
			}
			o.sort()
			below := func(what string, got, want float64) {
				if want > 0 && got < want {
					t.Errorf("%s is %.4f, want at least %.4f", what, got, want)
				}
			}
			above := func(what string, got, want float64) {
				if want > 0 && !(got <= want) {
					t.Errorf("%s is %.4f, want at most %.4f", what, got, want)
				}
			}
			below("mean speed", mean(o.speed), x.want.speed)
			below("5th percentile of speed", quantile(o.speed, 0.05), x.want.low)
			below("median", quantile(o.speed, 0.5), x.want.median)
			above("95th percentile of refused", quantile(o.refused, 0.95), x.want.refused)
			above("mean of refused", mean(o.refused), x.want.average)
			above("95th percentile of seconds", quantile(o.seconds, 0.95), x.want.seconds)
			if o.failed > 0 && x.sc.fail == 0 {
				t.Errorf("%d rows failed for being refused", o.failed)
			}
		})
	}
}

// BenchmarkTargets reports, for each experiment, the figures over as many seeds
// as it is given: go test -bench Targets -benchtime 1000x ./sync/pace
func BenchmarkTargets(b *testing.B) {
	for _, x := range slices.Concat(experiments(), scenarios()) {
		b.Run(x.name, func(b *testing.B) {
			var o over
			for seed := uint64(5_000_000); b.Loop(); seed++ {
				o.add(x, seed)
			}
			o.sort()
			report := func(v float64, unit string) { b.ReportMetric(v, unit) }
			if mean(o.speed) == 0 {
				report(mean(o.seconds), "s-mean")
				report(quantile(o.seconds, 0.95), "s-p95")
				report(o.seconds[len(o.seconds)-1], "s-worst")
			} else {
				report(100*mean(o.speed), "%speed-mean")
				report(100*quantile(o.speed, 0.5), "%speed-median")
				report(100*quantile(o.speed, 0.05), "%speed-p5")
				report(100*o.speed[0], "%speed-worst")
			}
			report(100*mean(o.refused), "%refused-mean")
			report(100*quantile(o.refused, 0.95), "%refused-p95")
			report(100*o.refused[len(o.refused)-1], "%refused-worst")
			report(float64(o.failed), "rows-failed")
			report(0, "ns/op")
		})
	}
}
