package pace

import "math"

// A period is the length of a window, in seconds.
type period struct{ length, prior float64 }

// usualWindows are the windows that people choose.
var usualWindows = []period{
	{1, 0.1}, {2, 0.02}, {3, 0.01}, {4, 0.01}, {5, 0.02}, {10, 0.02}, {15, 0.01}, {20, 0.01}, {30, 0.02},
	{45, 0.003}, {60, 0.1}, {90, 0.003}, {120, 0.01}, {180, 0.005}, {300, 0.02}, {600, 0.01},
	{900, 0.02}, {1800, 0.01}, {3600, 0.05}, {86400, 0.02},
}

const (
	usualBurst   = 0.25 // seconds of requests
	usualCap     = 0.04 // prior weight of a cap on requests at a time
	slidingShare = 0.2  // sliding windows for a fixed one

	anyLength      = 0.002 // prior weight of the windows that nobody chooses
	unusualLengths = 48    // parts that their lengths are divided into
	unusualEnds    = 4     // the same of their ends
	longer         = 16.0  // so many times as long as it was seen to last is a window at most

	longestSliding = 60 // seconds: a longer window would have to keep too much
)

// open makes a book of buckets up to a rate, of windows, and of a cap.
func (b *book) open(top float64, ends edge) {
	const rates = 160
	b.meters = b.meters[:0]
	ratio := math.Log(150) / rates
	for i := range rates {
		rate := 1.5 * top * math.Exp(-ratio*(float64(i)+0.5))
		b.meters = append(b.meters, meter{rate: rate, usual: usualBurst * rate, step: ratio / 2,
			prior: 0.7 / rates, start: newGauge()})
	}
	b.openWindows(ends, newGauge())
	b.openCap(1, newGauge())
}

// openCap adds a limit on requests at a time, beside buckets of some prior weight.
func (b *book) openCap(buckets float64, start gauge) {
	if b.turn > 0 {
		b.meters = append(b.meters, meter{turn: b.turn, prior: usualCap * buckets, start: start})
	}
}

// edge is when a window ended, or within some seconds before; zero: nothing points to a window.
type edge struct {
	at, within float64
	long       bool    // longer than buckets mostly need for a request
	lasted     float64 // for how many seconds it was seen to last; 0: its end was named by the server
}

// openWindows adds windows that hold at first what start says, and of which one ended as ends says.
func (b *book) openWindows(ends edge, start gauge) {
	b.opened = opened{fresh: start, ended: ends.within > 0, settled: b.settled}
	b.before = nil
	if !b.ended {
		return
	}
	for _, w := range usualWindows {
		if w.length <= longestSliding {
			b.meters = append(b.meters, meter{period: w.length, past: &b.past, prior: w.prior * slidingShare, start: start})
		}
		if w.length > 60 { // in seconds; where an end is likely, it is split
			b.openEnds(w, 0, ends, 4, start)
		} else {
			b.openEnds(w, 0, ends, 16, start)
		}
	}
	if ends.lasted == 0 {
		return
	}
	// Any length is possible from the time that the window was seen to last.
	part := math.Log(longer) / unusualLengths
	for x := part / 2; x < math.Log(longer); x += part {
		w := period{max(1, ends.lasted-ends.within) * math.Exp(x), anyLength / unusualLengths}
		b.openEnds(w, part/2, ends, unusualEnds, start)
	}
}

// openEnds adds n windows of a length, one for each part of the span in which one ends. stretch is half
// the distance to the next length, as a share of it.
func (b *book) openEnds(w period, stretch float64, ends edge, n int, start gauge) {
	span := min(w.length, ends.within)
	step := span / float64(n) / 2
	for i := range n {
		b.meters = append(b.meters, meter{period: w.length, edge: ends.at - span + step*float64(2*i+1), step: step,
			stretch: stretch, prior: w.prior * span / w.length / float64(n), start: start})
	}
}

// changedSizes are the sizes, as shares of the one before, that a limit may have once it has
// changed.
var changedSizes = []float64{0.1, 0.2, 0.35, 0.55, 0.75, 0.9, 0.97, 1.03, 1.12, 1.3, 1.7, 2.4, 4}

// reopen makes a book of buckets that were empty at a time, because a limit has changed.
// Their rate is probably a little below one that was refused, and their size most likely
// the one before. If the server asked for more than a bucket needs for a request, it may also
// be a window that ends at a time.
func (b *book) reopen(at, top, size float64, ends edge) {
	const rates = 32
	b.meters = b.meters[:0]
	all, ratio := 0.0, math.Log(30)/rates
	for i := range rates {
		rate := 1.3 * top * math.Exp(-ratio*(float64(i)+0.5))
		x := math.Log(rate/(0.85*top)) / 0.5
		for k, part := range changedSizes[1:] {
			least, under := max(1, changedSizes[k]*size), part*size
			y := math.Log((changedSizes[k]+part)/2) / 0.1
			g := gauge{used: least, at: at, since: least, least: least, under: max(under, least+1), habit: 1}
			b.meters = append(b.meters, meter{rate: rate, step: ratio / 2, prior: least / (1 + x*x) / (1 + y*y), start: g})
			all += least / (1 + x*x) / (1 + y*y)
		}
	}
	g := newGauge()
	g.under = 4*size + 1
	b.openCap(all, g) // those in service still count
	g.at = at
	if !ends.long {
		ends = edge{}
	}
	b.openWindows(ends, g)
}
