package pace

import "time"

// sent is a request that was started.
type sent struct {
	began time.Time // as Take was told
	at    float64   // the same, in seconds since the learner's base
	end   float64   // of its answer
	state state
}

type state uint8

const (
	open state = iota
	accepted
	refused
	unclear // lost, or of no meaning to the limit
)

// history is what was sent and what came of it, in the order of its start.
type history []sent

func set(s *sent, to state, t float64) {
	if s != nil {
		s.state, s.end = to, t
	}
}

// find finds the request that was started at, and is open.
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

// acceptedFrom is how many of the requests started since at were accepted.
func (h history) acceptedFrom(at float64) (n int) {
	for i := len(h) - 1; i >= 0 && h[i].at >= at; i-- {
		if h[i].state == accepted {
			n++
		}
	}
	return n
}

// openFrom reports whether a request started since at is under way.
func (h history) openFrom(at float64) bool {
	for i := len(h) - 1; i >= 0 && h[i].at >= at; i-- {
		if h[i].state == open {
			return true
		}
	}
	return false
}

// openBefore reports whether a request started before at is under way.
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

// rateBefore is the rate, in requests a second, at which they were started just
// before at: over a span, or more if there were few. 0 if there were none.
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

// betweenRefusals measures, from one time to another, what was accepted between
// refusals: there a request was accepted because a place had just become free.
func (h history) betweenRefusals(from, to float64) (rate float64, n int) {
	var first, last float64
	count := 0
	prev := accepted
	for _, s := range h {
		if s.at < from || s.at > to+1e-9 && prev != refused {
			prev = s.state
			continue
		}
		if s.state == accepted {
			if first > 0 {
				count++
			}
			if prev == refused {
				if first == 0 {
					first = s.at
				}
				last, n = s.at, count
			}
		}
		prev = s.state
	}
	if n == 0 {
		return 0, 0
	}
	return float64(n) / (last - first), n
}

// countBetween is how many requests of between two times, both left out, were not
// refused.
func (h history) countBetween(from, to float64) (n int) {
	for _, s := range h {
		if s.state != refused && s.at > from && s.at < to {
			n++
		}
	}
	return n
}

// levelAt is what a bucket of a rate and a size, empty at from, would hold at to.
func (h history) levelAt(rate, size, from, to float64) float64 {
	level, at := 0.0, from
	for _, s := range h {
		if s.at <= from {
			continue
		}
		if s.at >= to {
			break
		}
		level = min(size, level+rate*(s.at-at))
		at = s.at
		if s.state != refused {
			level--
		}
	}
	return min(size, level+rate*(to-at))
}

// drop forgets the requests that ended before at. Those that were in flight then
// tell how crowded it was.
func (h *history) drop(at float64) {
	kept := (*h)[:0]
	for _, s := range *h {
		if s.at > at || s.state == open || s.end > at {
			kept = append(kept, s)
		}
	}
	*h = kept
}

// halve forgets the older half, and returns when its latest request was started.
func (h *history) halve() float64 {
	half := len(*h) / 2
	at := (*h)[half-1].at
	*h = append((*h)[:0], (*h)[half:]...)
	return at
}
