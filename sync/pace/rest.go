package pace

import "math"

// rest is what a meter leaves open, as far as it changes only when its gauge tells something.
type rest struct {
	noise float64 // error of a request's arrival, in seconds
	sigma float64 // error of a depth, in requests
	fresh float64 // the part of it that is another for each request, because of when it arrives
	room  float64 // see left
	least float64 // what had been accepted then, and how often
	often float64
}

// hear takes the error of a request's arrival, in seconds.
func (m *meter) hear(noise float64) {
	speed := m.rate
	switch {
	case m.past != nil:
		speed = m.now.least / m.period
	case m.turn > 0:
		speed = m.now.least / m.turn
	}
	m.rest.noise, m.rest.fresh = noise, logistic*noise*speed
}

// logistic is the scale of a logistic distribution with a deviation of 1.
const logistic = 0.55

// sharpen computes what the meter leaves open. noise is the error of a request's arrival, in
// seconds.
func (m *meter) sharpen(noise float64) {
	m.rest.sigma = m.sigma(&m.now, noise)
	m.rest.room = m.left(m.proven(&m.now), m.now.under)
	m.rest.least, m.rest.often = m.now.least, m.now.often
}

// less is by how much less is left open because of what was accepted since it was sharpened.
func (m *meter) less(noise float64) float64 {
	g, r := &m.now, &m.rest
	if g.least == r.least && g.often < 1.002*r.often {
		return 1
	}
	before := m.proven(&gauge{least: r.least, often: r.often})
	m.sharpen(noise)
	if all := m.left(before, g.under); all > 0 {
		return r.room / all
	}
	return 1
}

// whole is the chance that a bucket holds a whole number of requests.
const whole = 0.9

// left is how many sizes are left between what was accepted and what was refused.
func (m *meter) left(from, to float64) float64 {
	s := m.rest.sigma
	x := (to - from) / s
	all := s * room(x)
	if m.rate == 0 || s > 0.4 || to-from > 4 {
		return all
	}
	sum := 0.0
	for k := math.Floor(from - 4*s); k <= to+4*s; k++ {
		sum += 1 / ((1 + math.Exp(2*(from-k)/s)) * (1 + math.Exp(2*(k-to)/s)))
	}
	if x < 0 {
		sum *= math.Exp(-x * x / 4)
	}
	return whole*sum + (1-whole)*all
}

// room is how much room there is between what was accepted and what was refused, both in
// errors; below 0 how likely it is that the one or the other is an error.
func room(x float64) float64 {
	switch {
	case x > 20:
		return x
	case x < -30:
		return 0
	case x < 0:
		return math.Log1p(math.Exp(x)) * math.Exp(-x*x/4)
	}
	return math.Log1p(math.Exp(x))
}

// blunt is the error of a depth without any other reason, in requests.
const blunt = 0.03

// sigma is the error of a depth, in requests. noise is that of a request's arrival, in
// seconds.
func (m *meter) sigma(g *gauge, noise float64) float64 {
	if m.turn > 0 {
		return 0.35 + m.rest.fresh/logistic // one may have come or gone unseen
	}
	return blunt + g.blur + max(noise*m.speed(), g.fuzz)
}

// misfit is by how many errors what was accepted and what was refused contradict each
// other, or what the server asked for and the end of a window.
func (m *meter) misfit() float64 {
	g := &m.now
	misfit := (max(0, g.least-g.under)+g.doubt)/m.rest.sigma + max(0, g.close-1)/2
	if m.period > 0 {
		misfit -= math.Log(g.habit) / 2
	}
	return misfit
}

// refuses is the chance that a request at t is refused: because the size is less, as far as
// that is still open, or because of when it arrives, where that was a reason before.
func (m *meter) refuses(t float64) float64 {
	if m.rest.room < 1e-12 {
		return 0
	}
	g := m.now
	m.pass(&g, t-m.early(t))
	share := m.deepen(&g, g.used+1)
	if share == 0 {
		return 0
	}
	open := max(0, 1-m.left(m.proven(&g), g.under)/m.rest.room)
	return 1 - (1-open)*(1-g.again(share))
}

// again is the chance that what was refused before at accepted depths is refused again.
func (e *early) again(share float64) float64 { return e.times * share / (1 + e.times*share) }

// spare is how many more requests at t are known to be accepted.
func (m *meter) spare(t float64) float64 {
	g := m.now
	m.pass(&g, t-m.early(t))
	if m.turn > 0 {
		return g.least - g.used
	}
	return g.least - max(g.used, 0)
}

// density is the prior weight of a size, on average over those that are left.
func (m *meter) density() float64 {
	g := &m.now
	size := max(1, g.least)
	w := m.prior * g.habit * math.Exp(-g.doubt/m.rest.sigma-max(0, g.close-1)*math.Ln2)
	if m.stretch > 0 {
		w /= 1 + 2*g.blur // of all that the meter stands for, only so many fit
	}
	if m.usual > 0 {
		x := math.Log(size / max(1, m.usual))
		return w / size / (math.Pi * (1 + x*x))
	}
	// Any up to e^9 requests, but seldom a few.
	if least, wide := size+10, g.under-size; wide > 1 && !math.IsInf(wide, 1) {
		return w / 9 * math.Log1p(wide/least) / wide
	}
	return w / 9 / (size + 10)
}
