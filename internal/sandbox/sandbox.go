package sandbox

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// base is the path below which the API is served.
const base = "/v1/"

// Sandbox is the stand-in. Create it with New. It is safe for concurrent use.
type Sandbox struct {
	config Config
	start  time.Time
	admin  http.Handler

	mu      sync.Mutex // guards all below
	gate    *gate
	dice    *dice
	tracks  *store
	journal *journal
}

// New returns a sandbox whose time starts now, or all errors of c. The slices and
// maps of c must not be changed afterwards.
func New(c Config) (*Sandbox, error) {
	c = c.withDefaults()
	if err := c.validate(); err != nil {
		return nil, err
	}
	start := time.Now()
	s := &Sandbox{
		config:  c,
		start:   start,
		gate:    newGate(c.Limit, c.Changes, start),
		dice:    newDice(c),
		tracks:  newStore(c),
		journal: newJournal(c),
	}
	s.admin = s.inspection()
	return s, nil
}

// Stats returns the counters as they are now.
func (s *Sandbox) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.journal.snapshot()
}

// Track returns the current state of a track, and whether it exists.
func (s *Sandbox) Track(id int64) (TrackState, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st, ok := s.tracks.get(id)
	if !ok {
		return TrackState{}, false
	}
	return TrackState{
		Track:   Track{ID: id, Name: st.name, Volume: st.volume, Project: st.project, Media: st.media},
		Applied: st.applied,
		Body:    st.body,
	}, true
}

// ServeHTTP answers a request as the package comment describes. The request is counted
// and recorded, and no longer in flight, before the client gets the answer.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, inspectionBase) {
		s.admin.ServeHTTP(w, r)
		return
	}
	x := s.receive(r)
	a := s.decide(r, x)
	s.end(x, a)
	a.send(w)
}

// exchange is a request that is being handled.
type exchange struct {
	event   Event
	route   route
	body    []byte
	bodyErr error
	inside  bool // it was accepted by the limit
}

// receive counts a request and then reads its body, which may take long.
func (s *Sandbox) receive(r *http.Request) *exchange {
	x := &exchange{
		route: routeOf(r.URL.Path),
		event: Event{Start: time.Now(), Method: r.Method, Path: r.URL.RequestURI()},
	}
	x.event.ID = x.route.id
	s.mu.Lock()
	s.journal.start(&x.event)
	s.mu.Unlock()

	x.body, x.bodyErr = io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	x.event.Body = string(x.body)
	return x
}

// decide goes through the steps of the package comment.
func (s *Sandbox) decide(r *http.Request, x *exchange) answer {
	if s.config.Faults.outage(time.Since(s.start)) {
		x.event.Fault = "outage"
		return reset()
	}
	if !s.knows(r.Header.Values("X-Api-Key")) {
		return failure(http.StatusUnauthorized)
	}
	x.event.KeyOK = true

	wait, f, refused := s.admit(x)
	if refused != nil {
		return *refused
	}
	time.Sleep(wait) // on purpose, even if the client leaves
	if f.action != actNone && !f.after {
		return s.inject(r, x, f, answer{})
	}
	a := s.serve(r, x)
	if f.action != actNone {
		return s.inject(r, x, f, a)
	}
	return a
}

// knows reports whether the key of a request is accepted.
func (s *Sandbox) knows(keys []string) bool {
	if len(keys) != 1 || keys[0] == "" {
		return false
	}
	return s.config.Key == "" || keys[0] == s.config.Key
}

// admit asks the limit. For an accepted request it draws the latency and the fault.
func (s *Sandbox) admit(x *exchange) (time.Duration, fault, *answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	retry, ok := s.gate.enter(now)
	if !ok {
		a := failure(http.StatusTooManyRequests)
		if h := s.gate.limit.RetryAfter.header(now, retry); h != "" {
			a.header.Set("Retry-After", h)
		}
		return 0, fault{}, &a
	}
	x.inside = true
	// All tracks that don't exist share one entry, so that clients that try random
	// ids cannot fill the memory.
	of := roll{method: knownMethod(x.event.Method)}
	if _, ok := s.tracks.get(x.route.id); ok {
		of.id = x.route.id
	}
	wait, f := s.dice.roll(of)
	return wait, f, nil
}

// end records the answer.
func (s *Sandbox) end(x *exchange, a answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if x.inside {
		s.gate.leave()
	}
	x.event.End = time.Now()
	x.event.Status = a.status
	s.journal.end(x.event)
}

// route is the target of a path: the listing, one track, or nothing.
type route struct {
	listing bool
	track   bool
	id      int64 // of a track
}

func routeOf(path string) route {
	rest, ok := strings.CutPrefix(path, base+"background_tracks")
	if !ok {
		return route{}
	}
	if rest == "" {
		return route{listing: true}
	}
	rest, ok = strings.CutPrefix(rest, "/")
	id, err := strconv.ParseInt(rest, 10, 64)
	// Only as the service writes it: not +7, not 007.
	if !ok || err != nil || id <= 0 || strconv.FormatInt(id, 10) != rest {
		return route{}
	}
	return route{track: true, id: id}
}
