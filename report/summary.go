package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"tracksync/internal/display"
	"tracksync/internal/track"
)

// Summary is summary.json: the whole run, with all its sessions. Stats.Summary fills in
// what was measured; the caller fills in the rest.
type Summary struct {
	Ending
	Account
	Warned // warnings about the manifests
	Times
	Origin
	Traffic
	Failures []Failure `json:"failures"` // rows that ended without success, most frequent first
	Speed
	Outages      Outages      `json:"outages"`        // when the API was down
	Undo         *Undo        `json:"undo,omitempty"` // with --undo
	Next         *Step        `json:"next,omitempty"` // what to do next, if there is anything
	RateOverTime RateOverTime `json:"rate_over_time"` // over DurationS
}

// Ending is how a run ended.
type Ending struct {
	End      string `json:"end"`              // completed, interrupted, …
	ExitCode int    `json:"exit_code"`        // of the process
	Message  string `json:"message,omitzero"` // why it ended like this, for people
}

// Account is what became of the rows.
type Account struct {
	Rows   int    `json:"rows"`   // read from the manifests
	Totals Totals `json:"totals"` // rows by final status; they add up to Rows
}

// Times are when a run was.
type Times struct {
	StartedAt time.Time `json:"started_at"` // UTC
	EndedAt   time.Time `json:"ended_at"`   // UTC
	DurationS float64   `json:"duration_s"` // seconds of all sessions, without the time between them
	Sessions  int       `json:"sessions"`   // processes that worked on it: 1, and one for each resume
}

// Origin is what ran, and where.
type Origin struct {
	Version   string   `json:"version"`           // of tracksync
	BaseURL   string   `json:"base_url,omitzero"` // of the API, or sandbox
	RunDir    string   `json:"run_dir,omitzero"`  // as the user would name it
	Manifests []string `json:"manifests"`         // as the user named them
	// Shard is which part of the manifests the rows are, for example 2/8; empty: all.
	// OtherShards is how many rows are left to other shards.
	Shard       string `json:"shard,omitzero"`
	OtherShards int    `json:"other_shards,omitzero"`
}

// Traffic counts requests.
type Traffic struct {
	Requests     int            `json:"requests"`       // sent: Attempts and RateLimited
	Attempts     int            `json:"attempts"`       // requests answered or lost
	RateLimited  int            `json:"rate_limited"`   // requests refused with 429
	ByHTTPStatus map[int]int    `json:"by_http_status"` // requests by the answer's status
	ByError      map[string]int `json:"by_error"`       // requests by the error's code
}

// Speed is how fast requests were, and what slowed them down.
type Speed struct {
	LatencyMS Latency            `json:"latency_ms"` // of answered attempts
	Latencies LatencyBars        `json:"latencies"`  // the same, as a distribution
	Pace      Pace               `json:"pace"`       // what set the speed
	PausedS   map[string]float64 `json:"paused_s"`   // seconds in which nothing was sent, by reason
}

// Undo counts what undo.yaml can restore, and what it cannot.
type Undo struct {
	Tracks        int            `json:"tracks"`                  // with an entry in undo.yaml
	NotRestorable map[string]int `json:"not_restorable,omitzero"` // changed fields that cannot be restored, by name
	Damaged       int            `json:"damaged,omitzero"`        // lines of before.jsonl that cannot be read
	Unrecorded    int            `json:"unrecorded,omitzero"`     // tracks that were changed and have no before-image
}

// String is the undo in words.
func (u Undo) String() string {
	text := display.Count(u.Tracks, "track")
	var lost []string
	for _, field := range track.Columns() {
		if n := u.NotRestorable[field]; n > 0 {
			lost = append(lost, fmt.Sprintf("%s of %s", field, display.Thousands(n)))
		}
	}
	if len(lost) > 0 {
		text += "; not restorable: " + strings.Join(lost, ", ")
	}
	if u.Damaged > 0 {
		text += fmt.Sprintf("; %s cannot be read", display.Count(u.Damaged, "line"))
	}
	if u.Unrecorded > 0 {
		text += fmt.Sprintf("; nothing was recorded of %s", display.Count(u.Unrecorded, "track"))
	}
	return text
}

// Pace is what set the speed of a run.
type Pace struct {
	Rate        string `json:"rate"`                 // the option, for example auto or 600/m
	MaxRate     string `json:"max_rate,omitzero"`    // of auto: its ceiling
	Concurrency int    `json:"concurrency,omitzero"` // requests in flight at most

	Learned    *Learned    `json:"learned,omitempty"`    // the API's limit; missing if the run met none
	Remembered *Remembered `json:"remembered,omitempty"` // of an earlier run; missing if nothing was
}

