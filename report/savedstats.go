package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"time"

	"tracksync/internal/track"
)

// savedStats is stats.json: what a run has measured so far. With it the summary of a
// resumed run covers all its sessions, and runs can be merged. Only tracksync reads it;
// other programs read the summary.
type savedStats struct {
	Version int `json:"version"`
	savedTimes
	savedSession
	savedRequests
	savedLatency
	savedTimeline
	Paused map[string]time.Duration `json:"paused_ns"`
	savedOutages
}

type savedTimes struct {
	StartedAt time.Time     `json:"started_at"` // of the first session
	SavedAt   time.Time     `json:"saved_at"`
	Sessions  int           `json:"sessions"`
	Elapsed   time.Duration `json:"elapsed_ns"` // of all sessions, without the time between them
}

type savedSession struct {
	Ended   int  `json:"session_requests"`
	Updates int  `json:"session_updates"`
	Closed  bool `json:"session_closed"`
}

type savedRequests struct {
	Requests    int            `json:"requests"`
	RateLimited int            `json:"rate_limited"`
	ByStatus    map[int]int    `json:"by_http_status"`
	ByError     map[string]int `json:"by_error"`
}

type savedLatency struct {
	Latency []byte        `json:"latency"` // an HdrHistogram, V2 compressed
	Max     time.Duration `json:"latency_max_ns"`
	Sum     time.Duration `json:"latency_sum_ns"`
}

type savedTimeline struct {
	BucketWidth time.Duration `json:"bucket_ns"`
	Buckets     []bucket      `json:"buckets"`
}

type savedOutages struct {
	Outages     []Outage      `json:"outages"`
	MoreOutages int           `json:"more_outages"`
	OutageTime  time.Duration `json:"outage_ns"`
	OutageLost  int           `json:"outage_requests"`
}

const statsVersion = 2

// Save writes what was measured until now, for ReadStats.
func (s *Stats) Save(w io.Writer, now time.Time) error {
	latency, err := s.latency.encode()
	if err != nil {
		return fmt.Errorf("statistics: %w", err)
	}
	over := s.overTime(now)
	saved := savedStats{
		Version:       statsVersion,
		savedTimes:    savedTimes{s.startedAt.UTC(), now.UTC(), s.sessions, now.Sub(s.start)},
		savedSession:  savedSession{s.session.ended, s.session.updates, s.session.closed},
		savedRequests: savedRequests{s.requests, s.rateLimited, s.byStatus, s.byError},
		savedLatency:  savedLatency{latency, s.latency.max, s.latency.sum},
		savedTimeline: savedTimeline{over.width, over.buckets},
		Paused:        s.pauses.until(now),
		savedOutages:  savedOutages{s.outages.list, s.outages.more, s.outages.time, s.outages.requests},
	}
	return json.NewEncoder(w).Encode(saved)
}

// maxSavedStats limits how many bytes are read. Save writes far fewer.
const maxSavedStats = 8 << 20

// SavedStats are statistics that Save wrote. If the session was killed, Add what it did
// afterwards; then Continue them in another session, or Merge what Whole returns.
type SavedStats struct {
	Session int // the number of the session that saved them
	Ended   int // requests of that session that they cover, see Attempt
	Closed  bool
	SavedAt time.Time

	stats *Stats
	end   time.Time
}

// ReadStats reads what Save wrote.
func ReadStats(r io.Reader) (*SavedStats, error) {
	saved, err := readStats(r)
	var stats *Stats
	if err == nil {
		stats, err = saved.stats()
	}
	if err != nil {
		return nil, fmt.Errorf("statistics of the earlier session: %w", err)
	}
	return &SavedStats{saved.Sessions, saved.Ended, saved.Closed, saved.SavedAt, stats, saved.SavedAt}, nil
}

// Add adds a request that ended after the statistics were saved.
func (s *SavedStats) Add(a Attempt) {
	s.stats.AddAttempt(a)
	s.until(a.Started.Add(a.Duration))
}

// AddResult adds a row that ended after the statistics were saved.
func (s *SavedStats) AddResult(r track.Result) {
	s.stats.AddResult(r)
	s.until(r.FinishedAt)
}

func (s *SavedStats) until(end time.Time) {
	if end.After(s.end) {
		s.end = end
	}
}

// CodeKilled counts the updates whose answers nobody received, because the process was killed.
const CodeKilled = "killed"

// Sent is called last, with the number of updates that the session was about to send. Those
// that have not ended by then were in flight when it was killed, and may have been sent.
func (s *SavedStats) Sent(updates int) {
	if lost := updates - s.stats.session.updates; lost > 0 {
		s.stats.requests += lost
		s.stats.byError[word(s.stats.byError, CodeKilled)] += lost
		s.stats.timeline.at(s.end.Sub(s.stats.start)).Requests += lost
	}
}

// Whole are the statistics of the run so far, and when it was last at work.
func (s *SavedStats) Whole() (*Stats, time.Time) { return s.stats, s.end }

// Continue returns the statistics for another session, which begins now. The time between
// sessions is left out: in the rate over time one session follows directly after the other.
func (s *SavedStats) Continue(now time.Time) *Stats {
	s.stats.start = now.Add(s.stats.start.Sub(s.end))
	return s.stats
}

func readStats(r io.Reader) (saved savedStats, err error) {
	if err = json.NewDecoder(io.LimitReader(r, maxSavedStats)).Decode(&saved); err == nil {
		err = saved.check()
	}
	return saved, err
}

// stats returns the statistics of a run that has lasted until they were saved.
func (s *savedStats) stats() (*Stats, error) {
	histogram, err := decodeLatency(s.Latency)
	if err == nil && len(s.Latency) == 0 && s.Max > 0 {
		err = errors.New("the latencies are missing")
	}
	if err != nil {
		return nil, err
	}
	to := NewStats(s.SavedAt.Add(-s.Elapsed))
	to.startedAt, to.sessions = s.StartedAt, s.Sessions
	to.session = session{s.Ended, s.Updates, s.Closed}
	to.requests, to.rateLimited = s.Requests, s.RateLimited
	maps.Copy(to.byStatus, s.ByStatus)
	maps.Copy(to.byError, s.ByError)
	maps.Copy(to.pauses.sums, s.Paused)
	to.latency = latencies{histogram, s.Max, s.Sum}
	to.timeline = timeline{s.BucketWidth, s.Buckets}
	to.outages = outages{s.Outages, s.MoreOutages, s.OutageTime, s.OutageLost}
	return to, nil
}

func (s *savedStats) check() error {
	switch {
	case s.Version != statsVersion:
		return fmt.Errorf("version %d is not known", s.Version)
	case s.SavedAt.IsZero() || s.StartedAt.IsZero() || s.Sessions < 1:
		return errors.New("they do not tell when the run was")
	case s.Ended < 0 || s.Updates < 0 || s.Elapsed < 0 || s.Elapsed > maxTimeline || s.Requests < 0 || s.RateLimited < 0:
		return errors.New("impossible numbers")
	case s.BucketWidth < time.Second || len(s.Buckets) > maxBuckets:
		return errors.New("an impossible rate over time")
	case len(s.Outages) > maxOutages || len(s.ByStatus) > maxHTTPCodes ||
		len(s.ByError) > maxCodes+1 || len(s.Paused) > maxCodes+1:
		return errors.New("more entries than there can be")
	}
	return nil
}
