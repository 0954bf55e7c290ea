package pace

import (
	"math"
	"slices"
)

// A book is all the meters that may explain the refusals, each with its weight: the
// prior weight of the sizes that are left to it.
type book struct {
	meters []meter
	weight []float64 // of each meter; they add up to 1
	net    network
	events []arrival // of the log
	past   []float64 // when requests were sent that were accepted, for sliding windows
	before []float64 // those that the log has dropped, as far as such a window may still hold them

	turn    float64   // seconds that a request takes
	against []int     // the meters that may refuse the request that was weighed last
	speeds  []float64 // of the meters, when they were summarized

	summary
	opened
}

// summary is what a book says of the limit.
type summary struct {
	mean, high float64 // rate: of all meters, and the 90th percentile
	size       float64 // mean size: of the buckets, or of all if it is probably none
	windows    float64 // weight of the windows
	cap        float64 // weight of the cap
	misfit     float64 // of the best meter, in errors
}

// opened is how a book was opened.
type opened struct {
	fresh   gauge // what a limit held then
	ended   bool  // it has fixed windows
	settled bool  // the log since then is no longer whole
}

const (
	finest     = 1e-5 // steps are not split further
	mostMeters = 400
	negligible = 1e-8 // weight of a meter that adds nothing to a risk
)

// takes records how many seconds a request takes now. The rate of a cap follows it.
func (b *book) takes(turn float64) {
	b.turn = turn
	for i := range b.meters {
		if m := &b.meters[i]; m.turn > 0 {
			m.turn = turn
		}
	}
	if b.cap > 0.01 {
		b.summarize()
	}
}

// read takes the arrivals from a log.
func (b *book) read(log history) {
	b.events, b.past = arrivals(b.events, log, b.net), append(b.past[:0], b.before...)
	for _, a := range b.events {
		if a.state != refused {
			b.past = append(b.past, a.at)
		}
	}
}

// settle adds the part of a log that is about to be dropped to the meters' starts.
func (b *book) settle(dropped, kept history) {
	b.settled = true
	if len(b.meters) == 0 {
		return // the limit is shared
	}
	b.read(dropped)
	last := b.events[len(b.events)-1].at
	gone, _ := slices.BinarySearch(b.past, last-longestSliding)
	slides := false
	b.dropVague(last)
	for i := range b.meters {
		m := &b.meters[i]
		m.start = m.play(b.events)
		m.settle(&m.start)
		if m.past != nil {
			m.pass(&m.start, last)
			m.start.tail -= gone
			slides = true
		}
	}
	if b.before = b.before[:0]; slides {
		b.before = append(b.before, b.past[gone:]...)
	}
	b.read(kept)
	for i := range b.meters {
		m := &b.meters[i]
		m.now = m.play(b.events)
		m.sharpen(b.net.noise())
	}
	b.summarize()
}

// dropVague drops the windows of which nobody knows any more at t when they end, unless there are no
// others.
func (b *book) dropVague(t float64) {
	sum := 0.0
	clear := func(i int) bool { return b.meters[i].stretch == 0 || b.meters[i].off(t) < b.meters[i].period/4 }
	for i, w := range b.weight {
		if clear(i) {
			sum += w
		}
	}
	if sum > 0 {
		b.keep(clear)
		b.normalize(sum)
	}
}

// keep keeps some of the meters.
func (b *book) keep(which func(i int) bool) {
	n := 0
	for i, w := range b.weight {
		if which(i) {
			b.meters[n], b.weight[n] = b.meters[i], w
			n++
		}
	}
	b.meters, b.weight = b.meters[:n], b.weight[:n]
}

// reckon computes the meters and their weights from the log.
func (b *book) reckon(log history) {
	b.read(log)
	noise := b.net.noise()
	for i := range b.meters {
		b.meters[i].played = false
	}
	for {
		for i := range b.meters {
			// How much arrivals blur a cap or a sliding window depends on what it showed before.
			if m := &b.meters[i]; !m.played || m.turn > 0 || m.past != nil {
				m.hear(noise)
				m.now, m.played = m.play(b.events), true
			}
		}
		b.weigh()
		if !b.split() {
			return
		}
	}
}

// weigh computes the weights, and drops meters that are hardly possible.
func (b *book) weigh() {
	b.weight = b.weight[:0]
	sum, noise := 0.0, b.net.noise()
	b.misfit = math.Inf(1)
	for i := range b.meters {
		m := &b.meters[i]
		m.sharpen(noise)
		w := m.density() * m.rest.room
		b.misfit = min(b.misfit, m.misfit())
		b.weight = append(b.weight, w)
		sum += w
	}
	b.normalize(sum)
	b.keep(func(i int) bool { return b.weight[i] > 1e-5 })
	b.summarize()
}

// split splits the meters that are likely into finer ones, and reports whether there
// were any.
func (b *book) split() bool {
	any := false
	for i := range len(b.meters) {
		m := &b.meters[i]
		if b.weight[i] < 0.01 || len(b.meters) >= mostMeters || m.now.blur < 0.1 || m.step < finest {
			continue
		}
		b.meters = append(b.meters, m.split())
		any = true
	}
	return any
}

// summarize computes what the book says of the limit.
func (b *book) summarize() {
	all, top := 0.0, 0.0
	b.mean, b.size, b.windows, b.cap, b.speeds = 0, 0, 0, 0, b.speeds[:0]
	for i := range b.meters {
		m, w, speed := &b.meters[i], b.weight[i], b.meters[i].speed()
		b.speeds = append(b.speeds, speed)
		b.mean += w * speed
		top = max(top, speed)
		all += w * m.now.least
		switch {
		case m.rate > 0:
			b.size += w * m.now.least
		case m.period > 0:
			b.windows += w
		default:
			b.cap += w
		}
	}
	if other := b.windows + b.cap; other < 0.5 {
		b.size /= 1 - other
	} else {
		b.size = all
	}
	if b.high = b.exceeded(0.1, top); b.mean > b.high {
		// A few meters far above the others count no more than the highest of those.
		b.mean = 0
		for i, speed := range b.speeds {
			b.mean += b.weight[i] * min(speed, b.high)
		}
	}
}

