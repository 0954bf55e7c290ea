package pace

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// limit is what the book found.
func (b *book) limit() Limit {
	switch m := b.likeliest(); {
	case b.windows > 0.5 && m.period > 0:
		n := math.Round(max(1, m.now.under-1))
		return Limit{Kind: PerWindow, Rate: Rate(n / m.period), Count: int(n), Window: fromSeconds(m.period),
			Sure: min(1, b.mean/b.high)}
	case b.cap > 0.5:
		return Limit{Kind: Concurrency, Count: int(m.now.least), Sure: min(1, b.mean/b.high)}
	}
	return b.bucket()
}

// bucket is what the buckets of the book say. Where their sizes are known less well than before,
// because the log was cut, the middle of what is left is still right; the median of them leaves out
// those that are hardly known. So much of their mean rate is sure as 95 % of the weight exceeds.
func (b *book) bucket() Limit {
	type size struct{ middle, weight float64 }
	all, rate, top := 0.0, 0.0, 0.0
	var sizes []size
	for i, w := range b.weight {
		if m := &b.meters[i]; m.rate > 0 {
			all, rate, top = all+w, rate+w*m.rate, max(top, m.rate)
			sizes = append(sizes, size{m.now.middle(), w})
		}
	}
	if all == 0 {
		return Limit{}
	}
	slices.SortFunc(sizes, func(a, b size) int { return cmp.Compare(a.middle, b.middle) })
	half, burst := all/2, 0.0
	for _, s := range sizes {
		if burst = s.middle; half <= s.weight {
			break
		}
		half -= s.weight
	}
	rate /= all
	sure := min(1, b.exceeded(0.95, top)/rate)
	return Limit{Kind: PerSecond, Rate: Rate(rate), Burst: math.Round(burst), Sure: sure}
}

// usable reports whether l is a limit that a run can have learned. Files may contain any.
func (l Limit) usable() bool {
	const most = 1e9 // requests
	sure, few := l.Sure >= 0 && l.Sure <= 1, l.Count > 0 && l.Count <= most
	switch l.Kind {
	case PerSecond:
		return sure && l.Rate > slowest && l.Rate <= maxRate && l.Burst >= 0 && l.Burst <= most
	case PerWindow:
		return sure && few && l.Window >= time.Millisecond && float64(l.Count) <= maxRate*l.Window.Seconds()
	case Concurrency:
		return sure && few
	}
	return false
}

// remember makes a book of limits about one that an earlier run learned.
func (b *book) remember(l Limit) {
	b.meters = b.meters[:0]
	b.opened = opened{fresh: newGauge(), ended: l.Kind == PerWindow}
	switch size := float64(l.Count); l.Kind {
	case PerWindow:
		const edges = 32
		length := l.Window.Seconds()
		for i := range edges {
			m := meter{period: length, edge: length / edges * (float64(i) + 0.5), step: length / edges / 2, prior: 1.0 / edges}
			b.bracket(m, size)
		}
	case Concurrency:
		b.turn = max(b.turn, 0.1)
		b.bracket(meter{turn: b.turn, prior: 1}, size)
	default:
		for _, c := range cells(1 - l.Sure) {
			rate := float64(l.Rate) * math.Exp(c.at)
			b.bracket(meter{rate: rate, step: c.step, prior: c.weight}, max(1, l.Burst))
		}
	}
	b.weigh()
}

// exact is by how much a remembered size is off, as a share: it is mostly exact.
const exact = 0.005

// cell is a part of a scale of logarithms.
type cell struct{ at, step, weight float64 }

// cells divide by how much a rate may differ from the one that is remembered, of which a share is
// not sure, into parts that are wider farther away. The distribution is Cauchy's, which has heavy
// tails: 5 % are more than six spreads lower.
func cells(unsure float64) (all []cell) {
	spread := min(max(unsure/6, 0.001), 0.02)
	for from, to := 0.0, spread/4; from < 0.7; from, to = to, 2*to {
		c := cell{at: (from + to) / 2, step: (to - from) / 2, weight: math.Atan(to/spread) - math.Atan(from/spread)}
		all = append(all, c, cell{-c.at, c.step, c.weight})
	}
	return all
}

// bracket adds a meter for each of the likely sizes about one.
func (b *book) bracket(m meter, size float64) {
	for k, part := range changedSizes[1:] {
		least, under := max(1, changedSizes[k]*size), part*size
		if m.turn > 0 {
			least = math.Round(least)
		}
		y := math.Log((changedSizes[k]+part)/2) / exact
		m.start = gauge{least: least, under: max(under, least+1), habit: 1}
		m.now = m.start
		one := m
		one.prior *= least / (1 + y*y)
		b.meters = append(b.meters, one)
	}
}
