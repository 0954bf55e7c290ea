package pace

import "time"

// caution sends requests by what the book says of their risk. While risk alone holds the
// next one back, time is lost, and as many seconds of refusals may be paid as were lost
// since the latest refusal (ski rental). So there is nothing to plan: what is without risk
// is sent at once, what is open is tried step by step, and what would cost more than it
// brings is left alone.
type caution struct {
	named  bool // refusals ask for pauses that make them costly
	on     bool // the book is in use
	book   book
	budget budget
	change changes

	top         float64 // the rate at which the first refused request was sent
	latest      float64 // when the latest request was sent
	refusedAt   float64 // when the latest refused request was sent
	weighed     int     // episodes of refusals that were weighed
	now, before finding // at the latest refusal, and at the one before
}

// finding is what a book found.
type finding struct{ size, mean float64 }

// budget is what may be risked.
type budget struct {
	left   float64 // refusals
	paid   float64 // refusals that were risked since the latest
	cost   float64 // of a refusal, in seconds
	held   bool    // risk alone holds the next request back
	heldAt float64 // the time up to which left was computed
}

// costly is the pause from which on a refusal costs enough to be weighed.
const costly = 500 * time.Millisecond

const (
	eager      = 3.0   // how many refusals may be paid with the time that one costs
	trifle     = 0.01  // share of the rate that no refusal is worth
	openKind   = 0.5   // of the rate, at least, is open after a single refusal: so is the kind of the limit
	surprise   = 3.0   // refusals risked for none: the limit is not what the book thinks
	negligible = 0.003 // risk that is not worth waiting for
)

// earn lets time pass until t. loses is the share of the likely rate that is lost while a
// request is held back. It returns how fast the budget grows, in refusals per second.
func (b *budget) earn(t, loses float64) float64 {
	growth := eager * loses / b.cost
	if b.held {
		b.left += growth * (t - b.heldAt)
	}
	b.held = false
	return growth
}

// spend pays for a risk, if the budget could pay for guard.
func (b *budget) spend(risk, guard float64) bool {
	if guard > max(b.left, negligible) {
		return false
	}
	b.left = max(0, b.left-risk)
	b.paid += risk
	return true
}

// wait returns how many seconds the next request must wait at t.
func (c *caution) wait(t float64, flow *outflow) float64 {
	risk, guard, rate := c.book.risk(t)
	rate = min(rate, 1/max(1e-9, t-c.latest)) // what is sent now
	loses, pace := max(0, 1-trifle-rate/c.book.mean), c.book.pace()
	if c.weighed == 1 {
		loses, pace = max(loses, openKind), max(pace, 2*c.book.mean)
	}
	growth := c.budget.earn(t, loses)
	spacing := c.latest + 1/pace - t
	if spacing > 1e-9 && c.book.spare(t) >= 1 {
		// What a pause missed is made good at once. Closer to the limit requests keep
		// their distance, because they may arrive in another order.
		spacing = min(spacing, (1-flow.level)/flow.rate)
	}
	if spacing > 1e-9 {
		return spacing
	}
	if c.budget.spend(risk, guard) {
		return 0
	}
	c.budget.held, c.budget.heldAt = true, t
	return c.worthIt(t, growth)
}

// worthIt returns after how many seconds the risk is worth it.
func (c *caution) worthIt(t, growth float64) float64 {
	lo, hi := 0.0, 4/c.book.mean
	for range 6 {
		mid := (lo + hi) / 2
		if _, guard, _ := c.book.risk(t + mid); guard <= max(negligible, c.budget.left+growth*mid) {
			hi = mid
		} else {
			lo = mid
		}
	}
	return hi
}

func (c *caution) sent(t float64) {
	c.latest = t
	c.book.sent(t)
}

// refused begins a new budget after a refusal that asks for a pause. What a bucket regains
// meanwhile is not lost.
func (c *caution) refused(pause, trip float64) {
	b := &c.book
	c.budget = budget{cost: max(0, pause-b.size/b.mean) + trip + 3/b.mean}
	c.weighed++
	if b.sure() {
		c.change.highest = max(c.change.highest, b.mean)
	}
}

// surprised reports whether so much was risked for no refusal that the book must be wrong.
func (c *caution) surprised() bool { return c.book.sure() && c.budget.paid > surprise }

// changes is how the limit has changed so far.
type changes struct {
	count    int
	highest  float64 // the highest limit that was known well or seen, in requests per second
	since    float64 // when the limit was last looked over; +Inf: while it is
	patience float64 // about 1, at random: keeps runs that share a limit out of step
}

// A limit rises once in prior seconds, until more is known, and a rise brings a part of the
// speed.
const (
	prior = 130.0
	part  = 0.25
)

// worthALook reports whether a look at t may bring what it costs, both in seconds: a higher
// limit that came since the latest look has cost as much already (ski rental), and would
// cost as much in the seconds that are left of the run.
func (c *changes) worthALook(t, cost, rate, left float64) bool {
	age := t - c.since
	if age <= 0 {
		return false
	}
	return c.often(t)*max(1, c.highest/rate)*age*min(age/2, left) >= cost*c.patience
}

// often is how much speed rises bring per second: as many are expected as were seen.
func (c *changes) often(t float64) float64 { return part * float64(max(1, c.count)) / (prior + t) }
