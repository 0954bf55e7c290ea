package sandbox

import (
	"maps"
	"slices"
	"time"
)

// Event is one request and what became of it.
type Event struct {
	Number  int       `json:"number"`            // from 1, in the order in which requests came
	Start   time.Time `json:"start"`             //
	End     time.Time `json:"end"`               // when the answer was decided
	Method  string    `json:"method"`            //
	Path    string    `json:"path"`              // with the query
	ID      int64     `json:"id,omitempty"`      // of the track asked for; 0: none, or no proper id
	KeyOK   bool      `json:"key_ok"`            // false too if an outage struck before the key was looked at
	Body    string    `json:"body,omitempty"`    // as received; cut off after Config.MaxBody bytes
	Status  int       `json:"status"`            // answered; 0: no answer
	Applied bool      `json:"applied,omitempty"` // whether a track was changed
	Fault   string    `json:"fault,omitempty"`   // what struck, such as reset-after, 503 or outage
}

// Stats are counters over all requests but those below /_sandbox.
type Stats struct {
	Requests  int            `json:"requests"`   //
	ByMethod  map[string]int `json:"by_method"`  // "other" beside GET, PUT and their like
	ByStatus  map[int]int    `json:"by_status"`  // of requests that have ended; 0: without an answer
	ByFault   map[string]int `json:"by_fault"`   // how often each fault struck
	InFlight  int            `json:"in_flight"`  // now, refused ones included
	MaxFlight int            `json:"max_flight"` // the most in flight at once
	MaxSecond int            `json:"max_second"` // the most started within any one second

	Applied       int `json:"applied"`        // changes made
	AppliedTracks int `json:"applied_tracks"` // tracks changed
	AppliedMost   int `json:"applied_most"`   // the most changes made to one track

	First time.Time `json:"first,omitzero"` // start of the first request
	Last  time.Time `json:"last,omitzero"`  // start of the latest request
}

// TrackState is a track and what was done to it.
type TrackState struct {
	Track   Track  `json:"track"`
	Applied int    `json:"applied"`             // how often a PUT changed it
	Body    string `json:"last_body,omitempty"` // of the last PUT that did
}

// journal counts and keeps events. Its user holds the lock.
type journal struct {
	stats  Stats
	starts []time.Time // of the last second, for MaxSecond
	record func(Event)
	keep   int
	kept   []Event // a ring once it is full
	next   int     // where the ring goes on
}

func newJournal(c Config) *journal {
	return &journal{
		stats: Stats{
			ByMethod: make(map[string]int),
			ByStatus: make(map[int]int),
			ByFault:  make(map[string]int),
		},
		record: c.Record,
		keep:   c.KeepRequests,
	}
}

// begin counts a request that has come.
func (j *journal) begin(e *Event) {
	s := &j.stats
	s.Requests++
	e.Number = s.Requests
	s.ByMethod[knownMethod(e.Method)]++
	s.InFlight++
	s.MaxFlight = max(s.MaxFlight, s.InFlight)
	if s.First.IsZero() {
		s.First = e.Start
	}
	s.Last = e.Start

	// Two requests exactly a second apart are not within one second.
	old := 0
	for old < len(j.starts) && e.Start.Sub(j.starts[old]) >= time.Second {
		old++
	}
	j.starts = append(j.starts[old:], e.Start)
	s.MaxSecond = max(s.MaxSecond, len(j.starts))
}

// knownMethod bounds the number of counters whatever clients send.
func knownMethod(m string) string {
	switch m {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS":
		return m
	}
	return "other"
}

// applied counts a change, the nth of its track.
func (j *journal) applied(nth int) {
	j.stats.Applied++
	if nth == 1 {
		j.stats.AppliedTracks++
	}
	j.stats.AppliedMost = max(j.stats.AppliedMost, nth)
}

// end counts and keeps a request whose answer is decided.
func (j *journal) end(e Event) {
	j.stats.InFlight--
	j.stats.ByStatus[e.Status]++
	if e.Fault != "" {
		j.stats.ByFault[e.Fault]++
	}
	if j.record != nil {
		j.record(e)
	}
	switch {
	case j.keep == 0:
	case len(j.kept) < j.keep:
		j.kept = append(j.kept, e)
	default:
		j.kept[j.next] = e
		j.next = (j.next + 1) % j.keep
	}
}

// snapshot is a copy of the counters.
func (j *journal) snapshot() Stats {
	s := j.stats
	s.ByMethod = maps.Clone(s.ByMethod)
	s.ByStatus = maps.Clone(s.ByStatus)
	s.ByFault = maps.Clone(s.ByFault)
	return s
}

// requests is a copy of the events kept, in the order in which they came.
func (j *journal) requests() []Event {
	events := append([]Event{}, j.kept...)
	slices.SortFunc(events, func(a, b Event) int { return a.Number - b.Number })
	return events
}
