package pace

// caution sends requests by what the book says of their risk. While risk alone holds the
// next one back, time is lost, and as many seconds of refusals may be paid as were lost
// since the latest refusal (ski rental). So there is nothing to plan: what is without risk
// is sent at once, what is open is tried step by step, and what would cost more than it
// brings is left alone.
type caution struct {
	on     bool // the book is in use
	book   book
	budget budget
	change changes

	top         float64 // the rate at which the first refused request was sent
	latest      float64 // when the latest request was sent
	refusedAt   float64 // when the latest refused request was sent
	weighed     int     // episodes of refusals that were weighed
	first       bool    // the latest one was the first for its explanations: a second is needed
	unforetold  int     // refusals in a row that nothing foretold; see foretell
	madeGood    float64 // until when requests may make good what a pause took of a window
	now, before finding // at the latest refusal, and at the one before
}

// finding is what a book found.
type finding struct{ size, mean float64 }

// budget is what may be risked.
type budget struct {
	left  float64 // refusals, when the latest request was sent
	total float64 // refusals that were risked since the latest
	cost  float64 // of a refusal, in seconds
	from  float64 // when the latest request was sent, or the pause before it ended
	held  float64 // the rate of the meters that hold the next request back; 0: none does
	flow  float64 // the rate at which requests were served then
	mean  float64 // the likely rate then, of which a part is lost meanwhile
	eager float64 // refusals that may be paid with the time that one costs
}

const (
	eager    = 5.0  // refusals paid with the time that one costs before the second, which is needed anyway
	trifle   = 0.01 // share of the rate that no refusal is worth
	hardly   = 0.05 // chance that what a pause missed is refused when it is made good at once
	foretold = 0.05 // refusals that must have been risked for the next one to be expected

	// A limit that changed refuses once or twice though nothing foretold it.
	mostUnforetold = 3
)

// at is what may be risked at t.
func (b *budget) at(t float64) float64 {
	if b.held == 0 {
		return b.left
	}
	span := max(1e-9, t-b.from)
	now := min(b.held, max(1/span, b.flow)) // what is sent now, if they are right
	return b.left + b.eager*max(0, 1-trifle-now/b.mean)/b.cost*span
}

// wait returns how many seconds the next request must wait at t, when others are in flight and so
// many are still to be sent in the run.
func (c *caution) wait(t float64, others int, toSend float64, flow *outflow) float64 {
	b := &c.budget
	spacing := c.latest + 1/c.book.pace() - t
	if c.book.cap > 0.5 {
		spacing = 0 // its requests keep no distance
	}
	switch saved := (1 - flow.level) / flow.rate; {
	case spacing <= 1e-9:
	case toSend > 0 && c.book.suffices(t, others, toSend):
		spacing = 0 // so the run ends in this window
	case saved < spacing && c.book.short(t, others, 2) < hardly:
		// What a pause missed is made good at once. Closer to the limit requests keep
		// their distance, because they may arrive in another order.
		spacing = saved
	}
	if spacing > 1e-9 {
		return spacing
	}
	risk, rate := c.book.risk(t, others)
	if risk > b.at(t) {
		b.held, b.flow, b.mean = rate, float64(others)/c.book.turn, c.book.mean
	}
	if left := b.at(t); !(risk > left) { // nor where one of them is not a number
		b.left, b.held = max(0, left-risk), 0
		b.total += risk
		return 0
	}
	return c.worthIt(t)
}

// worthIt returns after how many seconds the risk is worth it, at most a quarter of that too late.
// It tries short waits first, because most are short.
func (c *caution) worthIt(t float64) float64 {
	worth := func(wait float64) bool { return c.book.later(t+wait) <= c.budget.at(t+wait) }
	lo, hi := 0.0, 1/(256*c.book.mean)
	for hi < 4/c.book.mean && !worth(hi) {
		lo, hi = hi, 2*hi
	}
	for range 2 {
		if mid := (lo + hi) / 2; worth(mid) {
			hi = mid
		} else {
			lo = mid
		}
	}
	return hi
}

func (c *caution) sent(t float64, others int) {
	c.latest, c.budget.from = t, t
	c.book.sent(t, others)
}

// atRandom reports whether the server has refused at random.
func (c *caution) atRandom() bool { return c.unforetold >= mostUnforetold }

// foretell counts the refusals in a row that nothing foretold, and that even the best meter explains
// only by an error, if at all. Those of a look or of a climb are expected, and only a limit refuses
// again and again at the same depth. Once there were so many that the server refused at random, it
// takes as many that were foretold to think otherwise.
func (c *caution) foretell(expected bool) {
	switch {
	case !expected && c.budget.total < foretold && c.book.misfit >= 1 && c.book.likeliest().now.close <= 1:
		if c.unforetold++; c.atRandom() {
			c.unforetold = 2 * mostUnforetold
		}
	case c.atRandom():
		c.unforetold--
	default:
		c.unforetold = 0
	}
}

// refused begins a new budget after a refusal.
func (c *caution) refused(resumes, cost float64) {
	b := &c.book
	c.budget = budget{eager: 1, from: resumes, cost: cost}
	c.weighed++
	if c.first {
		c.budget.eager, c.first = eager, false
	}
	if b.sure() {
		c.change.highest = max(c.change.highest, b.mean)
	}
}

// changes is how the limit has changed so far.
type changes struct {
	count    int
	at       float64 // when the limit changed last; 0: not since the run began
	highest  float64 // the highest limit that was known well or seen, in requests per second
	since    float64 // when the limit was last looked over; +Inf: no look while refusals are not explained yet
	first    float64 // when a remembered limit is first looked over; 0: as any other
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
	switch {
	case age <= 0:
		return false
	case c.first > 0 && t >= c.first:
		return true
	}
	return c.often(t)*max(1, c.highest/rate)*age*min(age/2, left) >= cost*c.patience
}

// often is how much speed rises bring per second: as many are expected as were seen.
func (c *changes) often(t float64) float64 { return part * float64(max(1, c.count)) / (prior + t) }
