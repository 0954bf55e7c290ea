package report

import (
	"fmt"

	"tracksync/internal/display"
	"tracksync/internal/safe"
)

const maxHost = display.MaxWidth - labelWidth - 4 // characters

// Fact is one line about a run, for people. Both texts are safe to show.
type Fact struct{ Label, Text string }

// Facts tell how long a run took, and how the API behaved.
func Facts(s Summary) []Fact {
	facts := []Fact{{"time", pacing(s)}}
	add := func(label, text string) { facts = append(facts, Fact{label, text}) }
	if host := host(s.BaseURL); host != "" {
		add("host", safe.CutLine(host, maxHost))
	}
	if s.Shard != "" {
		add("shard", fmt.Sprintf("%s; %s left to the others", safe.Line(s.Shard), display.Count(s.OtherShards, "row")))
	}
	requests := display.Thousands(s.Requests)
	if s.RateLimited > 0 {
		requests += fmt.Sprintf(", of which %s refused with 429", display.Thousands(s.RateLimited))
	}
	add("requests", requests)
	if l := s.Pace.Learned; l != nil {
		text := l.String()
		if s.Shard != "" {
			text += ", found by this shard for itself"
		}
		add("limit", text)
	}
	if m := s.Pace.Remembered; m != nil {
		add("remembered", m.String())
	}
	for _, reason := range sortedKeys(s.PausedS) {
		if sec := s.PausedS[reason]; sec > 0 {
			add("paused", fmt.Sprintf("%s (%s)", duration(sec), safe.CutLine(words(reason), 60)))
		}
	}
	if o := s.Outages; o.Count > 0 {
		add("outages", fmt.Sprintf("%s, %s in all, %s lost, which count as no attempts", display.Thousands(o.Count),
			duration(o.DurationS), display.Count(o.Requests, "request")))
	}
	if s.Undo != nil {
		add("undo", s.Undo.String())
	}
	return facts
}

// pacing is how long a run took, and how many requests and rows a second that is.
func pacing(s Summary) string {
	took := duration(s.DurationS)
	if s.DurationS <= 0 || s.Requests == 0 {
		return took
	}
	took += fmt.Sprintf(" · %.1f requests/s", float64(s.Requests)/s.DurationS)
	rows := 0
	for _, n := range s.RateOverTime.Rows {
		rows += n
	}
	if rows > 0 {
		took += fmt.Sprintf(" · %.1f rows/s", float64(rows)/s.DurationS)
	}
	return took
}

func millis(ms float64) string {
	if ms < 10 {
		return fmt.Sprintf("%.1f ms", ms)
	}
	return duration(ms / 1000)
}
