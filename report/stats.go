package report

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"tracksync/internal/track"
)

const (
	latencyCap   = time.Hour
	maxCodes     = 100 // distinct words counted apart; the rest is Other
	maxCodeLen   = 80
	maxMessage   = 200
	maxHTTPCodes = 999
	maxOutages   = 100 // that are listed; the others are counted
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

// Pause is a span in which nobody sent anything.
type Pause struct {
	From, Until time.Time
	Reason      string // a word, such as rate_limited
}

// Outage is a span in which the API was down.
type Outage struct {
	From     time.Time `json:"from"`     // UTC: the first request that failed
	Until    time.Time `json:"until"`    // UTC: the first answer, or the end of the run
	Requests int       `json:"requests"` // that failed in it
}

// Stats are the running statistics of one run. Make it with NewStats; one
// goroutine owns it.
type Stats struct {
	startedAt   time.Time // of the first session
	start       time.Time // as if the sessions had followed upon each other
	sessions    int
	requests    int
	rateLimited int
	byStatus    map[int]int
	byError     map[string]int
	latency     *hdrhistogram.Histogram // µs, answered attempts
	max, sum    time.Duration           // exact, as the histogram rounds
	timeline    timeline
	paused      map[string]time.Duration
	lastPause   Pause // not yet in paused: the run may end within it
	failures    map[string]*Failure
	outages     []Outage
	moreOutages int // beyond maxOutages
	outageTime  time.Duration
	outageLost  int // requests that failed in outages
}

// NewStats returns statistics of a run that begins at start.
func NewStats(start time.Time) *Stats {
	return &Stats{
		startedAt: start, start: start, sessions: 1,
		byStatus: make(map[int]int),
		byError:  make(map[string]int),
		latency:  hdrhistogram.New(1, latencyCap.Microseconds(), 3),
		timeline: timeline{width: time.Second},
		paused:   make(map[string]time.Duration),
		failures: make(map[string]*Failure),
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
		s.addLatency(a.Duration)
	}
}

func (s *Stats) addLatency(d time.Duration) {
	d = min(max(d, time.Microsecond), latencyCap)
	// It cannot fail: d is within the histogram's bounds.
	_ = s.latency.RecordValue(d.Microseconds())
	s.max = max(s.max, d)
	s.sum += d
}

// AddPause counts a pause. Pauses are added in the order they begin; where
// two overlap, the time counts once, for the reason that came first. Until
// may lie ahead: what is beyond the end of the run is not counted.
func (s *Stats) AddPause(p Pause) {
	if p.From.Before(s.lastPause.Until) {
		p.From = s.lastPause.Until
	}
	if !p.Until.After(p.From) {
		return
	}
	s.countPause(s.paused, s.lastPause)
	s.lastPause = p
}

// AddOutage counts an outage that has ended.
func (s *Stats) AddOutage(o Outage) {
	s.outageTime += o.Until.Sub(o.From)
	s.outageLost += o.Requests
	if len(s.outages) == maxOutages {
		s.moreOutages++
		return
	}
	o.From, o.Until = o.From.UTC().Truncate(time.Millisecond), o.Until.UTC().Truncate(time.Millisecond)
	s.outages = append(s.outages, o)
}

func (s *Stats) countPause(in map[string]time.Duration, p Pause) {
	if d := p.Until.Sub(p.From); d > 0 {
		in[word(in, p.Reason)] += d
	}
}

// AddResult counts what became of a row in the rate over time, when the API had
// to do with it.
func (s *Stats) AddResult(r track.Result) {
	switch r.Status {
	case track.NotAttempted, track.Skipped, track.Superseded, track.Invalid:
	default:
		s.timeline.at(r.FinishedAt.Sub(s.start)).rows++
	}
}

// AddFailure counts a row's final result among the failures, when it ended
// without success. One that the run never came to is none.
func (s *Stats) AddFailure(r track.Result) {
	if r.Status.Success() || r.Status == track.NotAttempted {
		return
	}
	var message string
	code := string(r.Status)
	if r.Error != nil {
		message = r.Error.Message
		if r.Error.Code != "" {
			code = r.Error.Code
		}
	}
	code = word(s.failures, code)
	f := s.failures[code]
	if f == nil {
		f = &Failure{Code: code, Message: cut(message, maxMessage), Example: position(r)}
		s.failures[code] = f
	}
	f.Rows++
}

// word is the key under which code is counted in counts.
func word[V any](counts map[string]V, code string) string {
	code = cut(code, maxCodeLen)
	if _, ok := counts[code]; !ok && len(counts) >= maxCodes {
		return Other
	}
	return code
}

// position is where a row stands, as people find it.
func position(r track.Result) string {
	return track.Position{File: cut(r.Source, maxMessage), Line: r.Line, Sheet: r.Sheet, Cell: r.Cell}.String()
}
