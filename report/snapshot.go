package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// snapshot is stats.json: what a run has measured so far, so that the summary
// of a run that is taken up again is about the whole of it. It is for tracksync
// itself; programs read the summary.
type snapshot struct {
	Version     int                      `json:"version"`
	Elapsed     time.Duration            `json:"elapsed_ns"` // the time in which the run was going on
	Requests    int                      `json:"requests"`
	RateLimited int                      `json:"rate_limited"`
	ByStatus    map[int]int              `json:"by_http_status"`
	ByError     map[string]int           `json:"by_error"`
	Latency     []byte                   `json:"latency"` // an HdrHistogram, V2 compressed
	Max         time.Duration            `json:"latency_max_ns"`
	Sum         time.Duration            `json:"latency_sum_ns"`
	BucketWidth time.Duration            `json:"bucket_ns"`
	Buckets     [][3]int                 `json:"buckets"` // requests, rows, refused
	Paused      map[string]time.Duration `json:"paused_ns"`
	Outages     []Outage                 `json:"outages"`
	MoreOutages int                      `json:"more_outages"`
	OutageTime  time.Duration            `json:"outage_ns"`
	OutageLost  int                      `json:"outage_requests"`
}

const snapshotVersion = 1

// Save writes what was measured until now, for RestoreStats.
func (s *Stats) Save(w io.Writer, now time.Time) error {
	latency, err := s.latency.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	if err != nil {
		return fmt.Errorf("statistics: %w", err)
	}
	paused := maps.Clone(s.paused)
	last := s.lastPause
	if last.Until.After(now) {
		last.Until = now
	}
	s.countPause(paused, last)
	snap := snapshot{
		Version: snapshotVersion, Elapsed: now.Sub(s.start),
		Requests: s.requests, RateLimited: s.rateLimited, ByStatus: s.byStatus, ByError: s.byError,
		Latency: latency, Max: s.max, Sum: s.sum, BucketWidth: s.timeline.width, Paused: paused,
		Outages: s.outages, MoreOutages: s.moreOutages, OutageTime: s.outageTime, OutageLost: s.outageLost,
	}
	for _, b := range s.timeline.buckets {
		snap.Buckets = append(snap.Buckets, [3]int{b.requests, b.rows, b.refused})
	}
	return json.NewEncoder(w).Encode(snap)
}

// maxSnapshot bounds what is read: what Save writes is far smaller.
const maxSnapshot = 8 << 20

// RestoreStats goes on, at now, with what Save wrote in an earlier session of
// the run. The time between the sessions is left out: in the rate over time one
// follows upon the other.
func RestoreStats(r io.Reader, now time.Time) (*Stats, error) {
	var snap snapshot
	if err := json.NewDecoder(io.LimitReader(r, maxSnapshot)).Decode(&snap); err != nil {
		return nil, fmt.Errorf("statistics of the earlier session: %w", err)
	}
	latency, err := decodeLatency(snap.Latency)
	if err == nil {
		err = snap.check()
	}
	if err != nil {
		return nil, fmt.Errorf("statistics of the earlier session: %w", err)
	}
	s := NewStats(now.Add(-snap.Elapsed))
	s.requests, s.rateLimited = snap.Requests, snap.RateLimited
	maps.Copy(s.byStatus, snap.ByStatus)
	maps.Copy(s.byError, snap.ByError)
	maps.Copy(s.paused, snap.Paused)
	s.latency, s.max, s.sum = latency, snap.Max, snap.Sum
	s.timeline.width = snap.BucketWidth
	for _, b := range snap.Buckets {
		s.timeline.buckets = append(s.timeline.buckets, bucket{b[0], b[1], b[2]})
	}
	s.outages, s.moreOutages = snap.Outages, snap.MoreOutages
	s.outageTime, s.outageLost = snap.OutageTime, snap.OutageLost
	return s, nil
}

// decodeLatency reads a histogram into one of our own bounds: what a damaged file
// claims about its size is not believed.
func decodeLatency(encoded []byte) (h *hdrhistogram.Histogram, err error) {
	defer func() {
		if recover() != nil { // the decoder trusts its input
			h, err = nil, errors.New("the latencies cannot be read")
		}
	}()
	from, err := hdrhistogram.Decode(encoded)
	if err != nil {
		return nil, err
	}
	h = hdrhistogram.New(1, latencyCap.Microseconds(), 3)
	if h.Merge(from) != 0 {
		return nil, errors.New("the latencies are out of bounds")
	}
	return h, nil
}

func (s *snapshot) check() error {
	switch {
	case s.Version != snapshotVersion:
		return fmt.Errorf("version %d is not known", s.Version)
	case s.Elapsed < 0 || s.Elapsed > maxTimeline || s.Requests < 0 || s.RateLimited < 0:
		return errors.New("numbers that cannot be")
	case s.BucketWidth < time.Second || len(s.Buckets) > maxBuckets:
		return errors.New("a rate over time that cannot be")
	case len(s.Outages) > maxOutages || len(s.ByStatus) > maxHTTPCodes || len(s.ByError) > maxCodes+1 || len(s.Paused) > maxCodes+1:
		return errors.New("more than can be")
	}
	return nil
}
