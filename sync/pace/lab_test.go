package pace

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"
)

var epoch = time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)

func tb(rate, burst float64) func(*rand.Rand) limiter {
	return func(*rand.Rand) limiter { return &bucket{rate: rate, burst: burst} }
}
func fw(n int, per float64) func(*rand.Rand) limiter {
	return func(r *rand.Rand) limiter { return &window{n: n, per: per, phase: per * r.Float64(), number: -1} }
}
func sl(n int, per float64) func(*rand.Rand) limiter {
	return func(r *rand.Rand) limiter { return &sliding{n: n, per: per} }
}
func cc(n int) func(*rand.Rand) limiter {
	return func(*rand.Rand) limiter { return &concurrent{n: n} }
}

// reach is when, from from on, the rate sent in the next span stays within 5 %.
func (s *simulation) reach(from, goal, span float64) float64 {
	for x := from; x < s.now-span; x += 0.1 {
		f := s.between(x, x+span)
		if math.Abs(f.rate()-goal) <= 0.05*goal {
			return x - from
		}
	}
	return math.Inf(1)
}

func (s *simulation) firstRefusal(from float64) float64 {
	for _, h := range s.log {
		if h.sent >= from && !h.ok {
			return h.at
		}
	}
	return math.Inf(1)
}

func (s *simulation) jain(from, to float64) float64 {
	n := len(s.clients)
	x := make([]float64, n)
	for _, h := range s.log {
		if h.ok && h.sent >= from && h.sent < to {
			x[h.client]++
		}
	}
	sum, sq := 0.0, 0.0
	for _, v := range x {
		sum += v
		sq += v * v
	}
	return sum * sum / (float64(n) * sq)
}

type experiment struct {
	name    string
	sc      scenario
	measure func(s *simulation) (a, b float64) // a: more is better (speed), b: less is better (refused)
}

func wholeRun(ideal float64) func(s *simulation) (float64, float64) {
	return func(s *simulation) (float64, float64) { f := s.whole(); return ideal / f.seconds, f.share() }
}
func span(from, to, rate float64) func(s *simulation) (float64, float64) {
	return func(s *simulation) (float64, float64) {
		f := s.between(from, to)
		return f.rate() / rate, f.share()
	}
}

