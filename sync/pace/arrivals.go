package pace

import "math"

// An arrival is a request as the server saw it.
type arrival struct {
	began float64 // when it was sent
	at    float64 // when it arrived, less the mean time from us to the server
	end   float64 // when its answer came
	asked float64 // the wait that a refusal asked for, in seconds
	fuzz  float64 // requests that may have changed places with a refused one
	met   float64 // others that the server was working on
	state state
}

// late is by how many seconds a busy machine sees an answer too late, mostly.
const late = 0.002

// arrivals estimates when the requests of a log arrived. A refusal takes no time to make,
// so the server saw it in the middle between request and answer.
func arrivals(into []arrival, log history, n network) []arrival {
	into = into[:0]
	noise := n.noise()
	for i, s := range log {
		e := arrival{began: s.at, at: s.at, end: s.end, asked: s.asked, state: s.state}
		before, after := s.at, s.at+n.trip/2+late // those that were there for sure
		if s.state == refused {
			before, after = s.at+2*noise, s.at // those that may have been there: all that were not answered
			e.at += (s.end - s.at - n.trip) / 2
			earlier, later := log.around(i, e.at, 2*noise)
			e.fuzz = float64(max(earlier, later)) / 2
		}
		e.met = float64(log.inService(i, before, after))
		into = append(into, e)
		for k := len(into) - 1; k > 0 && into[k].before(into[k-1]); k-- {
			into[k], into[k-1] = into[k-1], into[k]
		}
	}
	return into
}

// before reports whether a arrived before b. Of those that were sent at once, the accepted ones did.
func (a arrival) before(b arrival) bool {
	if a.began == b.began {
		return a.state == accepted && b.state == refused
	}
	return a.at < b.at
}

// replay runs a meter over arrivals, from its start to now.
type replay struct {
	meter *meter
	gauge gauge
	asked float64 // the wait that the latest refusal asked for
	known float64 // when the first of the latest refusals was answered
	last  arrival // the last of those, if there were several
	used  float64 // what the meter held then
}

// play returns what a meter shows after some arrivals.
func (m *meter) play(all []arrival) gauge {
	r := replay{meter: m, gauge: m.start, known: math.Inf(-1)}
	for _, a := range all {
		if a.at <= m.start.at && m.start.at > 0 {
			continue
		}
		if a.began >= r.known {
			r.conclude()
		}
		if m.turn > 0 {
			r.gauge.used, a.fuzz = a.met, 0
		}
		switch a.state {
		case accepted:
			m.accept(&r.gauge, a.at, a.began >= r.known)
		case open, unclear, said503: // it was probably counted, but what it tells is not known
			m.accept(&r.gauge, a.at, false)
		case refused:
			r.refuse(a)
		}
	}
	r.conclude()
	return r.gauge
}

// refuse records a refusal. Of several in a row the first and the last count, because the
// least of many depths is less than the size.
func (r *replay) refuse(a arrival) {
	m, g := r.meter, &r.gauge
	m.pass(g, a.at)
	if a.began < r.known {
		r.last, r.used = a, g.used
	} else {
		m.refuse(g, a.at, g.used, a.fuzz)
		r.known = a.end
		if a.asked > 0 {
			m.asked(g, a.end, a.asked, r.asked)
			r.asked = a.asked
		}
	}
}

// conclude records the last of several refusals.
func (r *replay) conclude() {
	if r.last.state == refused {
		r.meter.refuse(&r.gauge, r.last.at, r.used, r.last.fuzz)
		r.last = arrival{}
	}
}

// network is what the round trips of refusals tell: a refusal takes no time to make.
type network struct{ trip, spread float64 } // mean and deviation, in seconds

func (n *network) took(trip float64) {
	if n.trip == 0 {
		n.trip, n.spread = trip, trip/4
		return
	}
	n.spread += (math.Abs(trip-n.trip) - n.spread) / 4
	n.trip += (trip - n.trip) / 8
}

// noise is the standard deviation of a request's time of arrival, in seconds: that of one way,
// where the mean deviation of both ways is known.
func (n *network) noise() float64 { return max(0.0001, 0.87*n.spread) }
