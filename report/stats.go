package report

import (
	"time"

	"tracksync/internal/track"
)

const (
	maxCodes     = 100 // words that are counted each; the rest count as Other
	maxCodeLen   = 80
	maxHTTPCodes = 999
)

// Other counts the words beyond the first hundred. They come from servers, which may
// invent a new one with every answer.
const Other = "other"

// Attempt is one request, from its start until it was answered or lost.
type Attempt struct {
	Started     time.Time
	Duration    time.Duration
	Status      int    // the answer's HTTP status; 0: no answer
	Code        string // the error's word; empty for a success
	RateLimited bool   // refused with 429, which is no attempt of the row
	Update      bool   // a PUT, which the ledger knows from its start
	Unsent      bool   // this machine could not send it: it counts nowhere
	// Limit is the rate in force, in requests per second; 0: unlimited.
	Limit float64
}

// Stats are the running statistics of one run. Make them with NewStats; one goroutine
// owns them.
type Stats struct {
	startedAt time.Time // of the first session
	start     time.Time // as if there had been no time between the sessions
	sessions  int
	session   session // the latest

	requests    int
	rateLimited int
	byStatus    map[int]int
	byError     map[string]int
	latency     latencies // of answered attempts
	timeline    timeline
	pauses      pauses
	outages     outages
}

// session is how far the statistics cover a session. With it, what a killed session did not
// save can be added from the ledger.
type session struct {
	ended   int  // requests that have ended, including those that were not sent
	updates int  // of these: PUTs
	closed  bool // nothing follows
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

// Resumed sets the session's number and when the first session started.
func (s *Stats) Resumed(startedAt time.Time, number int) {
	s.startedAt, s.sessions, s.session = startedAt, number, session{}
}

// Close records that the session has ended, and that nothing will be added.
func (s *Stats) Close() { s.session.closed = true }

// Ended is how many requests of this session were added.
func (s *Stats) Ended() int { return s.session.ended }

// AddAttempt counts a request that has ended. In the rate over time it counts when it
// started.
func (s *Stats) AddAttempt(a Attempt) {
	s.session.ended++
	if a.Update {
		s.session.updates++
	}
	if a.Unsent {
		return
	}
	s.requests++
	bucket := s.timeline.at(a.Started.Sub(s.start))
	bucket.Requests++
	bucket.Limit = max(bucket.Limit, a.Limit)
	if a.Status > 0 && a.Status <= maxHTTPCodes {
		s.byStatus[a.Status]++
	}
	if a.Code != "" {
		s.byError[word(s.byError, a.Code)]++
	}
	if a.RateLimited {
		s.rateLimited++
		bucket.Refused++
		return // the latency of refusals would hide that of the work
	}
	if a.Status > 0 {
		s.latency.add(a.Duration)
	}
}

// AddPause counts a pause. Add pauses in the order in which they begin. Where two
// overlap, the time counts once, for the first one's reason. Until may lie in the
// future: time after the end of the run is not counted.
func (s *Stats) AddPause(p Pause) { s.timeline.pause(s.pauses.add(p), s.start) }

// AddOutage counts an outage that has ended.
func (s *Stats) AddOutage(o Outage) {
	s.outages.add(o)
	s.timeline.span(o.From.Sub(s.start), o.Until.Sub(s.start), func(b *bucket) *time.Duration { return &b.Down })
}

// overTime is the timeline of a run that has lasted until end, with the pauses that may
// last longer.
func (s *Stats) overTime(end time.Time) timeline {
	t := s.timeline.clone()
	for _, p := range s.pauses.open(end) {
		t.pause(p, s.start)
	}
	return t
}

// AddResult counts a row in the rate over time, if it had anything to do with the API.
func (s *Stats) AddResult(r track.Result) {
	switch r.Status {
	case track.NotAttempted, track.Skipped, track.Superseded, track.Invalid:
	default:
		b := s.timeline.at(r.FinishedAt.Sub(s.start))
		b.Rows++
		if !r.Status.Success() {
			b.Failed++
		}
	}
}

// word returns the key under which a code is counted.
func word[V any](counts map[string]V, code string) string {
	code = cut(code, maxCodeLen)
	if _, ok := counts[code]; !ok && len(counts) >= maxCodes {
		return Other
	}
	return code
}
