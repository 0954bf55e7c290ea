package run

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"tracksync/internal/safe"
	"tracksync/internal/track"
	"tracksync/report"
	"tracksync/report/journal"
	engine "tracksync/sync"
)

// LockError means that a run directory cannot be locked. It wraps a *HeldError if another
// process holds the lock.
type LockError struct {
	Dir string
	Err error
}

func (e *LockError) Error() string {
	return fmt.Sprintf("the run directory %s cannot be locked: %v", e.Dir, e.Err)
}
func (e *LockError) Unwrap() error { return e.Err }

// StateError means that the state file cannot be used.
type StateError struct{ Err error }

func (e *StateError) Error() string { return e.Err.Error() }
func (e *StateError) Unwrap() error { return e.Err }

// Start makes and locks the directory of a new run, and writes everything that is known
// before the first request. If the run cannot start, it leaves all files as they were.
// Errors that a caller can recognize are *LockError, *StateError and *NotEmptyError.
func Start(ctx context.Context, c Config) (*Run, error) {
	r := newRun(c)
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails
	r.salt = hex.EncodeToString(salt)
	var err error
	if r.Dir, err = MakeDir(c.Path, c.Named); err != nil {
		return nil, err
	}
	lock, err := lockDir(r.Dir, c.NoLock)
	if err != nil {
		return nil, err // another process has it: the directory is not removed
	}
	r.closers = append(r.closers, lock.Release)
	if err := r.takeOver(); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	if err := r.prepare(ctx); err != nil {
		return nil, errors.Join(err, r.Dir.Clear(), r.Close(), r.Dir.Abandon())
	}
	return r, nil
}

// takeOver removes what a run left that was killed before it began. Another run may have begun
// and ended there between the first look at the directory and its lock. A file that this run
// reads is not removed: it may be the only copy of what came from standard input.
func (r *Run) takeOver() error {
	if err := r.Dir.checkNew(); err != nil || r.NoLock { // without a lock, another run may be about to begin
		return err
	}
	for _, name := range r.Reads {
		if file := filepath.Base(name); isSame(name, r.Dir.File(file)) {
			return &NotEmptyError{r.Dir.Path, file}
		}
	}
	return r.Dir.Clear()
}

