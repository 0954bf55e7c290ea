package pace

import (
	"fmt"
	"math/rand/v2"
	"os"
	"sort"
	"testing"
	"time"
)

var epoch = time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)

func TestLab(t *testing.T) {
	if os.Getenv("LAB") == "" {
		t.Skip()
	}
	mk := func(rate, burst float64) func(*rand.Rand) limiter {
		return func(*rand.Rand) limiter { return &bucket{rate: rate, burst: burst} }
	}
	row := func(name string, sc scenario, ideal float64, seeds int) {
		var sp, re []float64
		failed := 0
		for seed := range seeds {
			s := simulate(sc, uint64(seed+1000))
			f := s.whole()
			sp = append(sp, ideal/f.seconds)
			re = append(re, f.share())
			failed += f.failed
		}
		sort.Float64s(sp)
		sort.Float64s(re)
		fmt.Printf("%-44s speed med %.3f p5 %.3f min %.3f | refused med %.3f p95 %.3f max %.3f | failed %d\n", name,
			sp[len(sp)/2], sp[len(sp)/20], sp[0], re[len(re)/2], re[len(re)*19/20], re[len(re)-1], failed)
	}
	for _, lat := range []time.Duration{5, 20, 50, 100, 250} {
		for said, n := range map[said]string{nothing: "none", inSeconds: "seconds"} {
			row(fmt.Sprintf("100/s b20 2000 rows %dms %s", lat, n), scenario{limit: mk(100, 20), rows: 2000, said: said, service: jittered(lat * time.Millisecond)}, 19.8, 40)
		}
	}
	row("10/s b10 300", scenario{limit: mk(10, 10), rows: 300}, 29, 40)
	row("10/s b1 300", scenario{limit: mk(10, 1), rows: 300}, 29.9, 40)
	row("10/s b20 300 sec", scenario{limit: mk(10, 20), rows: 300, said: inSeconds}, 28, 40)
}

func TestTrace(t *testing.T) {
	if os.Getenv("TRACE") == "" {
		t.Skip()
	}
	s := simulate(scenario{limit: func(*rand.Rand) limiter { return &bucket{rate: 100, burst: 20} }, rows: 2000}, 1)
	tracer(s)
}

func tracer(s *simulation) {
	step := 0.5
	for x := 0.0; x < s.now; x += step {
		f := s.between(x, x+step)
		fmt.Printf("%6.2f ok %6.1f/s refused %d\n", x, f.rate(), f.refused)
	}
	l := s.clients[0].pace.learner
	fmt.Printf("limit %.2f burst %.1f\n", l.limit, l.burst)
}
