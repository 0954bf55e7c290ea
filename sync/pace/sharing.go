package pace

import "math"

// sharing is how a limit is used that others use, too. What they send explains the refusals, so
// the book has no meters. Additive increase with multiplicative decrease brings all to fair
// shares. Where nothing was refused for long, the others have ended, and the rate rises ever
// more steeply.
type sharing struct {
	rate float64 // requests per second when it began to rise; 0: the limit is not shared
	from float64 // when it began to rise
	up   float64 // requests per second, each second
	sent float64 // requests since from
}

const (
	cutShare = 0.8        // of the rate, when refused
	creep    = 0.005      // share of the rate at which the climb was refused, each second
	regained = 4.0        // seconds in which a cut is regained, at least
	steeply  = 10.0       // seconds after which the rate has risen twice as much
	unlikely = prior / 20 // seconds in which a limit hardly changes by itself
)

// at is the rate at t.
func (s *sharing) at(t float64) float64 {
	x := max(0, t-s.from)
	return s.rate + s.up*x*(1+x*x/(steeply*steeply))
}

// used is the rate at t as far as it is used: where something else holds requests back, it does not
// rise without end. The mean since it began to rise is always more than a quarter of it.
func (s *sharing) used(t float64) float64 {
	return min(s.at(t), 4*(s.sent+1)/max(t-s.from, 1e-9))
}

// share cuts the rate at which the latest refused request was sent. It begins with what the book
// thought was the limit.
func (l *learner) share(t float64) {
	c := &l.caution
	was := c.now.mean
	if l.sharing.rate > 0 {
		was = l.sharing.used(l.episode.first)
	}
	l.sharing = sharing{rate: cutShare * was, from: max(t, l.backoff.until),
		up: min(creep*c.top, (1-cutShare)*was/regained)}
	c.book = book{net: c.book.net, turn: c.book.turn,
		summary: summary{mean: l.sharing.rate, high: l.sharing.rate, size: c.now.size}}
	l.phase, l.began, l.cap = weighing, t, 0
	c.on, c.unforetold, l.outflow.depth, c.budget = true, 0, 1, budget{}
	c.change.since, c.change.first = math.Inf(1), 0 // no look: the rate rises all the time
	c.weighed++
	c.refusedAt = l.episode.last
	l.log.drop(l.episode.last)
}
