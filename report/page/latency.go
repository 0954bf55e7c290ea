package page

import (
	"fmt"

	"tracksync/internal/display"
	"tracksync/report"
)

// latency is the drawing of how long answers took.
type latency struct {
	Bars        []bar
	Percentiles []percentile
	From, To    string
	Most        string // answers in the highest bar
}

type bar struct {
	X      int
	Height float64
	Y      float64
	Text   string
	UpTo   string
	Count  string
}

// percentile is a line of the drawing, and its label.
type percentile struct {
	Name, Text string
	X          float64 // in bars
}

func latencyOf(s report.Summary) *latency {
	b := s.Latencies
	if len(b.Requests) == 0 || len(b.UpToMS) != len(b.Requests) {
		return nil
	}
	most := 0
	for _, n := range b.Requests {
		most = max(most, n)
	}
	l := &latency{Most: display.Thousands(most), From: millis(b.UpToMS[0]), To: millis(b.UpToMS[len(b.UpToMS)-1])}
	for i, n := range b.Requests {
		height := 100 * float64(n) / float64(max(most, 1))
		if n > 0 {
			height = max(height, 1)
		}
		text := fmt.Sprintf("%s: %s", rangeOf(b, i), display.Count(n, "answer"))
		l.Bars = append(l.Bars, bar{i, height, plotHeight - height, text, rangeOf(b, i), display.Thousands(n)})
	}
	for _, p := range []struct {
		name string
		ms   float64
	}{{"half within", s.LatencyMS.P50}, {"95 % within", s.LatencyMS.P95}, {"99 % within", s.LatencyMS.P99},
		{"longest", s.LatencyMS.Max}} {
		l.Percentiles = append(l.Percentiles, percentile{p.name, millis(p.ms), place(b, p.ms)})
	}
	return l
}

// rangeOf is what a bar counts.
func rangeOf(b report.LatencyBars, i int) string {
	if i == 0 {
		return "up to " + millis(b.UpToMS[0])
	}
	return millis(b.UpToMS[i-1]) + " to " + millis(b.UpToMS[i])
}

// place is where a time lies among the bars.
func place(b report.LatencyBars, ms float64) float64 {
	for i, upTo := range b.UpToMS {
		if ms > upTo {
			continue
		}
		if i == 0 {
			return 0.5
		}
		from := b.UpToMS[i-1]
		return float64(i) + (ms-from)/(upTo-from)
	}
	return float64(len(b.UpToMS))
}

func millis(ms float64) string {
	if ms < 1000 {
		return fmt.Sprintf("%.3g ms", ms)
	}
	return fmt.Sprintf("%.3g s", ms/1000)
}
