package pace

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// An experiment is a scenario, what is measured of it and what must come out.
type experiment struct {
	name    string
	sc      scenario
	measure func(s *simulation) measured
	want    bounds
}

// measured is one figure of speed, of which more is better (a share of the
// ideal, or an index of fairness), or seconds, of which fewer are; and the
// share of the requests that were refused.
type measured struct{ speed, refused, seconds float64 }

// bounds are what must hold over the seeds; 0 bounds nothing.
type bounds struct {
	speed   float64 // mean at least
	low     float64 // 5th percentile at least
	median  float64 // at least
	refused float64 // 95th percentile at most
	average float64 // mean of the refused at most
	seconds float64 // 95th percentile at most
}

func tokens(rate, burst float64) func(*rand.Rand) limiter {
	return func(*rand.Rand) limiter { return &bucket{rate: rate, burst: burst} }
}

func fixedWindows(n int, per float64) func(*rand.Rand) limiter {
	return func(r *rand.Rand) limiter { return &window{n: n, per: per, phase: per * r.Float64(), number: -1} }
}

func slides(n int, per float64) func(*rand.Rand) limiter {
	return func(*rand.Rand) limiter { return &sliding{n: n, per: per} }
}

func atATime(n int) func(*rand.Rand) limiter {
	return func(*rand.Rand) limiter { return &concurrent{n: n} }
}

// wholeRun measures a run that would take ideal seconds at best.
func wholeRun(ideal float64) func(s *simulation) measured {
	return func(s *simulation) measured {
		f := s.whole()
		return measured{speed: ideal / f.seconds, refused: f.share()}
	}
}

// span measures from one time to another, against a rate.
func span(from, to, rate float64) func(s *simulation) measured {
	return func(s *simulation) measured {
		f := s.between(from, to)
		return measured{speed: f.rate() / rate, refused: f.share()}
	}
}

// afterFirstWindow measures ten windows, the first left out.
func afterFirstWindow(s *simulation) measured {
	w := s.limiter.(*window)
	begin := w.per - w.phase
	return span(begin, begin+10*w.per, float64(w.n)/w.per)(s)
}

// reach measures how long after from the rate sent, over two seconds, is within
// 5 % of goal.
func reach(from func(s *simulation) float64, goal float64) func(s *simulation) measured {
	return func(s *simulation) measured {
		begin := from(s)
		refused := s.between(begin, s.now).share()
		for x := begin; x < s.now-2; x += 0.1 {
			if f := s.between(x, x+2); math.Abs(f.rate()-goal) <= 0.05*goal {
				return measured{seconds: x - begin, refused: refused}
			}
		}
		return measured{seconds: math.Inf(1), refused: refused}
	}
}

func firstRefusalFrom(from float64) func(s *simulation) float64 {
	return func(s *simulation) float64 {
		for _, h := range s.log {
			if h.sent >= from && !h.ok {
				return h.at
			}
		}
		return s.now
	}
}

func always(at float64) func(*simulation) float64 { return func(*simulation) float64 { return at } }

// jain measures how fairly clients share: 1 is equal, 1/n is all to one.
func jain(from, to float64) func(s *simulation) measured {
	return func(s *simulation) measured {
		share := make([]float64, len(s.clients))
		for _, h := range s.log {
			if h.ok && h.sent >= from && h.sent < to {
				share[h.client]++
			}
		}
		sum, squares := 0.0, 0.0
		for _, v := range share {
			sum += v
			squares += v * v
		}
		return measured{speed: sum * sum / (float64(len(share)) * squares)}
	}
}

const ms = time.Millisecond

// sometimesLate is one way of a near network, where one in thirty comes some milliseconds late: a
// busy machine.
func sometimesLate(r *rand.Rand) float64 {
	way := 0.0001 + 0.0003*r.ExpFloat64()
	if r.IntN(30) == 0 {
		way += 0.003 * r.ExpFloat64()
	}
	return way
}

