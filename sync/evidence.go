package sync

import "time"

// evidence is what the latest requests tell about the API. They are kept in the order
// in which they were sent, because an API that goes down fails all requests that are
// sent from some moment on, whenever the failures arrive. The order in which answers
// arrive says nothing: a request from before the outage may be answered long after the
// first failure, and a request that hangs may fail long after the end.
//
// Two lines are looked at: all requests, and the PUTs alone, because an API may go
// on answering GETs while it writes nothing.
type evidence struct {
	lines [2]line
	clock moment
	usual time.Duration // how long an answer may take: the longest of late
}

// moment is a place in the order of what happened: each request that is sent, and
// each answer, is one.
type moment int

// request is one request as evidence.
type request struct {
	of       *tries
	previous *request // of the same task, while this one is in flight
	kind     requestKind
	stage    int // of the task
	state    requestState
	spared   bool // it failed in an outage, and costs its row nothing
	sent     moment
	sentAt   time.Time
	failed   moment
	failedAt time.Time
	links    [2]link // by line
}

type requestState uint8

const (
	inFlight  requestState = iota
	replied                // by an API that is up, whatever it said
	failing                // as by an API that is down
	forgotten              // nothing more will be known of it
)

// link is a place in a line.
type link struct{ before, behind *request }

const (
	// outageRows is how many rows must fail in a row.
	outageRows = 3
	// outlivedOutages that were found with a row's help, and that others ended, show
	// that the row fails by itself.
	outlivedOutages = 3
)

// newEvidence waits for a first answer about as long as a slow one takes.
func newEvidence() evidence {
	return evidence{lines: [2]line{{of: 0}, {of: 1}}, usual: 500 * time.Millisecond}
}

// linesOf are the lines that r stands in.
func (e *evidence) linesOf(r *request) []*line {
	if r.kind == writeRequest {
		return []*line{&e.lines[0], &e.lines[1]}
	}
	return []*line{&e.lines[0]}
}

// send takes note of a request that is sent.
func (e *evidence) send(t task, now time.Time) *request {
	e.clock++
	of := t.tried()
	r := &request{of: of, previous: of.request, kind: t.kind(), stage: of.stage, sent: e.clock, sentAt: now}
	for _, l := range e.linesOf(r) {
		l.add(r)
	}
	return r
}

// answer takes note of an answer of an API that is up. It reports whether an outage
// ends with it.
func (e *evidence) answer(r *request, now time.Time) (ends bool) {
	e.clock++
	e.usual -= e.usual / 64
	e.usual = max(e.usual, now.Sub(r.sentAt))
	wasDown := e.down()
	r.state, r.previous = replied, nil
	for _, l := range e.linesOf(r) {
		l.answer(r)
	}
	for _, l := range e.linesOf(r) {
		e.tidy(l)
	}
	return wasDown && !e.down()
}

// fail takes note of a failure that speaks for an outage. It returns the requests
// that turn out to have failed in one, and whether one that goes on begins.
func (e *evidence) fail(r *request, now time.Time) (spared []*request, begins bool) {
	e.clock++
	r.state, r.previous, r.failed, r.failedAt = failing, nil, e.clock, now
	wasDown := e.down()
	for _, l := range e.linesOf(r) {
		spared = append(spared, e.look(l, r, now)...)
	}
	if begins = !wasDown && e.down(); begins {
		spared = append(spared, e.unrefuted()...)
	}
	return spared, begins
}

// withdraw takes out a request that tells nothing, such as one that was cut off.
func (e *evidence) withdraw(r *request) {
	for _, l := range e.linesOf(r) {
		l.remove(r)
	}
}

// look looks for an outage around a failure. It returns the failures that belong to
// it and were not known to.
func (e *evidence) look(l *line, r *request, now time.Time) (spared []*request) {
	if l.during(r) {
		return spare(nil, r)
	}
	s := l.around(r, func(f *request) bool { return now.Sub(f.sentAt) < 2*e.usual })
	if !s.outage() && !s.known {
		return nil
	}
	first := r
	for f := s.first; f != s.last.links[l.of].behind; f = f.links[l.of].behind {
		if f.state == failing {
			spared = spare(spared, f)
			if f.failed < first.failed {
				first = f
			}
		}
	}
	spared = append(spared, e.beside(s)...)
	if s.outage() && !l.down && l.latest < first.failed { // else it is over
		l.down, l.from, l.failed, l.since = true, s.first.sent, first.failed, first.failedAt
	}
	return spared
}

// beside are the failures of requests that were under way beside a stretch that was
// an outage. They may have come to an API that was down, also where one that was sent
// behind them, and overtook them on the way, did not.
func (e *evidence) beside(s stretch) (spared []*request) {
	for r := e.lines[0].head; r != nil; r = r.links[0].behind {
		if r.state == failing && r.sent < s.last.sent && r.failed > s.first.sent {
			spared = spare(spared, r)
		}
	}
	return spared
}

// unrefuted are the failures after which nothing was sent that was answered. They
// are part of the outage that begins.
func (e *evidence) unrefuted() (spared []*request) {
	for i := range e.lines {
		for r := e.lines[i].head; r != nil; r = r.links[i].behind {
			if r.state == failing && e.lines[i].latest < r.failed {
				spared = spare(spared, r)
			}
		}
	}
	return spared
}

// undecided reports whether a failure may yet turn out to be one of an outage: until
// a request that was sent after it has been answered, and no request is in flight any
// more that was under way beside it and may fail as well.
func (e *evidence) undecided(r *request) bool {
	if r == nil || r.state != failing || r.spared {
		return false
	}
	for _, l := range e.linesOf(r) {
		if l.latest < r.failed || l.oldestInFlight() < r.failed || !l.around(r, nobody).closed {
			return true
		}
	}
	return false
}

func nobody(*request) bool { return false }

// open are the failures that are undecided.
func (e *evidence) open() (open []*request) {
	for r := e.lines[0].head; r != nil; r = r.links[0].behind {
		if e.undecided(r) {
			open = append(open, r)
		}
	}
	return open
}

// tidy forgets what can tell nothing any more. What was found about a stretch is
// needed until none of it is in flight.
func (e *evidence) tidy(l *line) {
	for r := l.head; r != nil; r = l.head {
		if r.state == inFlight || r.state == failing && (e.undecided(r) || !l.around(r, nobody).closed) {
			return
		}
		l.remove(r)
	}
}

// down reports whether the API is down.
func (e *evidence) down() bool { return e.lines[0].down || e.lines[1].down }

// onlyWrites reports whether the API is down for PUTs alone.
func (e *evidence) onlyWrites() bool { return e.lines[1].down && !e.lines[0].down }

// since is when the first failure of the outage came.
func (e *evidence) since() time.Time {
	all, writes := &e.lines[0], &e.lines[1]
	if !all.down || writes.down && writes.since.Before(all.since) {
		return writes.since
	}
	return all.since
}

// forget begins anew.
func (e *evidence) forget() {
	for r := e.lines[0].head; r != nil; r = r.links[0].behind {
		r.state = forgotten
	}
	clock, usual := e.clock, e.usual
	*e = newEvidence()
	e.clock, e.usual = clock, usual
}

// spare marks a failure as one of an outage, and adds it unless it was one already.
func spare(spared []*request, r *request) []*request {
	if r.spared {
		return spared
	}
	r.spared = true
	return append(spared, r)
}
