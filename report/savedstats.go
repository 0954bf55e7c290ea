package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"time"
)

// savedStats is stats.json: what a run has measured so far. With it the summary of a
// resumed run covers all its sessions, and runs can be merged. Only tracksync reads it;
// other programs read the summary.
type savedStats struct {
	Version int `json:"version"`
	savedTimes
	savedRequests
	savedLatency
	savedTimeline
	Paused map[string]time.Duration `json:"paused_ns"`
	savedOutages
}

type savedTimes struct {
	StartedAt time.Time     `json:"started_at,omitzero"` // of the first session; may be missing
	SavedAt   time.Time     `json:"saved_at,omitzero"`   // may be missing
	Sessions  int           `json:"sessions,omitzero"`   // may be missing
	Elapsed   time.Duration `json:"elapsed_ns"`          // of all sessions, without the time between them
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

// Save writes what was measured until now, for RestoreStats and ReadStats.
func (s *Stats) Save(w io.Writer, now time.Time) error {
	latency, err := s.latency.encode()
	if err != nil {
		return fmt.Errorf("statistics: %w", err)
	}
	over := s.overTime(now)
	saved := savedStats{
		Version:       statsVersion,
		savedTimes:    savedTimes{s.startedAt.UTC(), now.UTC(), s.sessions, now.Sub(s.start)},
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

// RestoreStats continues, at now, the statistics that Save wrote in an earlier session
// of the run. The time between sessions is left out: in the rate over time one session
// follows directly after the other.
func RestoreStats(r io.Reader, now time.Time) (*Stats, error) {
	saved, err := readStats(r)
	if err != nil {
		return nil, fmt.Errorf("statistics of the earlier session: %w", err)
	}
	return saved.stats(now)
}

// ReadStats reads statistics to be merged, and the time when they were saved.
func ReadStats(r io.Reader) (s *Stats, end time.Time, err error) {
	saved, err := readStats(r)
	if err == nil && (saved.SavedAt.IsZero() || saved.StartedAt.IsZero() || saved.Sessions < 1) {
		err = errors.New("they do not tell when the run was")
	}
	if err == nil {
		s, err = saved.stats(saved.SavedAt)
	}
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("statistics of a run: %w", err)
	}
	s.startedAt, s.sessions = saved.StartedAt, saved.Sessions
	return s, saved.SavedAt, nil
}

func readStats(r io.Reader) (saved savedStats, err error) {
	if err = json.NewDecoder(io.LimitReader(r, maxSavedStats)).Decode(&saved); err == nil {
		err = saved.check()
	}
	return saved, err
}

// stats returns the statistics of a run that has lasted until now.
func (s *savedStats) stats(now time.Time) (*Stats, error) {
	histogram, err := decodeLatency(s.Latency)
	if err != nil {
		return nil, err
	}
	to := NewStats(now.Add(-s.Elapsed))
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
	case s.Elapsed < 0 || s.Elapsed > maxTimeline || s.Requests < 0 || s.RateLimited < 0:
		return errors.New("impossible numbers")
	case s.BucketWidth < time.Second || len(s.Buckets) > maxBuckets:
		return errors.New("an impossible rate over time")
	case len(s.Outages) > maxOutages || len(s.ByStatus) > maxHTTPCodes ||
		len(s.ByError) > maxCodes+1 || len(s.Paused) > maxCodes+1:
		return errors.New("more entries than there can be")
	}
	return nil
}
