package pace

import "math"

// A meter is one explanation of the refusals: a limit of which everything is assumed
// but how much it holds. What was accepted fills it, and so tells the size: it is at
// least the greatest depth at which a request was accepted, and less than the least depth
// at which one was refused. A meter in which these contradict each other is wrong.
type meter struct {
	// A bucket drains at a rate, in requests per second. A window holds what was sent in a
	// period of seconds: a fixed one is emptied at its edges, a sliding one forgets what
	// is older.
	rate         float64
	period, edge float64
	past         *[]float64 // of a sliding window: when accepted requests were sent
	turn         float64    // of a cap on requests at a time: seconds that one takes

	usual   float64 // size that is likely; 0: any is
	step    float64 // half the distance to the next meter: a share of the rate, or seconds of the edge
	stretch float64 // the same of the period, as a share of it; 0: it is known
	prior   float64 // weight before anything was refused

	now, start gauge // after all requests of the log, and before them
	played     bool  // now is that of the log
	rest       rest
}

// A gauge is what a meter shows.
type gauge struct {
	used  float64 // requests it holds; below 0: how long it has been empty, times its rate
	at    float64 // the time at which used was computed
	since float64 // requests since it was empty
	near  float64 // requests so close to the beginning of a fixed window that it may be the other one's
	next  float64 // the same at its end, so far
	shut  float64 // the least depth that was refused in this fixed window; 0: none was
	tail  int     // the oldest request in a sliding window
	least float64 // the greatest depth that was accepted
	often float64 // how often: less deep ones count in part
	under float64 // the least depth that was refused
	fuzz  float64 // requests that may have changed places with the one refused at under
	blur  float64 // error of under, because the meter is one of a grid
	habit float64 // chance of the waits that were asked for, and of what a fixed window accepted after it had refused
	early
}

// early is the refusals at depths that were accepted.
type early struct {
	times float64 // how many
	doubt float64 // by how many requests they came too early, in all
	close float64 // how many came hardly too early since a request was accepted as deep
}

func newGauge() gauge { return gauge{least: 1, under: math.Inf(1), habit: 1} }

// middle is the middle of the sizes that are left.
func (g *gauge) middle() float64 {
	if math.IsInf(g.under, 1) {
		return g.least
	}
	return (g.least + g.under) / 2
}

// pass lets time pass until t.
func (m *meter) pass(g *gauge, t float64) {
	switch {
	case t <= g.at || m.turn > 0:
		return
	case m.rate > 0:
		g.used -= m.rate * (t - g.at)
	case m.past != nil:
		for p := *m.past; g.tail < len(p) && p[g.tail] <= t-m.period; g.tail++ {
			g.used--
		}
	case t-g.at >= m.period:
		g.used, g.since, g.near, g.next, g.shut = 0, 0, 0, 0, 0
	case math.Floor((t-m.edge)/m.period) != math.Floor((g.at-m.edge)/m.period):
		g.used, g.since, g.near, g.next, g.shut = 0, 0, g.next, 0, 0
	}
	g.at = t
}

// accept records a request that was accepted at t. It tells something of the size unless
// it was sent while others were refused. It returns what deepen does.
func (m *meter) accept(g *gauge, t float64, tells bool) (share float64) {
	m.pass(g, t)
	depth := g.used + 1
	if g.used <= 0 {
		g.used, g.since = 0, 0
	}
	g.used++
	g.since++
	since, until := m.edges(t)
	off := m.off(t)
	if since < off {
		g.near++
	}
	if until < off {
		g.next++
	}
	if until < m.early(t) || !tells {
		return 0
	}
	if g.shut > 0 && depth >= g.shut {
		g.habit *= lenient
	}
	if depth > g.least-blunt-g.blur-2*m.rest.fresh/logistic {
		g.close = 0
	}
	least := g.least
	if share = m.deepen(g, depth); g.least > least {
		m.smear(g)
	}
	return share
}

// deepen records that a depth was accepted. Each request arrives a little earlier or later
// than it seems, so a depth that was accepted often is safer than one accepted once. It returns
// the request's share of all that were accepted there.
func (m *meter) deepen(g *gauge, depth float64) (share float64) {
	s := max(m.rest.fresh, 1e-6)
	if depth < g.least-5*s { // less than a hundredth
		return 0
	}
	if depth > g.least {
		if depth < g.least+16*s { // others count for nothing
			g.often = g.often*math.Exp((g.least-depth)/s) + 1
		} else {
			g.often = 1
		}
		g.least = depth
		return 1 / g.often
	}
	once := math.Exp((depth - g.least) / s)
	g.often += once
	return once / g.often
}

// proven is what the size is above, because of all that was accepted.
func (m *meter) proven(g *gauge) float64 {
	return g.least + m.rest.fresh*math.Log(max(1, g.often))
}

// edges returns how many seconds ago a fixed window began at t, and in how many it ends.
func (m *meter) edges(t float64) (since, until float64) {
	if m.period == 0 || m.past != nil {
		return math.Inf(1), math.Inf(1)
	}
	_, part := math.Modf((t - m.edge) / m.period)
	if part < 0 {
		part++
	}
	return part * m.period, (1 - part) * m.period
}

