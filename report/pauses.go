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

// add returns the pause before, which is now in the sums. It is the zero Pause if there is
// none.
func (p *pauses) add(a Pause) (before Pause) {
	if a.From.Before(p.latest.Until) {
		a.From = p.latest.Until
	}
	if !a.Until.After(a.From) {
		return Pause{}
	}
	before, p.latest = p.latest, a
	addPause(p.sums, before)
	return before
}

func (p *pauses) merge(other pauses) {
	for reason, d := range other.sums {
		p.sums[word(p.sums, reason)] += d
	}
	p.others = append(append(p.others, other.latest), other.others...)
}

// open returns the pauses that are not in the sums, as far as they lie before end.
func (p *pauses) open(end time.Time) []Pause {
	open := append([]Pause{p.latest}, p.others...)
	for i := range open {
		if open[i].Until.After(end) {
			open[i].Until = end
		}
	}
	return open
}

// until returns the sums up to end.
func (p *pauses) until(end time.Time) map[string]time.Duration {
	sums := maps.Clone(p.sums)
	for _, last := range p.open(end) {
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