// The rows of the contract's table, and what it leaves open.
func experiments() []experiment {
	hundred := tokens(100, 20)
	run := scenario{limit: hundred, rows: 2000}
	with := func(sc scenario, change func(*scenario)) scenario { change(&sc); return sc }
	var x []experiment
	add := func(name string, sc scenario, m func(*simulation) measured, want bounds) {
		x = append(x, experiment{name: name, sc: sc, measure: m, want: want})
	}
	record := func(name string, sc scenario, m func(*simulation) measured) {
		x = append(x, experiment{name: name, sc: sc, measure: m})
	}

	for _, l := range []time.Duration{5, 20, 50, 100, 150} {
		sc := with(run, func(s *scenario) { s.service = jittered(l * ms) })
		add(fmt.Sprintf("run/%dms", l), sc, wholeRun(19.8), bounds{speed: 0.95, low: 0.95, refused: 0.02})
		add(fmt.Sprintf("run/%dms,retry-after", l), with(sc, func(s *scenario) { s.said = inSeconds }), wholeRun(19.8),
			bounds{speed: 0.86, low: 0.82, refused: 0.005})
	}
	for _, b := range []float64{2, 5, 10} {
		small := scenario{limit: tokens(50, b), rows: 1000, service: jittered(40 * ms)}
		record(fmt.Sprintf("run/50 burst %g", b), small, wholeRun((1000-b)/50))
		record(fmt.Sprintf("run/50 burst %g,retry-after", b), with(small, func(s *scenario) { s.said = inSeconds }),
			wholeRun((1000-b)/50))
	}
	add("run/64 workers", with(run, func(s *scenario) { s.workers = 64 }), wholeRun(19.8),
		bounds{speed: 0.95, low: 0.95, refused: 0.04})
	add("run/far away", with(run, func(s *scenario) { s.network, s.service = constant(25*ms), constant(ms) }), wholeRun(19.8),
		bounds{speed: 0.95, refused: 0.02})
	add("run/retry-after", with(run, func(s *scenario) { s.said = inSeconds }), wholeRun(19.8),
		bounds{speed: 0.86, refused: 0.02})
	add("run/retry-after date", with(run, func(s *scenario) { s.said = asDate }), wholeRun(19.8),
		bounds{speed: 0.86, refused: 0.02})

	add("steady/100 burst 20", scenario{limit: hundred, seconds: 95}, span(30, 95, 100),
		bounds{low: 0.98, refused: 0.01})
	add("steady/retry-after", scenario{limit: hundred, seconds: 230, said: inSeconds}, span(30, 230, 100),
		bounds{low: 0.97, refused: 0.01})
	add("steady/burst 1000", scenario{limit: tokens(100, 1000), seconds: 160}, span(60, 160, 100),
		bounds{low: 0.98, refused: 0.01})
	add("steady/burst 1", scenario{limit: tokens(100, 1), seconds: 95}, span(30, 95, 100),
		bounds{speed: 0.93, refused: 0.005})
	add("steady/1 per s", scenario{limit: tokens(1, 1), seconds: 1000}, span(100, 1000, 1),
		bounds{speed: 0.93, refused: 0.02})
	add("steady/7 per s", scenario{limit: tokens(7, 3), seconds: 300}, span(30, 300, 7),
		bounds{low: 0.97, refused: 0.03})
	add("steady/2000 per s", scenario{limit: tokens(2000, 200), seconds: 20, workers: 64, service: jittered(10 * ms)},
		span(10, 20, 2000), bounds{low: 0.97, refused: 0.01})
	add("steady/heavy tail", scenario{limit: tokens(87, 5), seconds: 95, service: heavy(80 * ms)}, span(30, 95, 87),
		bounds{speed: 0.95, refused: 0.01})
	add("steady/latency 2s", scenario{limit: tokens(10, 100), seconds: 200, service: jittered(2000 * ms)},
		span(50, 200, 10), bounds{speed: 0.95, low: 0.95, refused: 0.03})

	add("slow/10 burst 10", scenario{limit: tokens(10, 10), rows: 300}, wholeRun(29), bounds{refused: 0.05})
	add("slow/10 burst 1", scenario{limit: tokens(10, 1), rows: 300}, wholeRun(29.9),
		bounds{speed: 0.93, refused: 0.04, average: 0.02})
	record("slow/10 burst 2", scenario{limit: tokens(10, 2), rows: 300}, wholeRun(29.8))
	add("slow/10 burst 20,retry-after", scenario{limit: tokens(10, 20), rows: 300, said: inSeconds}, wholeRun(28),
		bounds{refused: 0.05})

	halves := with(run, func(s *scenario) { s.changes = []change{{10, 50}} })
	add("halves/run", halves, wholeRun(29.6), bounds{speed: 0.95, refused: 0.03})
	add("halves/reach", halves, reach(firstRefusalFrom(10), 50), bounds{seconds: 5})
	add("halves/reach,retry-after", with(halves, func(s *scenario) { s.said = inSeconds }),
		reach(firstRefusalFrom(10), 50), bounds{})
	doubles := scenario{limit: tokens(50, 20), seconds: 60, changes: []change{{20, 100}}}
	add("doubles/reach", doubles, reach(always(20), 100), bounds{seconds: 15, refused: 0.03})
	record("doubles/reach,retry-after", with(doubles, func(s *scenario) { s.said = inSeconds; s.seconds = 120 }),
		reach(always(20), 100))

	add("window/600 per 60s", scenario{limit: fixedWindows(600, 60), seconds: 661}, afterFirstWindow,
		bounds{speed: 0.95, low: 0.95, refused: 0.03, average: 0.0115})
	add("window/600 per 60s,retry-after", scenario{limit: fixedWindows(600, 60), seconds: 661, said: inSeconds},
		afterFirstWindow, bounds{speed: 0.95, refused: 0.03, average: 0.0022})
	add("window/3000 per 60s,retry-after", scenario{limit: fixedWindows(3000, 60), seconds: 661, said: inSeconds},
		afterFirstWindow, bounds{speed: 0.95, refused: 0.03})
	add("window/100 per 10s", scenario{limit: fixedWindows(100, 10), seconds: 200}, span(20, 200, 10),
		bounds{speed: 0.95, refused: 0.02})
	add("window/40 per 4s", scenario{limit: fixedWindows(40, 4), seconds: 104}, span(20, 100, 10),
		bounds{speed: 0.97, refused: 0.02})
	add("window/20 per 2s", scenario{limit: fixedWindows(20, 2), seconds: 102}, span(20, 100, 10),
		bounds{speed: 0.97, average: 0.01})
	add("window/100 per 1s", scenario{limit: fixedWindows(100, 1), seconds: 60}, span(10, 60, 100),
		bounds{speed: 0.98, refused: 0.005})
	add("window/40 per 4s, from the start", scenario{limit: fixedWindows(40, 4), rows: 480, service: spread(20*ms, 60*ms)},
		shareOfAllowed([]change{{0, 10}}), bounds{speed: 0.98})
	add("window/60 per 60s, to the end", scenario{limit: fixedWindows(60, 60), rows: 180, said: inSeconds},
		shareOfAllowed([]change{{0, 1}}), bounds{speed: 1.4})
	add("sliding/100 per 10s", scenario{limit: slides(100, 10), seconds: 200}, span(20, 200, 10),
		bounds{speed: 0.97, refused: 0.005})
	add("sliding/600 per 60s", scenario{limit: slides(600, 60), seconds: 661}, span(120, 660, 10),
		bounds{speed: 0.95, refused: 0.03})

	add("cap/8 of 50ms", scenario{limit: atATime(8), seconds: 30, service: constant(50 * ms)}, span(0, 30, 160),
		bounds{speed: 0.94, refused: 0.004})
	add("cap/8 of 50ms ±20 %", scenario{limit: atATime(8), seconds: 30}, span(0, 30, 160),
		bounds{speed: 0.92, refused: 0.004})
	add("cap/8 of 50ms, some late", scenario{limit: atATime(8), seconds: 30, service: constant(50 * ms), network: sometimesLate},
		span(0, 30, 160), bounds{speed: 0.93, refused: 0.004})
	add("cap/8, heavy tail", scenario{limit: atATime(8), seconds: 30, service: heavy(36 * ms)}, span(0, 30, 160),
		bounds{speed: 0.94, average: 0.0022})
	record("cap/8,retry-after", scenario{limit: atATime(8), seconds: 30, said: inSeconds}, span(0, 30, 160))
	add("cap/2 of 500ms", scenario{limit: atATime(2), seconds: 100, service: jittered(500 * ms)}, span(0, 100, 4),
		bounds{speed: 0.94, average: 0.02})
	add("cap/8 and 100 per s", scenario{limit: func(*rand.Rand) limiter {
		return &both{&concurrent{n: 8}, &bucket{rate: 100, burst: 20}}
	}, seconds: 60}, span(10, 60, 100), bounds{speed: 0.98, low: 0.95})
	record("cap/20 and 100 per s", scenario{limit: func(*rand.Rand) limiter {
		return &both{&concurrent{n: 20}, &bucket{rate: 100, burst: 100}}
	}, seconds: 60, service: jittered(100 * ms)}, span(10, 60, 100))

	four := scenario{limit: hundred, seconds: 60, clients: 4}
	add("four/sum", four, span(30, 60, 100), bounds{speed: 0.9, refused: 0.05})
	add("four/jain", four, jain(30, 60), bounds{median: 0.9})
	late := with(four, func(s *scenario) { s.stagger, s.seconds = 15, 75 })
	record("four, not at once/sum", late, span(45, 75, 100))
	record("four, not at once/jain", late, jain(45, 75))
	record("four,retry-after/sum", with(four, func(s *scenario) { s.said = inSeconds }), span(30, 60, 100))
	record("four,retry-after/jain", with(four, func(s *scenario) { s.said = inSeconds }), jain(30, 60))

	unavailable := func(s *scenario) { s.as503 = true }
	add("503/100 burst 20", with(run, unavailable), wholeRun(19.8), bounds{speed: 0.9, refused: 0.04})
	add("503/10 burst 10", with(scenario{limit: tokens(10, 10), rows: 300}, unavailable), wholeRun(29),
		bounds{speed: 0.98, low: 0.97, refused: 0.1})
	add("503/10 burst 2", with(scenario{limit: tokens(10, 2), rows: 300}, unavailable), wholeRun(29.8),
		bounds{speed: 0.98, low: 0.97, refused: 0.1})
	add("503/halves", with(halves, unavailable), wholeRun(29.6), bounds{speed: 0.9, refused: 0.04})
	record("503/to a tenth", with(run, func(s *scenario) {
		s.as503, s.rows, s.changes = true, 1500, []change{{10, 10}}
	}), wholeRun(58))
	record("failures/1 %", scenario{rows: 20000, fail: 0.01}, wholeRun(20000/0.99*0.05/32))
	add("failures/5 % below 100 per s", with(run, func(s *scenario) { s.fail = 0.05 }), wholeRun(2000/0.95/100),
		bounds{speed: 0.98})
	record("failures/5 %", scenario{rows: 20000, fail: 0.05}, wholeRun(20000/0.95*0.05/32))
	record("failures/30 %", scenario{rows: 20000, fail: 0.3}, wholeRun(20000/0.7*0.036/32))

	add("hints/always 0 for 1h", with(run, func(s *scenario) { s.hint = said0 }), wholeRun(19.8),
		bounds{speed: 0.9, refused: 0.02})
	record("hints/0 for 1h when refused", with(run, func(s *scenario) { s.hint = said0WhenRefused }), wholeRun(19.8))
	add("hints/right", scenario{limit: fixedWindows(600, 60), seconds: 661, hint: saidRightly}, afterFirstWindow,
		bounds{speed: 0.95, refused: 0.015})

	add("free/50ms", scenario{rows: 20000}, wholeRun(20000*0.051/32), bounds{speed: 0.95, refused: 1e-9})
	add("free/at most 50 per s", scenario{rows: 1000, max: 50}, wholeRun(20), bounds{speed: 0.98, refused: 1e-9})
	add("fixed/80 of 100", scenario{limit: hundred, rows: 1000, fixed: 80}, wholeRun(12.5),
		bounds{speed: 0.99, refused: 1e-9})
	add("fixed/120 of 100", scenario{limit: hundred, rows: 2000, fixed: 120}, wholeRun(19.8),
		bounds{speed: 0.9, refused: 0.02})
	return x
}

func said0(limiter, float64, bool) Hint { return Hint{Reset: time.Hour} }

func said0WhenRefused(_ limiter, _ float64, ok bool) Hint {
	if ok {
		return Hint{Remaining: 9, Reset: time.Hour}
	}
	return Hint{Reset: time.Hour}
}

func saidRightly(l limiter, now float64, _ bool) Hint {
	w := l.(*window)
	left := (w.number+1)*w.per - w.phase - now
	return Hint{Remaining: float64(w.n - w.used),
		Reset: time.Duration(math.Ceil(left)) * time.Second}
}
