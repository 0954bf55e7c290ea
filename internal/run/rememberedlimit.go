package run

import (
	"time"

	"tracksync/report"
	"tracksync/sync/pace"
)

// remembered is the limit that an earlier run of the account learned, and the place where
// this run saves its own. The zero value remembers nothing.
type remembered struct {
	store limitStore  // nil: nothing is saved
	known *knownLimit // the earlier limit; nil: there is none, or it is too old
}

// loadLimit loads the limit that an earlier run of the account learned. A damaged file is
// not an error: it is replaced, and the limit is learned again.
func (r *Run) loadLimit() {
	if !r.Remember {
		return
	}
	m := &r.remembered
	m.store = limitFile{defaultLimits(), r.Account}
	if r.state != nil {
		m.store = limitInState{r.state}
	}
	known, err := m.store.load()
	if err != nil {
		r.recorder.warn(LimitLost, err)
		if err := m.store.save(nil, r.Started); err != nil {
			r.recorder.warn(LimitUnsaved, err)
		}
	}
	if known != nil && known.isTrusted(r.Started) && !r.ForgetLimit {
		m.known = known
	}
}

// prior is the limit that the engine starts with; nil: none.
func (m *remembered) prior() *pace.Limit {
	if m.known == nil {
		return nil
	}
	l := m.known.limit()
	return &l
}

// rememberLimit saves what the run learned, for the next one. If the run did not meet the
// remembered limit, that limit stays as old as it is.
func (f *finishing) rememberLimit() error {
	m := &f.remembered
	if m.store == nil {
		return nil
	}
	now := time.Now()
	learned := whole(f.Learned, f.Engine.Share)
	var save *knownLimit
	switch outcome := m.outcome(learned, f.recorder.refused > 0); {
	case learned.Kind != pace.None && outcome != report.NotMet:
		save = newKnownLimit(learned, now)
	case !f.ForgetLimit:
		return nil
	}
	if err := m.store.save(save, now); err != nil {
		f.recorder.warn(LimitUnsaved, err)
	}
	return nil
}

// outcome says how the remembered limit compares with the learned one. refused is whether
// any request was refused.
func (m *remembered) outcome(learned pace.Limit, refused bool) report.LimitOutcome {
	if m.known == nil {
		return report.NoneKnown
	}
	known := m.known.limit()
	switch {
	case learned.Kind == pace.None, near(known, learned) && !refused:
		return report.NotMet
	case near(known, learned):
		return report.Held
	case (known.Kind == pace.Concurrency) != (learned.Kind == pace.Concurrency):
		return report.OtherKind
	case size(learned) < size(known):
		return report.Fell
	}
	return report.Rose
}

// report is the remembered limit and its outcome, for the summary; nil if there is none.
func (m *remembered) report(learned pace.Limit, refused bool) *report.Remembered {
	if m.known == nil {
		return nil
	}
	return &report.Remembered{
		Learned: *learnedOf(m.known.limit()), LearnedAt: m.known.LearnedAt, Sure: m.known.Sure,
		Outcome: m.outcome(learned, refused),
	}
}
