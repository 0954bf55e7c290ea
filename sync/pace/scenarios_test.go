package pace

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// scenarios are runs against limits of all kinds as clients meet them over a
// network: 32 workers, answers after 60 to 140 ms, and a Retry-After with each
// refusal unless said otherwise. Their speed is the share of what the limit allows
// from the first request to the last; a burst at the start counts as a bonus.
func scenarios() []experiment {
	var x []experiment
	add := func(name string, rate, ideal float64, sc scenario, edits ...func(*scenario)) {
		sc.rows, sc.said = int(rate*ideal+0.5), inSeconds
		sc.service = spread(60*ms, 140*ms)
		for _, c := range edits {
			c(&sc)
		}
		changes := append([]change{{0, rate}}, sc.changes...)
		x = append(x, experiment{name: name, sc: sc, measure: shareOfAllowed(changes)})
	}
	silent := func(s *scenario) { s.said = nothing }
	date := func(s *scenario) { s.said = asDate }
	tail := func(s *scenario) { s.service = heavy(90 * ms) }
	asks := func(seconds float64) func(*scenario) { return func(s *scenario) { s.asks = seconds } }
	becomes := func(at, rate float64) func(*scenario) {
		return func(s *scenario) { s.changes = []change{{at, rate}} }
	}
	workers := func(n int) func(*scenario) { return func(s *scenario) { s.workers = n } }
	network := func(s *scenario) { s.network = spread(5*ms, 45*ms) }
	bucket := func(rate, burst float64) scenario { return scenario{limit: tokens(rate, burst)} }
	window := func(n int, per float64) scenario { return scenario{limit: fixedWindows(n, per)} }

	add("a/100 burst 20", 100, 50, bucket(100, 20))
	add("b/halves after 25 s", 100, 50, bucket(100, 20), becomes(25, 50))
	add("b2/halves after 10 s", 100, 20, bucket(100, 20), becomes(10, 50), workers(16))
	add("c/10 burst 5", 10, 30, bucket(10, 5))
	add("d/window 100 per 1 s", 100, 50, window(100, 1))
	add("e/37 burst 5, always 2", 37, 700.0/37, bucket(37, 5), asks(2))
	for _, b := range []struct{ rate, burst, asks float64 }{{60, 10, 3}, {45, 9, 4}, {5, 10, 5}, {25, 50, 5}, {20, 4, 3}, {40, 20, 5}} {
		add(fmt.Sprintf("long/%g burst %g, always %g", b.rate, b.burst, b.asks), b.rate, 60, bucket(b.rate, b.burst), asks(b.asks))
	}
	four := scenario{limit: tokens(100, 20), seconds: 40, clients: 4, service: spread(60*ms, 140*ms), said: inSeconds, stagger: 0.1}
	x = append(x, experiment{name: "f/four share a, together", sc: four, measure: span(0, 40, 100)},
		experiment{name: "f/four share a, smallest", sc: four, measure: smallestShare})

	add("h/250 burst 50, heavy tail", 250, 40, bucket(250, 50), tail)
	add("h/20 burst 40", 20, 60, bucket(20, 40))
	add("h/window 50 per 5 s", 10, 60, window(50, 5))
	add("h/window 200 per 10 s", 20, 60, window(200, 10))
	add("h/window 600 per 60 s", 10, 180, window(600, 60))
	add("h/window 30 per 1 s, date", 30, 60, window(30, 1), date)
	add("h/80 to 30, always 2", 80, 40, bucket(80, 16), becomes(20, 30), asks(2))
	add("h/150, network 5-45 ms", 150, 40, bucket(150, 30), network)
	add("h/sliding 100 per 10 s", 10, 120, scenario{limit: slides(100, 10)})
	add("h/30 to 60 after 30 s", 30, 90, bucket(30, 10), becomes(30, 60))
	add("h/window 100 per 1 s, no Retry-After", 100, 50, window(100, 1), silent)
	add("h/900 burst 90", 900, 30, bucket(900, 90), workers(200))
	add("h/cap of 8", 80, 40, scenario{limit: atATime(8)})

	add("n/15 burst 3", 15, 40, bucket(15, 3), asks(1))
	add("n/300 burst 30, 64 workers", 300, 40, bucket(300, 30), workers(64))
	add("n/window 250 per 5 s", 50, 60, window(250, 5))
	add("n/window 60 per 60 s", 1, 180, window(60, 60))
	add("n/window 20 per 1 s", 20, 50, window(20, 1))
	add("n/70 to 25 after 15 s", 70, 30, bucket(70, 14), becomes(15, 25))
	add("n/90 burst 45, date, jitter", 90, 50, bucket(90, 45), date, func(s *scenario) { s.network = spread(1*ms, 15*ms) })
	add("n/cap of 12, always 2", 120, 40, scenario{limit: atATime(12)}, asks(2))
	add("n/120, heavy tail, no Retry-After", 120, 50, bucket(120, 24), silent, tail)
	add("n/window 45 per 3 s", 15, 60, window(45, 3))

	knows := func(rate, burst, pause float64) func(*scenario) {
		return func(s *scenario) {
			s.remembered = &Limit{Kind: PerSecond, Rate: Rate(rate), Burst: burst, Pause: fromSeconds(pause), Sure: 0.99}
		}
	}
	runs := func(n int) func(*scenario) { return func(s *scenario) { s.learned = n - 1 } }
	for _, n := range []int{2, 3} {
		row := func(name string) string { return fmt.Sprintf("run %d/%s", n, name) }
		add(row("a"), 100, 50, bucket(100, 20), runs(n))
		add(row("c"), 10, 30, bucket(10, 5), runs(n))
		add(row("d"), 100, 50, window(100, 1), runs(n))
		add(row("e"), 37, 700.0/37, bucket(37, 5), asks(2), runs(n))
		add(row("25 burst 50, always 5"), 25, 60, bucket(25, 50), asks(5), runs(n))
		add(row("20 burst 4, always 3"), 20, 60, bucket(20, 4), asks(3), runs(n))
		add(row("45 burst 9, always 4"), 45, 60, bucket(45, 9), asks(4), runs(n))
		add(row("window 40 per 2 s"), 20, 60, window(40, 2), runs(n))
	}
	add("again/a", 100, 50, bucket(100, 20), knows(100, 20, 1))
	add("again/c", 10, 30, bucket(10, 5), knows(10, 5, 1))
	add("again/e", 37, 700.0/37, bucket(37, 5), asks(2), knows(37, 5, 2))
	add("again/d", 100, 50, window(100, 1), func(s *scenario) {
		s.remembered = &Limit{Kind: PerWindow, Rate: 100, Count: 100, Window: time.Second, Pause: time.Second, Sure: 0.99}
	})
	add("again/a, 5 % too low", 100, 50, bucket(100, 20), knows(95, 20, 1))
	add("again/a, 3 % too low", 100, 50, bucket(100, 20), knows(97, 20, 1))
	add("again/a, 1 % too high", 100, 50, bucket(100, 20), knows(101, 20, 1))
	add("again/a, 2 % too high", 100, 50, bucket(100, 20), knows(102, 20, 1))
	add("again/a, 5 % too high", 100, 50, bucket(100, 20), knows(105, 20, 1))
	add("again/fell by 40 %", 60, 50, bucket(60, 20), knows(100, 20, 1))
	add("again/doubled", 200, 60, bucket(200, 40), knows(100, 20, 1))
	add("again/doubled, burst 20", 200, 60, bucket(200, 20), knows(100, 20, 1))
	add("again/doubled, 30 s", 200, 30, bucket(200, 20), knows(100, 20, 1))
	for _, n := range []struct {
		share float64
		most  Rate
		asks  float64
		name  string
	}{{0.03, 50, 0, ""}, {0.1, 50, 0, ""}, {0.2, 50, 0, ""}, {0.5, 50, 0, ""}, {1, 50, 0, ""}, {0.1, 20, 0, ", 20 per s"},
		{1, 20, 0, ", 20 per s"}, {0.03, 20, 0, ", 20 per s"}, {0.3, 300, 0, ", 300 per s"}, {0.1, 50, 3, ", always 3"}, {0.05, 50, 10, ", always 10"}} {
		bad := scenario{rows: int(160 * n.most), max: n.most, said: inSeconds, asks: n.asks, service: spread(60*ms, 140*ms),
			noise: noise{10, 70, n.share}}
		x = append(x, experiment{name: fmt.Sprintf("noise/%g for a minute%s", n.share, n.name), sc: bad, measure: backTo(n.most)})
	}
	return x
}