// Resume continues an earlier run, whose Survey the caller has called. If it fails, the
// earlier run stays as it was. An error that a caller can recognize is *StateError. The
// caller closes the earlier run, after this one.
func Resume(ctx context.Context, c Config, earlier *Earlier) (*Run, error) {
	r := newRun(c)
	r.Dir, r.salt, r.earlier = earlier.Dir, earlier.Account.Salt, earlier
	if err := r.prepare(ctx); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

func newRun(c Config) *Run {
	// The directories are looked up before tracksync-runs/latest points to this run.
	return &Run{Config: c, Started: time.Now(), needed: DirsOf(c.Reads), write: safe.WriteFile}
}

func lockDir(dir Dir, no bool) (*Lock, error) {
	if no {
		return nil, nil
	}
	l, err := LockDir(dir.Path)
	if err != nil {
		return nil, &LockError{dir.Path, err}
	}
	return l, nil
}

// prepare does all that can fail before the first request.
func (r *Run) prepare(ctx context.Context) error {
	if err := r.openState(); err != nil {
		return &StateError{err}
	}
	r.prepareSurvey()
	if err := r.writeFirst(ctx); err != nil {
		return fmt.Errorf("cannot write to the run directory: %w", err)
	}
	r.loadLimit()
	r.engine = engine.New(r.API, r.recorder, r.engineOptions())
	return nil
}

// openState opens the state file, if the run has one.
func (r *Run) openState() (err error) {
	if r.StateFile != "" {
		r.state, err = OpenState(r.StateFile, r.Account, r.salt, r.Started)
	}
	return err
}

func (r *Run) prepareSurvey() {
	ids := r.surveyed()
	r.Manifest.ForgetIDs()
	if len(ids) > 0 {
		r.survey = NewSurvey(ids)
		r.closers = append(r.closers, r.survey.Store.Close)
	}
}

// surveyed are the tracks whose state is read before the first row; nil: none.
func (r *Run) surveyed() []track.ID {
	left, ids := r.Checked, r.Manifest.IDs
	if r.earlier != nil {
		left, ids = r.earlier.Left, func() []track.ID { return r.earlier.ids }
	}
	if !r.Engine.SkipUnchanged && left.Expecting < left.Valid-left.Skipped {
		return nil // the few rows that expect something read their tracks one by one
	}
	return ids()
}

// writeFirst writes everything that is known before the first request, and opens the
// files that are written during the run. It stages all files before it replaces any: if
// one cannot be staged, the files of an earlier session stay as they were. The reports
// of that session are removed last.
func (r *Run) writeFirst(ctx context.Context) (err error) {
	if !r.NoLock { // otherwise another process may be writing
		if err := safe.RemoveLeftovers(r.Dir.Path); err != nil {
			return err
		}
	}
	r.recorder = r.newRecorder()
	r.recorder.limits = r.whileRunning
	staged, err := r.stage(ctx)
	defer func() {
		for _, s := range staged {
			err = errors.Join(err, s.Discard())
		}
	}()
	if err != nil {
		return err
	}
	if r.earlier != nil {
		if err := r.earlier.rewrite.Commit(); err != nil {
			return err
		}
	}
	for _, s := range staged {
		if err := s.Commit(); err != nil {
			return err
		}
	}
	if err := r.openFiles(); err != nil {
		return errors.Join(err, r.recorder.close())
	}
	if err := r.removeReports(); err != nil {
		return errors.Join(err, r.recorder.close())
	}
	if err := r.Dir.PointLatest(); err != nil {
		r.recorder.warn(LatestStays, err)
	}
	return nil
}

// stage writes the files of a new session beside those that they will replace.
func (r *Run) stage(ctx context.Context) (staged []*safe.Staged, err error) {
	if staged, err = r.Copies.Stage(r.Dir, r.Checked.Sources); err != nil {
		return staged, err
	}
	if r.earlier != nil {
		if err := r.earlier.stage(ctx, r.Manifest, r.ledgerOptions(), r.state); err != nil {
			return staged, err
		}
	}
	stats, err := safe.StageFile(r.Dir.File(StatsFile), r.recorder.writeStats(r.Started))
	if err != nil {
		return staged, err
	}
	staged = append(staged, stats)
	about, err := safe.StageFile(r.Dir.File(DescriptionFile), r.Hidden.RedactJSON(r.describe().Write))
	if err != nil {
		return staged, err
	}
	return append(staged, about), nil // last, see HasBegun
}

// newRecorder makes the recorder, without its files.
func (r *Run) newRecorder() *recorder {
	rec := &recorder{
		stats: report.NewStats(r.Started), synced: r.Started, rows: r.Checked.Rows, secrets: r.Hidden, output: r.Output,
		statsSaving: statsSaving{statsFile: r.Dir.File(StatsFile), stated: r.Started},
	}
	var unread error
	if rec.metrics, unread = openMetrics(r.MetricsFile, r.Hidden); unread != nil {
		rec.warn(MetricsLost, unread)
	}
	if r.earlier == nil {
		return rec
	}
	stats, err := r.earlier.stats(r.Started)
	if err != nil {
		rec.warn(StatsLost, err)
	}
	rec.stats = stats
	return rec
}

// openFiles opens the files that are written during the run.
func (r *Run) openFiles() (err error) {
	rec := r.recorder
	if r.earlier != nil {
		rec.ledger, err = r.earlier.rewrite.Open()
	} else {
		rec.ledger, err = journal.Create(r.Dir.Path, r.ledgerOptions())
	}
	if err == nil && r.Output != nil {
		err = r.Output.Open(r.Dir.File(ResultsFile), rec.ledger.Whole())
	}
	return err
}

func (r *Run) ledgerOptions() journal.Options {
	return journal.Options{Redact: r.Hidden.Bytes, Undo: r.Undo, Session: r.session()}
}

// session is the number of this session of the run.
func (r *Run) session() int {
	if r.earlier == nil {
		return 1
	}
	return len(r.earlier.Sessions) + 1
}

// removeReports removes the reports of an earlier session. A run without a summary counts as
// one that has not ended. Any other report may stay while another program has it open.
func (r *Run) removeReports() error {
	entries, err := os.ReadDir(r.Dir.Path)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !isReport(e.Name()) {
			continue
		}
		err := safe.Remove(r.Dir.File(e.Name()))
		switch {
		case errors.Is(err, safe.ErrInUse) && e.Name() != SummaryFile:
			r.recorder.warn(InUse, err)
		case err != nil:
			return err
		}
	}
	return nil
}

// engineOptions are the options of the run's engine.
func (r *Run) engineOptions() engine.Options {
	o := r.Engine
	if r.earlier != nil {
		o.Proven, o.CanaryPassed = r.earlier.Done > 0, r.earlier.Updated >= o.Canary
	}
	if r.Undo {
		o.Snapshots = r.recorder.ledger.Before
	}
	o.Requests = Preflight(r.Checked, r.earlier).Updates
	o.Sent, o.Survey, o.Remembered = r.recorder.ledger.Sent, r.survey, r.remembered.prior()
	if r.state != nil {
		o.Media = r.state.State
	}
	return o
}