func experiments() []experiment {
	var x []experiment
	add := func(name string, sc scenario, m func(s *simulation) (float64, float64)) {
		x = append(x, experiment{name, sc, m})
	}
	for _, lat := range []time.Duration{5, 20, 50, 100, 150} {
		for said, n := range []string{"none", "seconds", "date"} {
			for _, w := range []int{32, 64} {
				if (said == 2 || w == 64) && lat != 50 {
					continue
				}
				add(fmt.Sprintf("run 100/s b20 2000 %dms %s w%d", lat, n, w), scenario{limit: tb(100, 20), rows: 2000, said: saidOf(said), workers: w, service: jittered(lat * time.Millisecond)}, wholeRun(19.8))
			}
		}
	}
	add("steady 100/s b20", scenario{limit: tb(100, 20), seconds: 100}, span(30, 100, 100))
	add("steady 100/s b20 RA", scenario{limit: tb(100, 20), seconds: 220, said: inSeconds}, span(30, 220, 100))
	add("steady 100/s b1", scenario{limit: tb(100, 1), seconds: 100}, span(30, 100, 100))
	add("steady 100/s b1000", scenario{limit: tb(100, 1000), seconds: 200}, span(60, 200, 100))
	add("steady 87/s b5 heavy", scenario{limit: tb(87, 5), seconds: 100, service: heavy(80 * time.Millisecond)}, span(30, 100, 87))
	add("steady 1/s b1", scenario{limit: tb(1, 1), seconds: 1000}, span(100, 1000, 1))
	add("steady 7/s b3", scenario{limit: tb(7, 3), seconds: 300}, span(30, 300, 7))
	add("steady 2000/s b200 10ms", scenario{limit: tb(2000, 200), seconds: 40, workers: 64, service: jittered(10 * time.Millisecond)}, span(10, 40, 2000))
	add("steady 10/s b100 2s", scenario{limit: tb(10, 100), seconds: 200, service: jittered(2 * time.Second)}, span(50, 200, 10))
	add("10/s b10 300", scenario{limit: tb(10, 10), rows: 300}, wholeRun(29))
	add("10/s b1 300", scenario{limit: tb(10, 1), rows: 300}, wholeRun(29.9))
	add("10/s b20 300 RA", scenario{limit: tb(10, 20), rows: 300, said: inSeconds}, wholeRun(28))
	add("halves 100->50 at 10, run", scenario{limit: tb(100, 20), rows: 2000, changes: []change{{10, 50}}}, wholeRun(29.6))
	add("halves RA", scenario{limit: tb(100, 20), rows: 2000, changes: []change{{10, 50}}, said: inSeconds}, wholeRun(29.6))
	add("halves: s to reach", scenario{limit: tb(100, 20), rows: 2000, changes: []change{{10, 50}}}, func(s *simulation) (float64, float64) { return -s.reach(s.firstRefusal(10), 50, 2), 0 })
	add("halves: s to reach RA", scenario{limit: tb(100, 20), rows: 2000, changes: []change{{10, 50}}, said: inSeconds}, func(s *simulation) (float64, float64) { return -s.reach(s.firstRefusal(10), 50, 2), 0 })
	add("doubles 50->100 at 20: s to reach", scenario{limit: tb(50, 20), seconds: 60, changes: []change{{20, 100}}}, func(s *simulation) (float64, float64) { return -s.reach(20, 100, 2), s.between(20, 60).share() })
	add("doubles RA: s to reach", scenario{limit: tb(50, 20), seconds: 60, changes: []change{{20, 100}}, said: inSeconds}, func(s *simulation) (float64, float64) { return -s.reach(20, 100, 2), s.between(20, 60).share() })
	for said, n := range []string{"none", "seconds"} {
		add("window 600/60 "+n, scenario{limit: fw(600, 60), seconds: 720, said: saidOf(said)}, func(s *simulation) (float64, float64) {
			w := s.limiter.(*window)
			b := 60 - w.phase
			return span(b, b+600, 10)(s)
		})
	}
	add("window 100/1", scenario{limit: fw(100, 1), seconds: 60}, span(10, 60, 100))
	add("window 100/10", scenario{limit: fw(100, 10), seconds: 200}, span(20, 200, 10))
	add("window 3000/60 RA", scenario{limit: fw(3000, 60), seconds: 720, said: inSeconds}, span(120, 720, 50))
	add("sliding 100/10", scenario{limit: sl(100, 10), seconds: 200}, span(20, 200, 10))
	add("sliding 600/60", scenario{limit: sl(600, 60), seconds: 720}, span(120, 720, 10))
	for _, n := range []string{"const", "jitter", "heavy"} {
		f := map[string]func(*rand.Rand) float64{"const": constant(50 * time.Millisecond), "jitter": jittered(50 * time.Millisecond), "heavy": heavy(36 * time.Millisecond)}[n]
		add("cap 8x50ms "+n, scenario{limit: cc(8), seconds: 30, service: f}, span(0, 30, 160))
	}
	add("cap 8x50ms RA", scenario{limit: cc(8), seconds: 30, said: inSeconds}, span(0, 30, 160))
	add("cap 2x500ms", scenario{limit: cc(2), seconds: 100, service: jittered(500 * time.Millisecond)}, span(0, 100, 4))
	add("cap 8 + 100/s", scenario{limit: func(r *rand.Rand) limiter { return &both{&concurrent{n: 8}, &bucket{rate: 100, burst: 20}} }, seconds: 60}, span(10, 60, 100))
	for _, st := range []float64{0, 15} {
		sc := scenario{limit: tb(100, 20), seconds: 60 + st, clients: 4, stagger: st}
		add(fmt.Sprintf("four runs stagger %v", st), sc, span(30+st, 60+st, 100))
		add(fmt.Sprintf("four runs stagger %v jain", st), sc, func(s *simulation) (float64, float64) { return s.jain(30+st, 60+st), 0 })
	}
	{
		sc := scenario{limit: tb(100, 20), seconds: 60, clients: 4, said: inSeconds}
		add("four runs RA", sc, span(30, 60, 100))
		add("four runs RA jain", sc, func(s *simulation) (float64, float64) { return s.jain(30, 60), 0 })
	}
	add("503 100/s b20", scenario{limit: tb(100, 20), rows: 2000, as503: true}, wholeRun(19.8))
	add("503 10/s b10", scenario{limit: tb(10, 10), rows: 300, as503: true}, wholeRun(29))
	add("503 10/s b1", scenario{limit: tb(10, 1), rows: 300, as503: true}, wholeRun(29.9))
	add("503 halves", scenario{limit: tb(100, 20), rows: 2000, changes: []change{{10, 50}}, as503: true}, wholeRun(29.6))
	add("503 tenth", scenario{limit: tb(100, 20), rows: 1500, changes: []change{{10, 10}}, as503: true}, wholeRun(10+48.))
	add("503 window", scenario{limit: fw(100, 10), rows: 1500, as503: true}, wholeRun(140))
	add("30% fail long", scenario{rows: 20000, fail: 0.3}, wholeRun(20000/0.7*0.035/32))
	add("5% fail", scenario{rows: 20000, fail: 0.05}, wholeRun(20000/0.95*0.048/32))
	add("5% fail 100/s", scenario{limit: tb(100, 20), rows: 2000, fail: 0.05}, wholeRun(2000/0.95/100))
	add("30% fail, no limit", scenario{rows: 2000, fail: 0.3}, wholeRun(2000/0.7*0.035/32))
	zero := func(reset time.Duration) func(now, wait float64, ok bool) Hint {
		return func(float64, float64, bool) Hint { return Hint{Limit: 10, Remaining: 0, Reset: reset} }
	}
	add("wrong: always 0 for 1h", scenario{limit: tb(100, 20), rows: 2000, hint: zero(time.Hour)}, wholeRun(19.8))
	add("wrong: only refusals, 1h", scenario{limit: tb(100, 20), rows: 2000, hint: func(now, wait float64, ok bool) Hint {
		if ok {
			return Hint{Limit: 10, Remaining: 9, Reset: time.Hour}
		}
		return Hint{Limit: 10, Remaining: 0, Reset: time.Hour}
	}}, wholeRun(19.8))
	for _, right := range []bool{true} {
		_ = right
		sc := scenario{limit: fw(600, 60), seconds: 720}
		var s0 *window
		sc.limit = func(r *rand.Rand) limiter { s0 = fw(600, 60)(r).(*window); return s0 }
		sc.hint = func(now, wait float64, ok bool) Hint {
			left := (s0.number+1)*60 - s0.phase - now
			return Hint{Limit: 600, Remaining: float64(600 - s0.used), Reset: time.Duration(math.Ceil(left)) * time.Second}
		}
		add("right hints window 600/60", sc, func(s *simulation) (float64, float64) {
			w := s.limiter.(*window)
			b := 60 - w.phase
			return span(b, b+600, 10)(s)
		})
	}
	add("no limit 50ms", scenario{rows: 20000}, wholeRun(20000*.051/32))
	add("no limit max 50/s", scenario{rows: 1000, max: 50}, wholeRun(20))
	return x
}
func saidOf(i int) said { return said(i) }

