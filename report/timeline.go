package report

import "time"

const (
	maxBuckets  = 240
	maxTimeline = 100 * 365 * 24 * time.Hour // a longer run must be a wrong clock
)

// timeline counts events in buckets of equal width. When an event would need more than
// maxBuckets, the width doubles and neighbours are added up, so that a run of days takes
// no more memory than one of minutes.
type timeline struct {
	width   time.Duration
	buckets []bucket
}

type bucket struct {
	requests, rows, refused int
}

func (b *bucket) add(other bucket) {
	b.requests += other.requests
	b.rows += other.rows
	b.refused += other.refused
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

// rates is the timeline for the summary, up to the last event.
func (t *timeline) rates() RateOverTime {
	r := RateOverTime{
		BucketS:  t.width.Seconds(),
		Requests: make([]int, len(t.buckets)),
		Rows:     make([]int, len(t.buckets)),
		Refused:  make([]int, len(t.buckets)),
	}
	for i, b := range t.buckets {
		r.Requests[i], r.Rows[i], r.Refused[i] = b.requests, b.rows, b.refused
	}
	return r
}
