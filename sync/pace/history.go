package pace

import "time"

// sent is a request that was started, and its answer.
type sent struct {
	began time.Time // the now that Take was given
	at    float64   // the same, in seconds since the learner's base
	end   float64   // when its answer came
	asked float64   // the wait that a refusal asked for, in seconds
	state state
}

type state uint8

const (
	open state = iota
	accepted
	refused
	unclear // lost, or an answer that says nothing about the limit
	said503 // with a 503 that counts as a failure
)

// history is the requests that were sent, in the order in which they started.
type history []sent

func set(s *sent, to state, t float64) {
	if s != nil {
		s.state, s.end = to, t
	}
}

// find returns the open request that was started at a time, or nil.
func (h history) find(at float64) *sent {
	lo, hi := 0, len(h)
	for lo < hi {
		if mid := (lo + hi) / 2; h[mid].at < at-1e-9 {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	for i := lo; i < len(h) && h[i].at <= at+1e-9; i++ {
		if h[i].state == open {
			return &h[i]
		}
	}
	return nil
}

// acceptedFrom returns how many of the requests started since at were accepted.
func (h history) acceptedFrom(at float64) (n int) {
	for i := len(h) - 1; i >= 0 && h[i].at >= at; i-- {
		if h[i].state == accepted {
			n++
		}
	}
	return n
}

// openFrom reports whether a request started since at is in flight.
func (h history) openFrom(at float64) bool {
	for i := len(h) - 1; i >= 0 && h[i].at >= at; i-- {
		if h[i].state == open {
			return true
		}
	}
	return false
}

// openBefore reports whether a request started before at is in flight.
func (h history) openBefore(at float64) bool {
	for _, s := range h {
		if s.at >= at {
			return false
		}
		if s.state == open {
			return true
		}
	}
	return false
}

// rateBefore returns the rate, in requests per second, at which requests were started
// just before at: over a span in seconds, or a longer one if there were few. It is 0
// if there were none.
func (h history) rateBefore(at, span float64) float64 {
	i := len(h) - 1
	for i >= 0 && h[i].at >= at {
		i--
	}
	k, n := i, 0
	for k >= 0 && (h[k].at >= at-span || n < 8) {
		n++
		k--
	}
	if n == 0 {
		return 0
	}
	return float64(n) / max(at-h[k+1].at, 1e-3)
}

// countBetween returns how many requests between two times, both excluded, were not
// refused.
func (h history) countBetween(from, to float64) (n int) {
	for _, s := range h {
		if s.state != refused && s.at > from && s.at < to {
			n++
		}
	}
	return n
}

// drop forgets the requests that ended before at. Those that were in flight then are
// kept, because they show how many the server was working on.
func (h *history) drop(at float64) {
	kept := (*h)[:0]
	for _, s := range *h {
		if s.at > at || s.state == open || s.end > at {
			kept = append(kept, s)
		}
	}
	*h = kept
}

// halve forgets the older half.
func (h *history) halve() { *h = append((*h)[:0], (*h)[len(*h)/2:]...) }

// around returns how many requests were sent within some seconds before at, and after it. Those that
// were sent together with the request i do not count.
func (h history) around(i int, at, within float64) (before, after int) {
	from, to := i, i
	for from > 0 && h[from-1].at > at-within {
		from--
	}
	for to < len(h)-1 && h[to+1].at < at+within {
		to++
	}
	for _, s := range h[from : to+1] {
		switch {
		case s.at == h[i].at:
		case s.at < at:
			before++
		default:
			after++
		}
	}
	return before, after
}

// farthest is how many requests earlier those began that may still be served.
const farthest = 128

// inService returns how many others the server may have been working on when the request i
// came: they were sent before a time, and answered after another.
func (h history) inService(i int, before, after float64) (n int) {
	for k := max(0, i-farthest); k < len(h) && h[k].at <= before; k++ {
		if k != i && (h[k].state == open || h[k].state == accepted && h[k].end > after) {
			n++
		}
	}
	return n
}
