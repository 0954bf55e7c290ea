package report

import (
	"reflect"
	"testing"
	"time"
)

// A pause and an outage are divided among the seconds in which they lie.
func TestSpansOverTime(t *testing.T) {
	s := NewStats(start)
	s.AddAttempt(Attempt{Started: start, Status: 200, Limit: 10})
	s.AddAttempt(Attempt{Started: start, Status: 200, Limit: 7})
	s.AddPause(Pause{after(500 * time.Millisecond), after(2250 * time.Millisecond), "rate_limited"})
	s.AddPause(Pause{after(3 * time.Second), after(time.Hour), "rate_limited"})
	s.AddOutage(Outage{From: after(-time.Second), Until: after(1100 * time.Millisecond)})
	r := s.Summary(after(4500 * time.Millisecond)).RateOverTime
	for _, tt := range []struct {
		name string
		got  []float64
		want []float64
	}{
		{"limit", r.LimitPer, []float64{10, 0, 0, 0, 0}},
		{"paused", r.PausedS, []float64{0.5, 1, 0.25, 1, 0.5}},
		{"down", r.DownS, []float64{1, 0.1, 0, 0, 0}},
	} {
		if !reflect.DeepEqual(tt.got, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, tt.got, tt.want)
		}
	}
}

// A pause of years fits, and so does one that begins before the run.
func TestLongSpans(t *testing.T) {
	s := NewStats(start)
	s.AddOutage(Outage{From: time.Time{}, Until: time.Unix(1<<40, 0)})
	r := s.Summary(start).RateOverTime
	total := 0.0
	for _, x := range r.DownS {
		total += x
	}
	if len(r.DownS) > maxBuckets || total != maxTimeline.Seconds() {
		t.Errorf("%d buckets, %v s", len(r.DownS), total)
	}
}
