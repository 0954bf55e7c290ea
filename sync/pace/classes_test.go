package pace

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// BenchmarkClasses measures classes of limits, each seed another of them:
// go test -run '^$' -bench Classes -benchtime 40x ./sync/pace
func BenchmarkClasses(b *testing.B) {
	for _, name := range slices.Sorted(maps.Keys(classes)) {
		b.Run(name, func(b *testing.B) {
			var o over
			for seed := uint64(5_000_000); b.Loop(); seed++ {
				o.add(classes[name](seed), seed)
			}
			o.sort()
			b.ReportMetric(100*mean(o.speed), "%speed-mean")
			b.ReportMetric(100*quantile(o.speed, 0.05), "%speed-p5")
			b.ReportMetric(100*o.speed[0], "%speed-worst")
			b.ReportMetric(100*mean(o.refused), "%refused-mean")
			b.ReportMetric(100*o.refused[len(o.refused)-1], "%refused-worst")
			b.ReportMetric(float64(o.failed), "rows-failed")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// No limit that asks for pauses makes a run crawl, or refuses many of its requests.
func TestAnyLimit(t *testing.T) {
	for _, name := range []string{"bucket", "small burst", "window", "sliding", "cap"} {
		for seed := range uint64(3) {
			x := classes[name](9_000_000 + seed)
			var o over
			if o.add(x, seed); o.speed[0] < 0.6 || o.refused[0] > 0.06 || o.failed > 0 {
				t.Errorf("%s: speed %.2f, refused %.3f, %d rows failed", x.name, o.speed[0], o.refused[0], o.failed)
			}
		}
	}
}

// gen draws a scenario.
type gen struct{ *rand.Rand }

// log draws a number of which the logarithm is spread evenly.
func (g gen) log(from, to float64) float64 { return from * math.Exp(g.Float64()*math.Log(to/from)) }

// say chooses the Retry-After.
func (g gen) say(sc *scenario) string {
	switch g.IntN(4) {
	case 0:
		sc.said = inSeconds
		return "seconds"
	case 1:
		sc.said = asDate
		return "date"
	case 2:
		sc.asks = float64(1 + g.IntN(5))
		return fmt.Sprintf("always %g", sc.asks)
	}
	sc.said = exactly
	return "exact"
}

// net chooses latency, network and workers.
func (g gen) net(sc *scenario) string {
	l := g.log(20, 200)
	sc.service = spread(time.Duration(0.6*l*1e6), time.Duration(1.4*l*1e6))
	text := fmt.Sprintf("%.0f ms", l)
	if g.IntN(5) == 0 {
		sc.service = heavy(time.Duration(l * 1e6))
		text += " heavy"
	}
	sc.workers = []int{16, 32, 64}[g.IntN(3)]
	if g.IntN(4) == 0 {
		sc.network = spread(1*ms, time.Duration(g.log(3, 30)*1e6))
		text += " jitter"
	}
	return fmt.Sprintf("%s, %d workers", text, sc.workers)
}

// need makes the workers enough for a rate.
func (g gen) need(sc *scenario, rate float64) {
	for float64(sc.workers) < 0.4*rate {
		sc.workers *= 2
	}
}

// ideal is about how long a run would take at best, in seconds.
const ideal = 45.0

// classes are kinds of limits of which each seed makes another: rates, bursts, windows, what a
// refusal asks for, the network. Nothing was tuned to one of them.
var classes = map[string]func(seed uint64) experiment{
	"bucket": func(seed uint64) experiment {
		g := gen{rand.New(rand.NewPCG(seed, 1))}
		r := g.log(3, 600)
		b := math.Ceil(r * g.log(0.1, 2))
		sc := scenario{limit: tokens(r, b), rows: int(r * ideal)}
		name := fmt.Sprintf("%.1f/s burst %g, %s, %s", r, b, g.say(&sc), g.net(&sc))
		g.need(&sc, r)
		return experiment{name: name, sc: sc, measure: shareOfAllowed([]change{{0, r}})}
	},
	"small burst": func(seed uint64) experiment {
		g := gen{rand.New(rand.NewPCG(seed, 2))}
		r := g.log(3, 200)
		b := float64(1 + g.IntN(3))
		sc := scenario{limit: tokens(r, b), rows: int(r * ideal)}
		name := fmt.Sprintf("%.1f/s burst %g, %s, %s", r, b, g.say(&sc), g.net(&sc))
		g.need(&sc, r)
		return experiment{name: name, sc: sc, measure: shareOfAllowed([]change{{0, r}})}
	},
	"falls": func(seed uint64) experiment {
		g := gen{rand.New(rand.NewPCG(seed, 3))}
		r := g.log(10, 300)
		b := math.Ceil(r * g.log(0.1, 1))
		to := r * (0.3 + 0.5*g.Float64())
		at := 5 + 20*g.Float64()
		ch := []change{{0, r}, {at, to}}
		sc := scenario{limit: tokens(r, b), changes: ch[1:], rows: int(r*at + to*(ideal-at))}
		name := fmt.Sprintf("%.1f/s burst %g to %.1f at %.1f, %s, %s", r, b, to, at, g.say(&sc), g.net(&sc))
		g.need(&sc, r)
		return experiment{name: name, sc: sc, measure: shareOfAllowed(ch)}
	},
	"rises": func(seed uint64) experiment {
		g := gen{rand.New(rand.NewPCG(seed, 4))}
		r := g.log(10, 300)
		b := math.Ceil(r * g.log(0.1, 1))
		to := r * (1.3 + 1.5*g.Float64())
		at := 5 + 20*g.Float64()
		ch := []change{{0, r}, {at, to}}
		sc := scenario{limit: tokens(r, b), changes: ch[1:], rows: int(r*at + to*(2*ideal-at))}
		name := fmt.Sprintf("%.1f/s burst %g to %.1f at %.1f, %s, %s", r, b, to, at, g.say(&sc), g.net(&sc))
		g.need(&sc, to)
		return experiment{name: name, sc: sc, measure: shareOfAllowed(ch)}
	},
	"window": func(seed uint64) experiment {
		g := gen{rand.New(rand.NewPCG(seed, 5))}
		per := []float64{1, 1, 1, 2, 2, 3, 5, 7, 10, 20}[g.IntN(10)]
		r := g.log(5, 300)
		n := int(max(2, r*per))
		r = float64(n) / per
		sc := scenario{limit: fixedWindows(n, per), rows: int(r * max(ideal, 6*per))}
		name := fmt.Sprintf("%d per %g s, %s, %s", n, per, g.say(&sc), g.net(&sc))
		g.need(&sc, r)
		return experiment{name: name, sc: sc, measure: shareOfAllowed([]change{{0, r}})}
	},
	"sliding": func(seed uint64) experiment {
		g := gen{rand.New(rand.NewPCG(seed, 6))}
		per := []float64{1, 1, 2, 3, 5, 10, 20}[g.IntN(7)]
		r := g.log(5, 200)
		n := int(max(2, r*per))
		r = float64(n) / per
		sc := scenario{limit: slides(n, per), rows: int(r * max(ideal, 6*per))}
		name := fmt.Sprintf("%d in any %g s, %s, %s", n, per, g.say(&sc), g.net(&sc))
		g.need(&sc, r)
		return experiment{name: name, sc: sc, measure: shareOfAllowed([]change{{0, r}})}
	},
	"cap": func(seed uint64) experiment {
		g := gen{rand.New(rand.NewPCG(seed, 7))}
		n := 2 + g.IntN(20)
		sc := scenario{limit: atATime(n)}
		say := g.say(&sc)
		l := g.log(0.03, 0.2)
		sc.service = spread(time.Duration(0.6*l*1e9), time.Duration(1.4*l*1e9))
		sc.workers = 2*n + g.IntN(32)
		r := float64(n) / l
		sc.rows = int(r * ideal)
		name := fmt.Sprintf("%d at a time, %s, %.0f ms, %d workers", n, say, 1000*l, sc.workers)
		return experiment{name: name, sc: sc, measure: shareOfAllowed([]change{{0, r}})}
	},
	"share": func(seed uint64) experiment {
		g := gen{rand.New(rand.NewPCG(seed, 8))}
		r := g.log(20, 300)
		b := math.Ceil(r * g.log(0.1, 1))
		sc := scenario{limit: tokens(r, b), seconds: 40, clients: 2 + g.IntN(4), stagger: g.log(0.1, 20)}
		name := fmt.Sprintf("%d share %.1f/s burst %g, %s, %s", sc.clients, r, b, g.say(&sc), g.net(&sc))
		g.need(&sc, r)
		return experiment{name: name, sc: sc, measure: span(0, 40, r)}
	},
	"remembered": func(seed uint64) experiment {
		g := gen{rand.New(rand.NewPCG(seed, 9))}
		r := g.log(5, 300)
		b := math.Ceil(r * g.log(0.1, 1))
		off := []float64{1, 1.02, 0.97, 0.6, 1.6}[g.IntN(5)] * (0.99 + 0.02*g.Float64())
		sc := scenario{limit: tokens(r, b), rows: int(r * ideal)}
		name := fmt.Sprintf("%.1f/s burst %g, known %.2f, %s, %s", r, b, off, g.say(&sc), g.net(&sc))
		sc.remembered = &Limit{Kind: PerSecond, Rate: Rate(r * off), Burst: b, Pause: max(fromSeconds(sc.asks), time.Second), Sure: 0.99}
		g.need(&sc, r)
		return experiment{name: name, sc: sc, measure: shareOfAllowed([]change{{0, r}})}
	},
	"odd window": func(seed uint64) experiment {
		g := gen{rand.New(rand.NewPCG(seed, 19))}
		per := g.log(1.5, 12)
		r := g.log(5, 200)
		n := int(max(2, r*per))
		r = float64(n) / per
		sc := scenario{limit: fixedWindows(n, per), rows: int(r * max(ideal, 6*per))}
		name := fmt.Sprintf("%d per %.2f s, %s, %s", n, per, g.say(&sc), g.net(&sc))
		g.need(&sc, r)
		return experiment{name: name, sc: sc, measure: shareOfAllowed([]change{{0, r}})}
	},
	"silent window": func(seed uint64) experiment {
		g := gen{rand.New(rand.NewPCG(seed, 10))}
		per := g.log(1.5, 12)
		r := g.log(5, 200)
		n := int(max(2, r*per))
		r = float64(n) / per
		sc := scenario{limit: fixedWindows(n, per), rows: int(r * max(ideal, 6*per))}
		name := fmt.Sprintf("%d per %.2f s, silent, %s", n, per, g.net(&sc))
		g.need(&sc, r)
		return experiment{name: name, sc: sc, measure: shareOfAllowed([]change{{0, r}})}
	},
	"long window": func(seed uint64) experiment {
		g := gen{rand.New(rand.NewPCG(seed, 11))}
		per := g.log(15, 1200)
		r := g.log(1, 20)
		n := int(max(2, r*per))
		r = float64(n) / per
		sc := scenario{limit: fixedWindows(n, per), rows: int(r * 6 * per)}
		say := "silent"
		if g.IntN(3) == 0 {
			say = g.say(&sc)
		}
		name := fmt.Sprintf("%d per %.1f s, %s, %s", n, per, say, g.net(&sc))
		g.need(&sc, r)
		return experiment{name: name, sc: sc, measure: shareOfAllowed([]change{{0, r}})}
	},
	"silent burst": func(seed uint64) experiment {
		g := gen{rand.New(rand.NewPCG(seed, 12))}
		r := g.log(2, 200)
		b := float64(1 + g.IntN(3))
		sc := scenario{limit: tokens(r, b), rows: int(r * ideal)}
		name := fmt.Sprintf("%.1f/s burst %g, silent, %s", r, b, g.net(&sc))
		g.need(&sc, r)
		return experiment{name: name, sc: sc, measure: shareOfAllowed([]change{{0, r}})}
	},
	"small falls": func(seed uint64) experiment {
		g := gen{rand.New(rand.NewPCG(seed, 13))}
		r := g.log(2, 60)
		b := float64(1 + g.IntN(3))
		to, at := r*(0.3+0.5*g.Float64()), 5+20*g.Float64()
		ch := []change{{0, r}, {at, to}}
		sc := scenario{limit: tokens(r, b), changes: ch[1:], rows: int(r*at + to*(ideal-at))}
		say := "silent"
		if g.IntN(3) == 0 {
			say = g.say(&sc)
		}
		name := fmt.Sprintf("%.1f/s burst %g to %.1f at %.1f, %s, %s", r, b, to, at, say, g.net(&sc))
		g.need(&sc, r)
		return experiment{name: name, sc: sc, measure: shareOfAllowed(ch)}
	},
	"cap changes": func(seed uint64) experiment {
		g := gen{rand.New(rand.NewPCG(seed, 14))}
		n, to := 2+g.IntN(20), 2+g.IntN(20)
		at := 5 + 20*g.Float64()
		sc := scenario{limit: atATime(n), changes: []change{{at, float64(to)}}}
		say := "silent"
		if g.IntN(2) == 0 {
			say = g.say(&sc)
		}
		l := g.log(0.03, 0.3)
		sc.service = spread(time.Duration(0.6*l*1e9), time.Duration(1.4*l*1e9))
		sc.workers = 2*max(n, to) + g.IntN(32)
		sc.rows = int((float64(n)*at + float64(to)*(ideal-at)) / l)
		name := fmt.Sprintf("%d, then %d at a time at %.1f, %s, %.0f ms, %d workers", n, to, at, say, 1000*l, sc.workers)
		return experiment{name: name, sc: sc, measure: shareOfAllowed([]change{{0, float64(n) / l}, {at, float64(to) / l}})}
	},
	"two limits": func(seed uint64) experiment {
		g := gen{rand.New(rand.NewPCG(seed, 15))}
		r := g.log(5, 200)
		b := math.Ceil(r * g.log(0.1, 1))
		sc := scenario{}
		say := "silent"
		if g.IntN(2) == 0 {
			say = g.say(&sc)
		}
		net := g.net(&sc)
		text := fmt.Sprintf("%.1f/s burst %g and ", r, b)
		if l := g.log(0.5, 2); g.IntN(2) == 0 {
			n := int(max(2, l*r*mean([]float64{sc.service(g.Rand), sc.service(g.Rand), sc.service(g.Rand)})))
			sc.limit = func(*rand.Rand) limiter { return &both{&concurrent{n: n}, &bucket{rate: r, burst: b}} }
			text += fmt.Sprintf("%d at a time", n)
			sum := 0.0
			for range 1000 {
				sum += sc.service(g.Rand)
			}
			r = min(r, float64(n)*1000/sum)
		} else {
			per := []float64{10, 60, 300}[g.IntN(3)]
			n := int(max(2, l*r*per))
			sc.limit = func(q *rand.Rand) limiter { return &both{&bucket{rate: r, burst: b}, fixedWindows(n, per)(q)} }
			text += fmt.Sprintf("%d per %g s", n, per)
			sc.rows = int(min(r, float64(n)/per) * max(ideal, 4*per))
			r = min(r, float64(n)/per)
		}
		if sc.rows == 0 {
			sc.rows = int(r * ideal)
		}
		g.need(&sc, r)
		return experiment{name: text + ", " + say + ", " + net, sc: sc, measure: shareOfAllowed([]change{{0, r}})}
	},
	"wrong memory": func(seed uint64) experiment {
		g := gen{rand.New(rand.NewPCG(seed, 16))}
		r := g.log(5, 300)
		b := math.Ceil(r * g.log(0.05, 1))
		sc := scenario{rows: int(r * ideal)}
		var name string
		switch g.IntN(3) {
		case 0:
			sc.limit, name = tokens(r, b), fmt.Sprintf("%.1f/s burst %g", r, b)
		case 1:
			sc.limit, name = fixedWindows(int(max(2, r*2)), 2), fmt.Sprintf("%d per 2 s", int(max(2, r*2)))
			r = math.Floor(max(2, r*2)) / 2
		case 2:
			n := 2 + g.IntN(20)
			sc.limit, name = atATime(n), fmt.Sprintf("%d at a time", n)
		}
		say := "silent"
		if g.IntN(2) == 0 {
			say = g.say(&sc)
		}
		net := g.net(&sc)
		if c, ok := sc.limit(g.Rand).(*concurrent); ok {
			l := g.log(0.03, 0.2)
			sc.service, sc.network = spread(time.Duration(0.6*l*1e9), time.Duration(1.4*l*1e9)), nil
			r = float64(c.n) / l
			sc.rows, sc.workers = int(r*ideal), 2*c.n+g.IntN(32)
			net = fmt.Sprintf("%.0f ms, %d workers", 1000*l, sc.workers)
		}
		var k Limit
		switch known := r * g.log(0.1, 10); g.IntN(3) {
		case 0:
			k = Limit{Kind: PerSecond, Rate: Rate(known), Burst: math.Ceil(known * g.log(0.05, 1)), Sure: 0.99}
		case 1:
			per := []float64{1, 10, 60}[g.IntN(3)]
			n := max(1, int(known*per))
			k = Limit{Kind: PerWindow, Rate: Rate(float64(n) / per), Count: n, Window: fromSeconds(per), Sure: 0.99}
		case 2:
			k = Limit{Kind: Concurrency, Count: 1 + g.IntN(20), Sure: 0.99}
		}
		sc.remembered = &k
		g.need(&sc, r)
		return experiment{name: fmt.Sprintf("%s, known %s %.1f/s %d, %s, %s", name, k.Kind, float64(k.Rate), k.Count, say, net),
			sc: sc, measure: shareOfAllowed([]change{{0, r}})}
	},
	"nodes": func(seed uint64) experiment {
		g := gen{rand.New(rand.NewPCG(seed, 17))}
		r := g.log(10, 200)
		k := 2 + g.IntN(4)
		b := math.Ceil(r * g.log(0.05, 1) / float64(k))
		sc := scenario{limit: func(q *rand.Rand) limiter { return newNodes(q, k, r/float64(k), b) }, rows: int(r * ideal)}
		say := "silent"
		if g.IntN(2) == 0 {
			say = g.say(&sc)
		}
		name := fmt.Sprintf("%d nodes of %.1f/s burst %g, %s, %s", k, r/float64(k), b, say, g.net(&sc))
		g.need(&sc, r)
		return experiment{name: name, sc: sc, measure: shareOfAllowed([]change{{0, r}})}
	},
	"few": func(seed uint64) experiment {
		g := gen{rand.New(rand.NewPCG(seed, 18))}
		r := g.log(3, 300)
		b := math.Ceil(r * g.log(0.05, 2))
		sc := scenario{limit: tokens(r, b), rows: int(g.log(2, 200))}
		say := "silent"
		if g.IntN(2) == 0 {
			say = g.say(&sc)
		}
		name := fmt.Sprintf("%d rows, %.1f/s burst %g, %s, %s", sc.rows, r, b, say, g.net(&sc))
		g.need(&sc, r)
		best := max(0, float64(sc.rows)-b)/r + 2*sc.service(g.Rand) + math.Ceil(float64(sc.rows)/float64(sc.workers))*0.1
		return experiment{name: name, sc: sc, measure: wholeRun(best)}
	},
}

// nodes are servers behind a balancer that chooses at random, each with a bucket of its own.
type nodes struct {
	rng *rand.Rand
	all []bucket
}

func newNodes(rng *rand.Rand, n int, rate, burst float64) *nodes {
	all := &nodes{rng: rng, all: make([]bucket, n)}
	for i := range all.all {
		all.all[i].rate, all.all[i].burst = rate, burst
	}
	return all
}

func (n *nodes) enter(now float64) (float64, bool) { return n.all[n.rng.IntN(len(n.all))].enter(now) }
func (n *nodes) leave()                            {}
