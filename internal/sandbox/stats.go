package sandbox

import (
	"maps"
	"time"
)

// Event is one request and what became of it.
type Event struct {
	Number  int       `json:"number"`            // from 1, in the order in which requests came
	Start   time.Time `json:"start"`             //
	End     time.Time `json:"end"`               // when the answer was decided
	Method  string    `json:"method"`            //
	Path    string    `json:"path"`              // with the query
	ID      int64     `json:"id,omitempty"`      // of the requested track; 0: none, or not a valid id
	KeyOK   bool      `json:"key_ok"`            // false also if an outage came before the check of the key
	Body    string    `json:"body,omitempty"`    // as received; truncated after 64 KiB
	Status  int       `json:"status"`            // answered; 0: no answer
	Applied bool      `json:"applied,omitempty"` // whether a track was changed
	Fault   string    `json:"fault,omitempty"`   // the injected fault, such as reset-after, 503 or outage
}

// Stats counts all requests, except those below /_sandbox.
type Stats struct {
	Requests int            `json:"requests"`  //
	ByMethod map[string]int `json:"by_method"` // "other" beside GET, PUT and their like
	ByStatus map[int]int    `json:"by_status"` // of requests that have ended; 0: without an answer
	InFlight int            `json:"in_flight"` // now, including those that will be refused
	SpanS    float64        `json:"span_s"`    // seconds from the first request to the latest

	Applied       int `json:"applied"`        // changes made
	AppliedTracks int `json:"applied_tracks"` // tracks changed
}

// TrackState is a track and its history.
type TrackState struct {
	Track   Track
	Applied int    // how often a PUT changed it
	Body    string // of the last PUT that did
}

// journal counts and records events. The caller holds the lock.
type journal struct {
	stats  Stats
	first  time.Time // when the first request came
	record func(Event)
}

func newJournal(c Config) *journal {
	return &journal{
		stats: Stats{
			ByMethod: make(map[string]int),
			ByStatus: make(map[int]int),
		},
		record: c.Record,
	}
}

// start counts a new request.
func (j *journal) start(e *Event) {
	s := &j.stats
	s.Requests++
	e.Number = s.Requests
	s.ByMethod[knownMethod(e.Method)]++
	s.InFlight++
	if j.first.IsZero() {
		j.first = e.Start
	}
	s.SpanS = max(s.SpanS, e.Start.Sub(j.first).Seconds())
}

// knownMethod limits the number of counters, whatever clients send.
func knownMethod(m string) string {
	switch m {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS":
		return m
	}
	return "other"
}

// applied counts the nth change of a track.
func (j *journal) applied(nth int) {
	j.stats.Applied++
	if nth == 1 {
		j.stats.AppliedTracks++
	}
}

// end counts and records a request whose answer is decided.
func (j *journal) end(e Event) {
	j.stats.InFlight--
	j.stats.ByStatus[e.Status]++
	if j.record != nil {
		j.record(e)
	}
}

// snapshot is a copy of the counters.
func (j *journal) snapshot() Stats {
	s := j.stats
	s.ByMethod = maps.Clone(s.ByMethod)
	s.ByStatus = maps.Clone(s.ByStatus)
	return s
}
