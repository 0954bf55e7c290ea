package run

import (
	"time"

	"tracksync/report"
	"tracksync/sync/current"
	"tracksync/sync/pace"
)

// remembered is the limit that an earlier run of the account learned, and the place where
// this run saves its own. The zero value remembers nothing.
type remembered struct {
	store limitStore  // nil: nothing is saved
	known *knownLimit // the earlier limit; nil: there is none, or it is too old
	saved pace.Limit  // while the run goes on
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

// KnownLimit is the limit that an earlier run of the account learned, for a command that only
// reads; nil: none is known. state is the state file, or nil.
func KnownLimit(a Account, state *current.State, now time.Time) *pace.Limit {
	var store limitStore = limitFile{defaultLimits(), a}
	if state != nil {
		store = limitInState{&State{State: state}}
	}
	known, err := store.load()
	if err != nil || known == nil || !known.isTrusted(now) { // a run says what is damaged, and replaces it
		return nil
	}
	m := remembered{known: known}
	return m.prior()
}

// whileRunning returns what saves the limit that is known so far, in case the run is killed. A
// state file is written only at the end, and so is what a shard adds to what others have found.
// Errors are left to the end too.
func (r *Run) whileRunning(limit pace.Limit, refused bool, now time.Time) (save func()) {
	m := &r.remembered
	store, isFile := m.store.(limitFile)
	learned := part{limit, r.Engine.Share}
	if !isFile || learned.isShard() || limit.Kind == pace.None || limit == m.saved ||
		m.outcome(learned, refused) == report.NotMet {
		return func() {}
	}
	m.saved = limit
	k := newKnownLimit(limit, now)
	return func() { _ = store.save(k, now) }
}

// rememberLimit saves what the run learned, for the next one. If the run did not meet the
// remembered limit, that limit stays as old as it is.
func (f *finishing) rememberLimit() error {
	m := &f.remembered
	if m.store == nil {
		return nil
	}
	now, learned := time.Now(), f.found()
	met := learned.Kind != pace.None && m.outcome(learned, f.recorder.refused > 0) != report.NotMet
	if !met && !f.ForgetLimit {
		return nil
	}
	var save *knownLimit
	if learned.isShard() {
		save, _ = m.store.load() // again: other shards may have saved theirs
	}
	if save != nil && f.ForgetLimit && save.LearnedAt.Before(f.Started.Truncate(time.Second)) {
		save = nil
	}
	if met {
		save = learned.addTo(save, f.Started, now)
	}
	if err := m.store.save(save, now); err != nil {
		f.recorder.warn(LimitUnsaved, err)
	}
	return nil
}

// found is what the run learned.
func (f *finishing) found() part { return part{f.Learned, f.Engine.Share} }

// outcome says how the remembered limit compares with the learned one. refused is whether
// any request was refused.
func (m *remembered) outcome(learned part, refused bool) report.LimitOutcome {
	if m.known == nil {
		return report.NoneKnown
	}
	known := m.known.limit()
	switch {
	case learned.Kind == pace.None, learned.fits(known) && !refused:
		return report.NotMet
	case learned.fits(known):
		return report.Held
	case (known.Kind == pace.Concurrency) != (learned.Kind == pace.Concurrency):
		return report.OtherKind
	case size(learned.whole()) < size(known):
		return report.Fell
	}
	return report.Rose
}

// report is the remembered limit and its outcome, for the summary; nil if there is none.
func (m *remembered) report(learned part, refused bool) *report.Remembered {
	if m.known == nil {
		return nil
	}
	return &report.Remembered{
		Learned: *learnedOf(part{Limit: m.known.limit()}), LearnedAt: m.known.LearnedAt, Sure: m.known.Sure,
		Outcome: m.outcome(learned, refused),
	}
}
