package report

import (
	"time"

	"tracksync/internal/track"
)

const (
	maxCodes     = 100 // distinct words counted apart; the rest is Other
	maxCodeLen   = 80
	maxHTTPCodes = 999
)

// Other counts the words beyond the first hundred: they come from servers,
// who may invent a new one with every answer.
const Other = "other"

// Attempt is one request, from its start to its answer or its loss.
type Attempt struct {
	Started     time.Time
	Duration    time.Duration
	Status      int    // the answer's HTTP status; 0 when none came
	Code        string // the error's word; empty for a success
	RateLimited bool   // refused with 429, which costs its row no attempt
}

// Stats are the running statistics of one run. Make it with NewStats; one
// goroutine owns it.
type Stats struct {
	startedAt time.Time // of the first session
	start     time.Time // as if the sessions had followed upon each other
	sessions  int

	requests    int
	rateLimited int
	byStatus    map[int]int
	byError     map[string]int
	latency     latencies // of answered attempts
	timeline    timeline
	pauses      pauses
	outages     outages
}

// NewStats returns statistics of a run that begins at start.
func NewStats(start time.Time) *Stats {
	return &Stats{
		startedAt: start, start: start, sessions: 1,
		byStatus: make(map[int]int),
		byError:  make(map[string]int),
		latency:  newLatencies(),
		timeline: timeline{width: time.Second},
		pauses:   pauses{sums: make(map[string]time.Duration)},
	}
}

// Resumed says that these are statistics of the nth session of a run, which
// first began at startedAt.
func (s *Stats) Resumed(startedAt time.Time, session int) {
	s.startedAt, s.sessions = startedAt, session
}

// AddAttempt counts a request that ended, in the bucket in which it started.
func (s *Stats) AddAttempt(a Attempt) {
	s.requests++
	bucket := s.timeline.at(a.Started.Sub(s.start))
	bucket.requests++
	if a.Status > 0 && a.Status <= maxHTTPCodes {
		s.byStatus[a.Status]++
	}
	if a.Code != "" {
		s.byError[word(s.byError, a.Code)]++
	}
	if a.RateLimited {
		s.rateLimited++
		bucket.refused++
		return // a refusal's latency says nothing about the work
	}
	if a.Status > 0 {
		s.latency.add(a.Duration)
	}
}

// AddPause counts a pause. Pauses are added in the order they begin; where
// two overlap, the time counts once, for the reason that came first. Until
// may lie ahead: what is beyond the end of the run is not counted.
func (s *Stats) AddPause(p Pause) { s.pauses.add(p) }

// AddOutage counts an outage that has ended.
func (s *Stats) AddOutage(o Outage) { s.outages.add(o) }

// AddResult counts what became of a row in the rate over time, when the API had
// to do with it.
func (s *Stats) AddResult(r track.Result) {
	switch r.Status {
	case track.NotAttempted, track.Skipped, track.Superseded, track.Invalid:
	default:
		s.timeline.at(r.FinishedAt.Sub(s.start)).rows++
	}
}

// word is the key under which code is counted in counts.
func word[V any](counts map[string]V, code string) string {
	code = cut(code, maxCodeLen)
	if _, ok := counts[code]; !ok && len(counts) >= maxCodes {
		return Other
	}
	return code
}
