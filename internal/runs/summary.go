package runs

import (
	"slices"
	"time"

	"tracksync/internal/track"
	"tracksync/report"
	engine "tracksync/sync"
)

// summary is the summary of several runs.
func (m *Merged) summary() (s report.Summary, err error) {
	s = m.measured()
	s.Totals = report.Totals{}
	for i := range m.Parts {
		for r := range m.rowsOf(i) {
			s.Totals[r.status]++
		}
	}
	s.Totals[track.NotAttempted] += m.missing()
	for _, n := range s.Totals {
		s.Rows += n
	}
	m.origin(&s)
	m.ending(&s)
	m.sayShards(&s)
	s.Failures, err = report.Failures(m.results(report.NeedsAttention))
	return s, err
}

// measured is the sum of what the runs measured.
func (m *Merged) measured() report.Summary {
	var all *report.Stats
	var end time.Time
	for _, p := range m.Parts {
		if p.until.After(end) {
			end = p.until
		}
		switch {
		case p.stats == nil:
		case all == nil:
			all = p.stats
		default:
			all.Merge(p.stats)
		}
	}
	if all == nil {
		all = report.NewStats(m.Parts[0].StartedAt)
		end = m.Parts[0].StartedAt
	}
	s := all.Summary(end)
	s.DurationS = m.busy().Seconds()
	return s
}

// busy is how long at least one of the runs was at work.
func (m *Merged) busy() (sum time.Duration) {
	type span struct{ from, until time.Time }
	var spans []span
	for _, p := range m.Parts {
		if lasted := time.Duration(p.Summary.DurationS * float64(time.Second)); lasted > 0 {
			spans = append(spans, span{p.until.Add(-lasted), p.until})
		}
	}
	slices.SortFunc(spans, func(a, b span) int { return a.from.Compare(b.from) })
	var reached time.Time
	for _, s := range spans {
		if s.from.Before(reached) {
			s.from = reached
		}
		if s.until.After(s.from) {
			sum += s.until.Sub(s.from)
			reached = s.until
		}
	}
	return sum.Round(time.Millisecond)
}

// missing counts the rows that no run with the same rows has reached.
func (m *Merged) missing() (n int) {
	for i, p := range m.Parts {
		kin := slices.DeleteFunc(m.indexes(), func(k int) bool { return !m.sameRows(uint16(i), uint16(k)) })
		if kin[0] != i {
			continue // its rows were counted with the first
		}
		for row := range p.record.Missing(p.Rows) {
			if !slices.ContainsFunc(kin, func(k int) bool { _, ok := m.Parts[k].record.Status(row); return ok }) {
				n++
			}
		}
	}
	return n
}

func (m *Merged) indexes() []int {
	all := make([]int, len(m.Parts))
	for i := range all {
		all[i] = i
	}
	return all
}

// origin says what ran and where, and how fast it was told to be.
func (m *Merged) origin(s *report.Summary) {
	latest := m.Parts[len(m.Parts)-1]
	s.Version, s.BaseURL = latest.Version, latest.BaseURL
	s.Pace = latest.Summary.Pace
	for _, p := range m.Parts {
		for _, name := range p.Names() {
			if !slices.Contains(s.Manifests, name) {
				s.Manifests = append(s.Manifests, name)
			}
		}
		for _, w := range p.Summary.Warned.List {
			if !slices.Contains(s.Warned.List, w) {
				s.Warned.List = append(s.Warned.List, w)
			}
		}
		s.Warned.Found = max(s.Warned.Found, p.Summary.Warned.Found)
	}
	s.Warned.Found = max(s.Warned.Found, len(s.Warned.List))
}

// ending says how the runs ended. If every row has ended, nothing was stopped. Otherwise the
// latest run that was stopped tells.
func (m *Merged) ending(s *report.Summary) {
	s.End = string(engine.Completed)
	if s.Totals[track.NotAttempted] == 0 {
		return
	}
	for _, p := range slices.Backward(m.Parts) {
		if p.Summary.End != s.End {
			s.Ending = p.Summary.Ending
			return
		}
	}
}