// lenient is the chance that a fixed window accepts a request after it has refused one.
const lenient = 0.001

// off is by how many seconds the edges of a window near t may be off.
func (m *meter) off(t float64) float64 { return m.step + m.stretch*math.Abs(t-m.edge) }

// early is by how many seconds a window may end later than it seems at t.
func (m *meter) early(t float64) float64 {
	if m.period == 0 {
		return 0
	}
	return m.off(t) + max(0.002, 2*m.rest.noise)
}

// smear makes room for the error that the meter's own rate or edge has made until now.
func (m *meter) smear(g *gauge) {
	switch {
	case m.rate > 0:
		g.blur = max(g.blur, m.step*(g.since-g.used)) // of what drained at the meter's rate
	case m.period > 0:
		g.blur = max(g.blur, g.near/2, m.off(g.at)*g.used/m.period) // those at the edge, or as many as usual
	}
}

// settle takes what a meter of a grid shows for what all those show that it will be split into.
func (m *meter) settle(g *gauge) {
	m.smear(g)
	g.least, g.under, g.blur = max(1, g.least-g.blur), g.under+g.blur, 0
}

// speedUp makes the rate so many times as high: at its start the meter then holds less.
func (m *meter) speedUp(times float64) {
	m.rate *= times
	m.start.used -= (times - 1) * (m.start.since - m.start.used)
}

// split splits off the upper half of what the meter stands for.
func (m *meter) split() (other meter) {
	m.prior, m.played = m.prior/2, false
	other = *m
	switch {
	case m.rate > 0:
		m.step /= 2
		other.step = m.step
		m.speedUp(math.Exp(-m.step))
		other.speedUp(math.Exp(m.step))
	case m.stretch*math.Abs(m.now.at-m.edge) > m.step:
		m.stretch /= 2
		other.stretch = m.stretch
		m.period, other.period = m.period*(1-m.stretch), m.period*(1+m.stretch)
	default:
		m.step /= 2
		other.step = m.step
		m.edge, other.edge = m.edge-m.step, m.edge+m.step
	}
	return other
}

// refuse records a request that was refused at t, when the meter held some others. fuzz is
// how many requests may have changed places with it.
func (m *meter) refuse(g *gauge, t, used, fuzz float64) {
	if since, _ := m.edges(t); since < m.early(t) && !math.IsInf(g.under, 1) {
		return // it may have come before
	}
	if m.period > 0 && m.past == nil && t >= g.at && (g.shut == 0 || used+1 < g.shut) {
		g.shut = used + 1
	}
	if m.turn > 0 {
		if used == 0 {
			g.doubt += 2 // any cap has room for one
		}
		used -= 0.5 // a cap is a whole number
	}
	if short := g.least - used - 1 - 2*fuzz; short > 0 {
		if g.times++; short < blunt+g.blur {
			g.close++ // there a request is as likely to be accepted as refused
		}
		// This one and the deepest that was accepted may each have come a deviation too early or too
		// late. Where arrivals differ much, the size is blurred anyway: then it is one and a tenth.
		one := m.rest.fresh / logistic
		g.doubt += max(0, short-min(2*one, one+0.1))
	}
	if used+1 < g.under {
		g.under, g.fuzz = used+1, fuzz
		m.smear(g)
	}
}

// asked records that a refusal at t asked for a wait in seconds, after one that asked for
// before; 0: none. A window asks for its end, and a bucket for the time that it needs for a
// request. Either may always ask for the same instead; of a window that is less likely.
func (m *meter) asked(g *gauge, t, wait, before float64) {
	if m.fits(g, t, wait) || wait == before {
		return
	}
	g.habit *= 1 / (4 * wait) // a habit of any length
	if m.period > 0 {
		g.habit *= stubborn * min(1, wait/m.period)
	}
}

// stubborn is the chance that a window always asks for the same wait, if that is as long as it.
const stubborn = 0.05

// fits reports whether a limit of this kind would ask at t for a wait.
func (m *meter) fits(g *gauge, t, wait float64) bool {
	end := t
	switch {
	case m.period == 0:
		return wait <= 1+1/m.speed()
	case m.past == nil:
		end = m.edge + (math.Floor((t-m.edge)/m.period)+1)*m.period
	case g.tail < len(*m.past):
		end = (*m.past)[g.tail] + m.period
	}
	// Whole seconds are rounded up, and those of a date twice.
	off := t + wait - end
	return off >= -0.05-m.off(t) && off <= 2.05+m.off(t)
}

// speed is the rate that the meter accepts in the long run. A bucket that holds a single request
// refuses each one that arrives early, so they must be farther apart, by two deviations.
func (m *meter) speed() float64 {
	switch {
	case m.rate > 0:
		return m.rate / (1 + max(0, 2*m.rest.fresh/logistic-(max(m.now.least, m.now.under)-1)))
	case m.turn > 0:
		return m.now.least / m.turn
	}
	return max(1, m.now.under-1) / m.period
}
