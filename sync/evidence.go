package sync

import "time"

// evidence is what the latest requests say about the API. They are stored in the order in
// which they were sent, because an API that goes down fails all requests that are sent
// after some moment, whenever the failures arrive. The order in which answers arrive says
// nothing: a request from before the outage may be answered long after the first failure,
// and a request that hangs may fail long after the end.
//
// There are two lines, one of all requests and one of only the PUTs, because an API may
// still answer GETs when it cannot write.
type evidence struct {
	lines [2]line
	clock moment
	usual time.Duration // how long an answer may take: the longest recent time
}

// moment is a number in the order of events. Each request that is sent and each answer gets
// the next one.
type moment int

// request is one request as evidence.
type request struct {
	of       *tries
	previous *request // of the same task, while this one is in flight
	kind     requestKind
	stage    int // of the task
	state    requestState
	spared   bool // it failed in an outage and does not count as an attempt
	sent     moment
	sentAt   time.Time
	failed   moment
	failedAt time.Time
	links    [2]link // its neighbours in each line
}

type requestState uint8

const (
	inFlight  requestState = iota
	replied                // answered by an API that is up, whatever the answer
	failing                // failed as if the API were down
	forgotten              // its outcome no longer matters
)

// link is a place in a line.
type link struct{ before, behind *request }

const (
	// outageRows is how many rows must fail in a row.
	outageRows = 3
	// outlivedOutages is how many outages a row may take part in that other rows end. After
	// that the row is considered to fail by itself.
	outlivedOutages = 3
)

// newEvidence assumes at first that answers are slow.
func newEvidence() evidence {
	return evidence{lines: [2]line{{of: 0}, {of: 1}}, usual: 500 * time.Millisecond}
}

// linesOf returns the lines that contain r.
func (e *evidence) linesOf(r *request) []*line {
	if r.kind == writeRequest {
		return []*line{&e.lines[0], &e.lines[1]}
	}
	return []*line{&e.lines[0]}
}

// send records a request that is sent.
func (e *evidence) send(t task, now time.Time) *request {
	e.clock++
	of := t.tried()
	r := &request{of: of, previous: of.request, kind: t.kind(), stage: of.stage, sent: e.clock, sentAt: now}
	for _, l := range e.linesOf(r) {
		l.add(r)
	}
	return r
}

// answer records an answer of an API that is up. It reports whether it ends an outage.
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

// fail records a failure that may mean an outage. It returns the requests that turn out to
// have failed in an outage, and whether an outage begins that has not ended yet.
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

// withdraw removes a request that says nothing about the API, for example a cancelled one.
func (e *evidence) withdraw(r *request) {
	for _, l := range e.linesOf(r) {
		l.remove(r)
	}
}

// look checks for an outage around a failure. It returns the failures that belong to the
// outage and were not known to.
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
	spared = append(spared, e.overlapping(s)...)
	if s.outage() && !l.down && l.latest < first.failed { // otherwise it is over
		l.down, l.from, l.failed, l.since = true, s.first.sent, first.failed, first.failedAt
	}
	return spared
}

// overlapping returns the failures of requests that were in flight at the same time as a
// stretch that was an outage. They may have met the API while it was down, even if a
// request that was sent later, and overtook them, did not.
func (e *evidence) overlapping(s stretch) (spared []*request) {
	for r := e.lines[0].head; r != nil; r = r.links[0].behind {
		if r.state == failing && r.sent < s.last.sent && r.failed > s.first.sent {
			spared = spare(spared, r)
		}
	}
	return spared
}

// unrefuted returns the failures after which no request was sent that was answered. They
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

// undecided reports whether a failure may still turn out to be part of an outage. It is
// decided when a request that was sent later has been answered, and no request that was in
// flight at the same time, and may fail as well, is still in flight.
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

// open returns the failures that are undecided.
func (e *evidence) open() (open []*request) {
	for r := e.lines[0].head; r != nil; r = r.links[0].behind {
		if e.undecided(r) {
			open = append(open, r)
		}
	}
	return open
}

// tidy forgets requests that no longer matter. A stretch is needed until none of it is in
// flight.
func (e *evidence) tidy(l *line) {
	for r := l.head; r != nil; r = l.head {
		if r.state == inFlight || r.state == failing && (e.undecided(r) || !l.around(r, nobody).closed) {
			return
		}
		l.remove(r)
	}
}

// down reports whether the API is down, at least for PUTs.
func (e *evidence) down() bool { return e.lines[0].down || e.lines[1].down }

// onlyWrites reports whether the API is down only for PUTs.
func (e *evidence) onlyWrites() bool { return e.lines[1].down && !e.lines[0].down }

// since is the time of the outage's first failure.
func (e *evidence) since() time.Time {
	all, writes := &e.lines[0], &e.lines[1]
	if !all.down || writes.down && writes.since.Before(all.since) {
		return writes.since
	}
	return all.since
}

// forget forgets all requests.
func (e *evidence) forget() {
	for r := e.lines[0].head; r != nil; r = r.links[0].behind {
		r.state = forgotten
	}
	clock, usual := e.clock, e.usual
	*e = newEvidence()
	e.clock, e.usual = clock, usual
}

// spare marks a failure as part of an outage, and appends it unless it was marked before.
func spare(spared []*request, r *request) []*request {
	if r.spared {
		return spared
	}
	r.spared = true
	return append(spared, r)
}