// slowest is the least rate that is told from others.
const slowest = 1e-9

// exceeded is the rate that meters of some weight exceed, at most top.
func (b *book) exceeded(weight, top float64) float64 {
	lo, hi := max(slowest, b.mean/16), top
	for hi > 1.001*lo {
		if mid := math.Sqrt(lo * hi); b.above(mid) > weight {
			lo = mid
		} else {
			hi = mid
		}
	}
	return hi
}

// above is the weight of the meters above a rate.
func (b *book) above(rate float64) (sum float64) {
	for i, speed := range b.speeds {
		if speed > rate {
			sum += b.weight[i]
		}
	}
	return sum
}

// serve records how many requests are in flight, which is what a cap holds.
func (b *book) serve(others int) {
	for i := range b.meters {
		if m := &b.meters[i]; m.turn > 0 {
			m.now.used = float64(others)
		}
	}
}

// risk is the chance that a request at t, while others are in flight, is refused, and the
// rate of the meters that would refuse it.
func (b *book) risk(t float64, others int) (risk, rate float64) {
	b.serve(others)
	b.against = b.against[:0]
	for i := range b.meters {
		m := &b.meters[i]
		if b.weight[i] < negligible {
			continue
		}
		if p := m.refuses(t) * b.weight[i]; p > negligible {
			b.against = append(b.against, i)
			risk += p
			rate += p * m.speed()
		}
	}
	if risk > 0 {
		rate /= risk
	}
	return risk, rate
}

// later is what the latest risk becomes at t, if nothing is sent until then: no other meters
// will be against it.
func (b *book) later(t float64) (risk float64) {
	for _, i := range b.against {
		risk += b.meters[i].refuses(t) * b.weight[i]
	}
	return risk
}

// short is the weight of the meters that are not known to accept so many more requests at t, while others
// are in flight.
func (b *book) short(t float64, others int, requests float64) (weight float64) {
	b.serve(others)
	for i := range b.meters {
		if b.meters[i].spare(t) < requests {
			weight += b.weight[i]
		}
	}
	return weight
}

// suffices reports whether so many requests are probably left of the window that lasts at t.
func (b *book) suffices(t float64, others int, requests float64) bool {
	return b.windows > 0.5 && b.short(t, others, requests) < 0.5
}

// sent records a request that is sent at t. It counts as accepted until its answer says
// otherwise, so the sizes that would refuse it lose their weight.
func (b *book) sent(t float64, others int) {
	sum, noise := 0.0, b.net.noise()
	b.past = append(b.past, t)
	for i := range b.meters {
		m := &b.meters[i]
		if m.turn > 0 {
			m.now.used = float64(others)
		}
		least, often := m.now.least, max(1, m.now.often)
		if share := m.accept(&m.now, t, true); share > 0 && (m.now.least > least || m.now.often > often) {
			b.weight[i] *= m.less(noise) * (1 - m.now.again(share))
		}
		sum += b.weight[i]
	}
	if len(b.weight) > 0 && sum < 1-1e-4 {
		b.normalize(sum)
		b.summarize()
	}
}

// normalize makes weights of some sum add up to 1. If all meters are ruled out, all are equally likely.
func (b *book) normalize(sum float64) {
	for i := range b.weight {
		if b.weight[i] /= sum; !(sum > 0) || math.IsInf(sum, 1) {
			b.weight[i] = 1 / float64(len(b.weight))
		}
	}
}

// explains reports whether any meter explains what was accepted and refused.
func (b *book) explains() bool { return b.misfit <= 3 }

// sure reports whether the rate is known well.
func (b *book) sure() bool { return b.high < 1.05*b.mean }

// depth is how many requests may be sent at once after a pause. A window forgets at its end
// what was missed, and a part of a bucket is left as a reserve.
func (b *book) depth() float64 {
	switch {
	case b.windows > 0.5:
		return 1
	case b.sure():
		return max(1, 0.8*b.size)
	}
	return max(1, b.size)
}

// pace is the rate to send at where nothing is at risk: what is likely, and higher while
// much is open.
func (b *book) pace() float64 {
	if b.sure() {
		return b.mean
	}
	return max(b.mean, b.high)
}

// likeliest is the meter that explains the refusals best.
func (b *book) likeliest() *meter {
	best := 0
	for i, w := range b.weight {
		if w > b.weight[best] {
			best = i
		}
	}
	return &b.meters[best]
}

// windowAt is when the window began that lasts at t, and when it ends; t if the limit is
// probably none.
func (b *book) windowAt(t float64) (from, until float64) {
	m := b.likeliest()
	if m.period == 0 || m.past != nil {
		return t, t
	}
	from = m.edge + math.Floor((t-m.edge)/m.period)*m.period
	return from, from + m.period
}

// lost is how many seconds are lost to a pause after a refusal. A bucket saves up what it can
// hold. A window that is used up would have let nothing through until its end, and what the pause
// takes of the next one is made good in its rest, at about twice the rate.
func (b *book) lost(refused, resumes, pause float64) float64 {
	_, used := b.windowAt(refused)
	_, next := b.windowAt(resumes)
	if b.windows > 0.5 && next > resumes {
		return max(0, resumes-used-(next-resumes))
	}
	return max(0, pause-b.size/b.mean)
}
