package sync

import (
	"math"
	"time"
)

// line is a line of requests in the order in which they were sent, and the outage
// that was found in it.
type line struct {
	of         int // its number
	head, tail *request
	latest     moment // when the latest answered request was sent

	down   bool
	from   moment    // when the outage's first request was sent
	failed moment    // when its first failure came
	since  time.Time // the time of that failure
	until  moment    // when the request that ended it was sent
}

func (l *line) add(r *request) {
	r.links[l.of].before = l.tail
	if l.tail == nil {
		l.head = r
	} else {
		l.tail.links[l.of].behind = r
	}
	l.tail = r
}

func (l *line) remove(r *request) {
	at := r.links[l.of]
	if at.before == nil {
		l.head = at.behind
	} else {
		at.before.links[l.of].behind = at.behind
	}
	if at.behind == nil {
		l.tail = at.before
	} else {
		at.behind.links[l.of].before = at.before
	}
	r.links[l.of] = link{}
}

// answer records that r was answered. An outage ends when a request is answered that was
// sent after the outage's first failure: an earlier request may have been answered before
// the outage began. Of several answers in a row only one is stored, to separate the
// failures on both sides.
func (l *line) answer(r *request) {
	l.latest = max(l.latest, r.sent)
	if l.down && r.sent > l.failed {
		l.down, l.until = false, r.sent
	}
	for _, neighbour := range []*request{r.links[l.of].before, r.links[l.of].behind} {
		if neighbour != nil && neighbour.state == replied {
			l.remove(neighbour)
		}
	}
}

// during reports whether r was sent during the latest outage.
func (l *line) during(r *request) bool {
	return l.from > 0 && r.sent >= l.from && (l.down || r.sent < l.until)
}

// oldestInFlight is when the oldest request that is in flight was sent.
func (l *line) oldestInFlight() moment {
	for r := l.head; r != nil; r = r.links[l.of].behind {
		if r.state == inFlight {
			return r.sent
		}
	}
	return math.MaxInt
}

// stretch is a part of a line that has no answer.
type stretch struct {
	first, last *request
	rows        int  // how many different rows failed, without those that fail by themselves
	known       bool // one of its failures is known to be part of an outage
	closed      bool // none of its requests is in flight
}

// outage reports whether the API was down while the stretch was sent.
func (s stretch) outage() bool { return s.rows >= outageRows }

// around is the stretch around r. It ends at requests in flight that hopeful accepts: those
// will probably be answered.
func (l *line) around(r *request, hopeful func(*request) bool) stretch {
	s := stretch{first: r, last: r, closed: true}
	ends := func(f *request) bool {
		if f == nil || f.state == replied {
			return true
		}
		if f.state == inFlight {
			s.closed = false
			return hopeful(f)
		}
		return false
	}
	for f := r.links[l.of].before; !ends(f); f = f.links[l.of].before {
		s.first = f
	}
	for f := r.links[l.of].behind; !ends(f); f = f.links[l.of].behind {
		s.last = f
	}
	s.count(l)
	return s
}

// count counts the rows. It leaves out a row that failed while others were answered, and a
// row that kept failing after others had ended several outages. A page of the listing
// belongs to no row, so each of its failures counts.
func (s *stretch) count(l *line) {
	type failures struct {
		charged, spared int
		pages           bool
	}
	rows := map[*tries]failures{}
	for f := s.first; f != s.last.links[l.of].behind; f = f.links[l.of].behind {
		if f.state != failing {
			continue
		}
		n := rows[f.of]
		n.pages = f.kind == pageRequest
		if f.spared {
			s.known = true
			n.spared++
		} else {
			n.charged++
		}
		rows[f.of] = n
	}
	for of, n := range rows {
		switch {
		case of.charged > n.charged, of.outlived >= outlivedOutages: // it fails by itself
		case n.pages:
			s.rows += n.charged + n.spared
		default:
			s.rows++
		}
	}
}
