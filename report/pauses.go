package report

import (
	"maps"
	"time"
)

// Pause is a span in which no request started.
type Pause struct {
	From, Until time.Time
	Reason      string // a word, for example rate_limited
}

// pauses adds up the time of pauses by their reasons.
type pauses struct {
	sums   map[string]time.Duration
	latest Pause   // not yet in sums, because the run may end within it
	others []Pause // the latest ones of merged statistics
}

func (p *pauses) add(a Pause) {
	if a.From.Before(p.latest.Until) {
		a.From = p.latest.Until
	}
	if !a.Until.After(a.From) {
		return
	}
	addPause(p.sums, p.latest)
	p.latest = a
}

func (p *pauses) merge(other pauses) {
	for reason, d := range other.sums {
		p.sums[word(p.sums, reason)] += d
	}
	p.others = append(append(p.others, other.latest), other.others...)
}

// until returns the sums up to end.
func (p *pauses) until(end time.Time) map[string]time.Duration {
	sums := maps.Clone(p.sums)
	for _, last := range append([]Pause{p.latest}, p.others...) {
		if last.Until.After(end) {
			last.Until = end
		}
		addPause(sums, last)
	}
	return sums
}

func (p *pauses) seconds(end time.Time) map[string]float64 {
	seconds := map[string]float64{}
	for reason, d := range p.until(end) {
		seconds[reason] = round(d.Seconds())
	}
	return seconds
}

func addPause(sums map[string]time.Duration, p Pause) {
	if d := p.Until.Sub(p.From); d > 0 {
		sums[word(sums, p.Reason)] += d
	}
}
