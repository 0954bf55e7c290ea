package report

import (
	"slices"
	"time"
)

const (
	maxBuckets  = 240
	maxTimeline = 100 * 365 * 24 * time.Hour // a longer run must be a wrong clock
)

// timeline measures a run in buckets of equal width. When an event would need more than
// maxBuckets, the width doubles and neighbours are added up, so that a run of days takes
// no more memory than one of minutes.
type timeline struct {
	width   time.Duration
	buckets []bucket
}

// bucket is what happened in one span of a run. stats.json has it as it is.
type bucket struct {
	Requests int           `json:"requests,omitzero"`
	Rows     int           `json:"rows,omitzero"`
	Failed   int           `json:"failed,omitzero"`  // of the rows, those without success
	Refused  int           `json:"refused,omitzero"` // of the requests
	Limit    float64       `json:"limit,omitzero"`   // the highest rate in force; 0: unlimited, or not known
	Paused   time.Duration `json:"paused,omitzero"`  // nanoseconds
	Down     time.Duration `json:"down,omitzero"`    // nanoseconds
}

func (b *bucket) add(other bucket) {
	b.Requests += other.Requests
	b.Rows += other.Rows
	b.Failed += other.Failed
	b.Refused += other.Refused
	b.Limit = max(b.Limit, other.Limit)
	b.Paused += other.Paused
	b.Down += other.Down
}

// at returns the bucket for the time d after the start. It is valid until the next call.
func (t *timeline) at(d time.Duration) *bucket {
	d = min(max(d, 0), maxTimeline)
	for d/t.width >= maxBuckets {
		t.double()
	}
	n := int(d / t.width)
	for len(t.buckets) <= n {
		t.buckets = append(t.buckets, bucket{})
	}
	return &t.buckets[n]
}

// span divides the time between two moments, each a time after the start, among the
// buckets in which it lies.
func (t *timeline) span(from, until time.Duration, field func(*bucket) *time.Duration) {
	from, until = max(from, 0), min(until, maxTimeline)
	if until <= from {
		return
	}
	t.at(until - 1) // so that the width does not change below
	for from < until {
		end := min(until, from-from%t.width+t.width)
		*field(t.at(from)) += end - from
		from = end
	}
}

// pause adds a pause of a run that began at start.
func (t *timeline) pause(p Pause, start time.Time) {
	t.span(p.From.Sub(start), p.Until.Sub(start), func(b *bucket) *time.Duration { return &b.Paused })
}

func (t *timeline) double() {
	t.width *= 2
	for i, b := range t.buckets {
		if i%2 == 0 {
			t.buckets[i/2] = b
			continue
		}
		t.buckets[i/2].add(b)
	}
	t.buckets = t.buckets[:(len(t.buckets)+1)/2]
}

// merge adds another timeline, which begins shift later. If shift is not a multiple of
// the width, events may count one bucket too early.
func (t *timeline) merge(other timeline, shift time.Duration) {
	for t.width < other.width {
		t.double()
	}
	for i, b := range other.buckets {
		t.at(shift + time.Duration(i)*other.width).add(b)
	}
}

func (t *timeline) clone() timeline { return timeline{t.width, slices.Clone(t.buckets)} }

// rates is the timeline for the summary, up to the last event.
func (t *timeline) rates() RateOverTime {
	r := RateOverTime{
		BucketS:  t.width.Seconds(),
		Requests: make([]int, len(t.buckets)),
		Rows:     make([]int, len(t.buckets)),
		Failed:   make([]int, len(t.buckets)),
		Refused:  make([]int, len(t.buckets)),
		LimitPer: make([]float64, len(t.buckets)),
		PausedS:  make([]float64, len(t.buckets)),
		DownS:    make([]float64, len(t.buckets)),
	}
	for i, b := range t.buckets {
		r.Requests[i], r.Rows[i], r.Failed[i], r.Refused[i] = b.Requests, b.Rows, b.Failed, b.Refused
		r.LimitPer[i], r.PausedS[i], r.DownS[i] = round(b.Limit), round(b.Paused.Seconds()), round(b.Down.Seconds())
	}
	return r
}