// Learned is what a run learned about the API's limit.
type Learned struct {
	Kind          string  `json:"kind"`                    // rate, window or concurrency
	RatePerS      float64 `json:"rate_per_s,omitzero"`     // requests per second accepted in the long run
	Burst         float64 `json:"burst,omitzero"`          // requests accepted at once, if known
	Count         int     `json:"count,omitzero"`          // requests per window, or at a time
	WindowS       float64 `json:"window_s,omitzero"`       // seconds per window
	SuggestedRate string  `json:"suggested_rate,omitzero"` // a --rate just under it
}

// String is the limit in words.
func (l Learned) String() string {
	var text string
	switch {
	case l.Kind == "concurrency":
		return fmt.Sprintf("about %s at a time", display.Count(l.Count, "request"))
	case l.Kind == "window" && l.Count > 0:
		text = fmt.Sprintf("about %s every %s", display.Count(l.Count, "request"), duration(l.WindowS))
	default:
		text = fmt.Sprintf("about %.3g requests/s", l.RatePerS)
	}
	if l.SuggestedRate != "" {
		text += " (--rate " + l.SuggestedRate + " stays under it)"
	}
	return text
}

// RateOverTime counts what happened in buckets of equal length. Each list has one number
// per bucket; the first bucket begins with the run.
type RateOverTime struct {
	BucketS  float64 `json:"bucket_s"` // seconds per bucket
	Requests []int   `json:"requests"` // requests started
	Rows     []int   `json:"rows"`     // rows finished that had anything to do with the API
	Failed   []int   `json:"failed"`   // of these rows, those without success
	Refused  []int   `json:"refused"`  // requests refused with 429, by when they started

	LimitPer []float64 `json:"limit_per_s"` // the highest rate in force of one process; 0: no limit, or no request
	PausedS  []float64 `json:"paused_s"`    // seconds in which nothing was sent
	DownS    []float64 `json:"down_s"`      // seconds of outages
}

// Totals counts rows by final status.
type Totals map[track.Status]int

// MarshalJSON writes every status, in the order of track.Statuses.
func (t Totals) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, s := range track.Statuses() {
		if i > 0 {
			b = append(b, ',')
		}
		b = fmt.Appendf(b, "%q:%d", s, t[s])
	}
	return append(b, '}'), nil
}

// Succeeded counts the rows that are as the manifest says.
func (t Totals) Succeeded() int {
	n := 0
	for s, rows := range t {
		if s.Success() {
			n += rows
		}
	}
	return n
}

// Check returns an error unless every row has exactly one of the known statuses.
func (s Summary) Check() error {
	sum := 0
	for _, status := range slices.Sorted(maps.Keys(s.Totals)) {
		n := s.Totals[status]
		if !status.Valid() || n < 0 {
			return fmt.Errorf("the totals are wrong: %d rows are %.40q", n, status)
		}
		sum += n
	}
	if sum != s.Rows {
		return fmt.Errorf("the totals do not add up: %d rows were read, and %d have a final status", s.Rows, sum)
	}
	return nil
}

// Summary returns what was measured, for a run that ended at end. More may be added to s
// afterwards.
func (s *Stats) Summary(end time.Time) Summary {
	over := s.overTime(end)
	return Summary{
		Warned: Warned{List: []Finding{}},
		Origin: Origin{Manifests: []string{}},
		Times: Times{
			StartedAt: s.startedAt.UTC().Truncate(time.Millisecond),
			EndedAt:   end.UTC().Truncate(time.Millisecond),
			DurationS: round(end.Sub(s.start).Seconds()),
			Sessions:  s.sessions,
		},
		Traffic: Traffic{
			Requests:     s.requests,
			Attempts:     s.requests - s.rateLimited,
			RateLimited:  s.rateLimited,
			ByHTTPStatus: maps.Clone(s.byStatus),
			ByError:      maps.Clone(s.byError),
		},
		Failures: []Failure{},
		Speed: Speed{
			LatencyMS: s.latency.summary(), Latencies: s.latency.bars(), PausedS: s.pauses.seconds(end),
		},
		Outages:      s.outages.summary(),
		RateOverTime: over.rates(),
	}
}

// round keeps three decimals.
func round(x float64) float64 { return math.Round(x*1000) / 1000 }

// numberList matches a list of numbers as the encoder indents it. It matches no string,
// because line breaks in strings are escaped.
var numberList = regexp.MustCompile(`\[\n[-+.eE\d,\s]+\]`)

// Encode writes s as summary.json: indented, with each list of numbers on one line. The
// same summary always becomes the same bytes.
func (s Summary) Encode(w io.Writer) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(s); err != nil {
		return fmt.Errorf("summary: %w", err)
	}
	text := numberList.ReplaceAllFunc(b.Bytes(), func(list []byte) []byte {
		return bytes.Join(bytes.Fields(list), nil)
	})
	_, err := w.Write(text)
	return err
}
