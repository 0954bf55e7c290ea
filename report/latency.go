package report

import (
	"errors"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// latencyCap is the longest time that is recorded: a request that took longer counts as
// one that took so long.
const latencyCap = time.Hour

// Latency is the time from a request's start to its answer, in milliseconds.
// Requests without an answer and refusals are not in it.
type Latency struct {
	Mean float64 `json:"mean"`
	P50  float64 `json:"p50"`
	P90  float64 `json:"p90"`
	P95  float64 `json:"p95"`
	P99  float64 `json:"p99"`
	Max  float64 `json:"max"`
}

// latencies counts how long requests took, in microseconds.
type latencies struct {
	histogram *hdrhistogram.Histogram
	max, sum  time.Duration // exact: the histogram rounds
}

func newLatencies() latencies {
	return latencies{histogram: hdrhistogram.New(1, latencyCap.Microseconds(), 3)}
}

func (l *latencies) add(d time.Duration) {
	d = min(max(d, time.Microsecond), latencyCap)
	// It cannot fail: d is within the histogram's bounds.
	_ = l.histogram.RecordValue(d.Microseconds())
	l.max = max(l.max, d)
	l.sum += d
}

func (l *latencies) merge(other latencies) {
	l.histogram.Merge(other.histogram) // it drops nothing: the bounds are the same
	l.max = max(l.max, other.max)
	l.sum += other.sum
}

// LatencyBars is the distribution of the latency: how many requests took up to so many
// milliseconds, and longer than the bar before.
type LatencyBars struct {
	UpToMS   []float64 `json:"up_to_ms"`
	Requests []int     `json:"requests"`
}

// steps divide a power of ten into bars that look equally wide on a logarithmic axis.
var steps = []float64{1, 1.5, 2, 3, 5, 7}

// bars are the bars from the first to the last that has a request. The histogram rounds,
// so a request within a thousandth of an edge may be in the bar beside it.
func (l *latencies) bars() LatencyBars {
	b := LatencyBars{UpToMS: []float64{}, Requests: []int{}}
	power, step := 0.1, 0
	for _, some := range l.histogram.Distribution() {
		if some.Count == 0 {
			continue
		}
		for power*steps[step]*1000 < float64(some.From) {
			if step++; step == len(steps) {
				power, step = power*10, 0
			}
			if len(b.UpToMS) > 0 {
				b.add(power*steps[step], 0)
			}
		}
		if len(b.UpToMS) == 0 {
			b.add(power*steps[step], 0)
		}
		b.Requests[len(b.Requests)-1] += int(some.Count)
	}
	return b
}

func (b *LatencyBars) add(upTo float64, requests int) {
	b.UpToMS, b.Requests = append(b.UpToMS, round(upTo)), append(b.Requests, requests)
}

func (l *latencies) summary() Latency {
	n := l.histogram.TotalCount()
	if n == 0 {
		return Latency{}
	}
	at := func(percent float64) float64 {
		// The histogram returns the upper end of a bucket, which may be above the maximum.
		return round(float64(min(l.histogram.ValueAtQuantile(percent), l.max.Microseconds())) / 1000)
	}
	return Latency{
		Mean: round(float64(l.sum.Microseconds()) / float64(n) / 1000),
		P50:  at(50), P90: at(90), P95: at(95), P99: at(99),
		Max: round(float64(l.max.Microseconds()) / 1000),
	}
}

// encode returns the histogram for stats.json; nothing while it is empty, because packing
// takes a millisecond, before the first request of a run.
func (l *latencies) encode() ([]byte, error) {
	if l.histogram.TotalCount() == 0 {
		return []byte{}, nil
	}
	return l.histogram.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
}

// decodeLatency copies a stored histogram into one with our own bounds, because a
// damaged file may claim any size.
func decodeLatency(encoded []byte) (h *hdrhistogram.Histogram, err error) {
	defer func() {
		if recover() != nil { // the decoder trusts its input
			h, err = nil, errors.New("the latencies cannot be read")
		}
	}()
	h = newLatencies().histogram
	if len(encoded) == 0 {
		return h, nil
	}
	from, err := hdrhistogram.Decode(encoded)
	if err != nil {
		return nil, err
	}
	if h.Merge(from) != 0 {
		return nil, errors.New("the latencies are out of bounds")
	}
	return h, nil
}