func TestLab(t *testing.T) {
	if os.Getenv("LAB") == "" {
		t.Skip()
	}
	seeds, _ := strconv.Atoi(os.Getenv("SEEDS"))
	if seeds == 0 {
		seeds = 20
	}
	base, _ := strconv.Atoi(os.Getenv("BASE"))
	for _, x := range experiments() {
		if !strings.Contains(x.name, os.Getenv("ONLY")) {
			continue
		}
		var a, b []float64
		failed := 0
		begin := time.Now()
		for seed := range seeds {
			s := simulate(x.sc, uint64(base+seed))
			v, w := x.measure(s)
			a, b = append(a, v), append(b, w)
			failed += s.between(0, 0).failed
			if os.Getenv("SHOW") == fmt.Sprint(seed) {
				tracer(s)
			}
		}
		sort.Float64s(a)
		sort.Float64s(b)
		mean := func(x []float64) float64 {
			s := 0.0
			for _, v := range x {
				s += v
			}
			return s / float64(len(x))
		}
		n := len(a)
		fmt.Printf("%-34s speed mean %6.3f med %6.3f p5 %6.3f min %6.3f | refused mean %.3f p95 %.3f max %.3f | failed %d  %v\n", x.name,
			mean(a), a[n/2], a[n/20], a[0], mean(b), b[n*19/20], b[n-1], failed, time.Since(begin).Round(time.Millisecond))
	}
}

func tracer(s *simulation) {
	step := 0.5
	if v, err := strconv.ParseFloat(os.Getenv("STEP"), 64); err == nil {
		step = v
	}
	for x := 0.0; x < s.now; x += step {
		f := s.between(x, x+step)
		fmt.Printf("%6.2f ok %6.1f/s refused %d\n", x, f.rate(), f.refused)
	}
	for _, c := range s.clients {
		l := c.pace.learner
		fmt.Printf("limit %.2f burst %.1f phase %v alone %d rate %.2f episodes %d srtt %.3f\n", l.limit, l.burst, l.phase, l.alone, l.rate, l.episodes, l.srtt)
	}
}
