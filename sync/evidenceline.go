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
	latest     moment // when the latest of those that were answered was sent

	down   bool
	from   moment    // the outage's first request was sent
	failed moment    // its first failure came
	since  time.Time // likewise
	until  moment    // the request that ended it was sent
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

// answer takes note that r was answered. An outage ends with an answer to a request
// that was sent after its first failure: what was sent before may have been answered
// by the API of before the outage. Of answers in succession one is kept: they only
// tell the failures on both sides of them apart.
func (l *line) answer(r *request) {
	l.latest = max(l.latest, r.sent)
	if l.down && r.sent > l.failed {
		l.down, l.until = false, r.sent
	}
	for _, beside := range []*request{r.links[l.of].before, r.links[l.of].behind} {
		if beside != nil && beside.state == replied {
			l.remove(beside)
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

// stretch is a part of a line without an answer in it.
type stretch struct {
	first, last *request
	rows        int  // different rows that failed, and never did by themselves
	known       bool // a failure in it is known to be one of an outage
	closed      bool // none of it is in flight
}

// outage reports whether the API was down while the stretch was sent.
func (s stretch) outage() bool { return s.rows >= outageRows }

// around is the stretch around r, up to requests in flight that may well be
// answered.
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

// count counts the rows. A row that has failed by itself, while others were
// answered, is no evidence, nor one that went on failing when others had ended one
// outage after another. A page of the listing is asked for in nobody's name:
// each of its failures counts.
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