func spread(from, to time.Duration) func(*rand.Rand) float64 {
	return func(r *rand.Rand) float64 { return from.Seconds() + (to-from).Seconds()*r.Float64() }
}

// shareOfAllowed measures what was accepted against what a limit that changes allows
// from the first request to the last.
func shareOfAllowed(changes []change) func(s *simulation) measured {
	return func(s *simulation) measured {
		first, last := math.Inf(1), 0.0
		for _, h := range s.log {
			first = min(first, h.sent)
			if h.ok {
				last = max(last, h.sent)
			}
		}
		allowed := 0.0
		for i, c := range changes {
			end := last
			if i+1 < len(changes) {
				end = min(end, changes[i+1].at)
			}
			allowed += c.rate * max(0, end-max(first, c.at))
		}
		f := s.whole()
		return measured{speed: float64(f.accepted) / allowed, refused: f.share()}
	}
}

// smallestShare is what the client with the fewest got, of the mean.
func smallestShare(s *simulation) measured {
	n := make([]float64, len(s.clients))
	refused := 0
	for _, h := range s.log {
		if h.ok {
			n[h.client]++
		} else {
			refused++
		}
	}
	return measured{speed: slices.Min(n) / mean(n), refused: float64(refused) / float64(len(s.log))}
}

// backTo measures how long after a bad time the rate is within 5 % of its ceiling, over
// two seconds.
func backTo(ceiling Rate) func(s *simulation) measured {
	return func(s *simulation) measured { return reach(always(s.noise.to), float64(ceiling))(s) }
}
