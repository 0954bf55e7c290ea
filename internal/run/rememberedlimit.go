package run

import (
	"time"

	"tracksync/report"
	"tracksync/sync/pace"
)

// remembered is what a run knows of the limit of its account from an earlier one, and
// where it keeps what it learns itself. The zero value remembers nothing.
type remembered struct {
	store limitStore  // nil: nothing is kept
	known *knownLimit // that an earlier run learned; nil: none, or one that is too old
}

// recall looks up what an earlier run of the account learned. A file that is damaged is
// no error: it is replaced, and the limit is learned again.
func (r *Run) recall() {
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

// prior is the limit that the engine begins with; nil: none.
func (m *remembered) prior() *pace.Limit {
	if m.known == nil {
		return nil
	}
	l := m.known.limit()
	return &l
}

// rememberLimit keeps what the run learned for the next one. A limit that it did not
// come up against stays as old as it is.
func (f *finishing) rememberLimit() error {
	m := &f.remembered
	if m.store == nil {
		return nil
	}
	now := time.Now()
	learned := whole(f.Learned, f.Engine.Share)
	var keep *knownLimit
	switch came := m.cameOf(learned, f.recorder.refused > 0); {
	case learned.Kind != pace.None && came != report.NotMet:
		keep = newKnownLimit(learned, now)
	case !f.ForgetLimit:
		return nil
	}
	if err := m.store.save(keep, now); err != nil {
		f.recorder.warn(LimitUnsaved, err)
	}
	return nil
}

// cameOf is what came of the remembered limit, given what the run has learned and
// whether it was refused anything.
func (m *remembered) cameOf(learned pace.Limit, refused bool) report.LimitOutcome {
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

// report is what was remembered, and what came of it; nil if nothing was.
func (m *remembered) report(learned pace.Limit, refused bool) *report.Remembered {
	if m.known == nil {
		return nil
	}
	return &report.Remembered{
		Learned: *learnedOf(m.known.limit()), LearnedAt: m.known.LearnedAt, Sure: m.known.Sure,
		Outcome: m.cameOf(learned, refused),
	}
}
