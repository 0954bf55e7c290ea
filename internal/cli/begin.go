package cli

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"tracksync/internal/run"
	"tracksync/internal/safe"
	"tracksync/internal/sandbox"
	"tracksync/internal/terminal"
	"tracksync/report"
	"tracksync/report/journal"
	engine "tracksync/sync"
)

// prepare does all that can fail before the first request: it takes the locks,
// finds the way to the API and makes what belongs to the run. A run that cannot
// start leaves what it found as it was.
func (r *syncRun) prepare(ctx context.Context) error {
	r.background, r.started = context.WithoutCancel(ctx), time.Now()
	r.needed = run.DirsOf(r.reads()) // before tracksync-runs/latest points to this run
	if r.resumed != nil {
		r.dir, r.salt = r.resumed.dir, r.resumed.was.Account.Salt
		return localFailure(r.start(ctx), "nothing was sent")
	}
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails
	r.salt = hex.EncodeToString(salt)
	var err error
	var notEmpty *run.NotEmptyError
	if r.dir, err = run.MakeDir(r.out, r.path); errors.As(err, &notEmpty) {
		return usage(err, "name a new one with --out")
	} else if err != nil {
		return localFailure(err, "name a directory that can be written with --out")
	}
	l, err := r.lockRun(r.dir, r.noLock)
	if err != nil {
		return err // another process made something of the directory
	}
	r.locks = append(r.locks, l)
	if err := r.start(ctx); err != nil {
		return errors.Join(localFailure(err, "name another run directory with --out"), r.dir.Clear(), r.release(), r.dir.Abandon())
	}
	return nil
}

func (r *syncRun) start(ctx context.Context) error {
	if err := r.lockAccount(); err != nil {
		return err
	}
	if err := r.openState(); err != nil {
		return err
	}
	if err := r.reach(); err != nil {
		return err
	}
	if err := r.begin(ctx); err != nil {
		return fmt.Errorf("cannot write to the run directory: %w", err)
	}
	return nil
}

func (r *syncRun) lockAccount() error {
	path, err := filepath.Abs(r.dir.Path)
	if err != nil {
		path = r.dir.Path
	}
	l, err := r.app.lockAccount(r.settings, path)
	r.locks = append(r.locks, l)
	return err
}

// reach prepares the way to the API, and the place for what is read there.
func (r *syncRun) reach() error {
	var box *sandbox.Config
	if r.sandbox {
		box = sandboxConfig(r.manifest.IDs(), r.manifests.largestVolume())
	}
	client, closeClient, err := connect(r.client, box)
	if err != nil {
		return usage(err, "")
	}
	r.api = client
	r.cleanup = append(r.cleanup, func() error { closeClient(); return nil })
	if ids := r.wanted(); ids != nil {
		survey, remove, err := newSurvey(ids)
		if err != nil {
			return fmt.Errorf("no place to keep what is read: %w", err)
		}
		r.survey = survey
		r.cleanup = append(r.cleanup, remove)
	}
	return nil
}

// release cleans up behind the run, and releases its locks.
func (r *syncRun) release() error {
	var errs []error
	for _, f := range r.cleanup {
		errs = append(errs, f())
	}
	for _, l := range r.locks {
		errs = append(errs, l.Release())
	}
	r.cleanup, r.locks = nil, nil
	return errors.Join(errs...)
}

// begin writes what is known before the first request, and opens what is written
// while the run lasts. All files are written beside first: where one cannot be, an
// earlier session's are as they were. Its reports go last.
func (r *syncRun) begin(ctx context.Context) (err error) {
	if !r.noLock { // else another process may be writing
		if err := safe.RemoveLeftovers(r.dir.Path); err != nil {
			return err
		}
	}
	r.sink = r.newSink()
	staged, err := r.stage(ctx)
	defer func() {
		for _, s := range staged {
			err = errors.Join(err, s.Discard())
		}
	}()
	if err != nil {
		return err
	}
	if r.resumed != nil {
		if err := r.resumed.rewrite.Commit(); err != nil {
			return err
		}
	}
	for _, s := range staged {
		if err := s.Commit(); err != nil {
			return err
		}
	}
	if err := r.openFiles(); err != nil {
		return errors.Join(err, r.sink.close())
	}
	if err := r.dropReports(); err != nil {
		return errors.Join(err, r.sink.close())
	}
	if err := r.dir.PointLatest(); err != nil {
		r.log.Debug().Str("error", safe.ErrorLine(err)).Msg("tracksync-runs/latest was not updated")
	}
	return nil
}

// stage writes all that a run begins with.
func (r *syncRun) stage(ctx context.Context) (staged []*safe.Staged, err error) {
	if staged, err = r.copies.Stage(r.dir, r.summary.Sources); err != nil {
		return staged, err
	}
	if r.resumed != nil {
		if err := r.resumed.stage(ctx, r.manifest, r.ledgerOptions(), r.state.Lacks, r.state.Learn); err != nil {
			return staged, err
		}
	}
	about, err := safe.StageFile(r.dir.File(run.DescriptionFile), r.hidden.RedactJSON(r.describe().Write))
	if err != nil {
		return staged, err
	}
	staged = append(staged, about)
	stats, err := safe.StageFile(r.dir.File(run.StatsFile), r.sink.writeStats(r.started))
	if err != nil {
		return staged, err
	}
	return append(staged, stats), nil
}

// newSink makes the sink but for its files.
func (r *syncRun) newSink() *sink {
	o := terminal.ProgressOptions{Rows: r.summary.Rows, Started: r.started, Limit: r.rate, Survey: r.survey != nil}
	stats := report.NewStats(r.started)
	if r.resumed != nil {
		o.Before = r.resumed.done
		stats = r.resumed.stats(r.app, r.started)
	}
	return &sink{stats: stats, progress: r.newProgress(o), synced: r.started, statsFile: r.dir.File(run.StatsFile), secrets: r.hidden, log: r.log}
}

// openFiles opens what is written while the run lasts.
func (r *syncRun) openFiles() (err error) {
	if r.resumed != nil {
		r.sink.ledger, err = r.resumed.rewrite.Open()
	} else {
		r.sink.ledger, err = journal.Create(r.dir.Path, r.ledgerOptions())
	}
	if err != nil {
		return err
	}
	if r.stream {
		r.sink.stream, err = follow(r.dir.File(run.ResultsFile), r.sink.ledger.Whole(), r.Out, r.patience)
	}
	return err
}

func (r *syncRun) ledgerOptions() journal.Options {
	return journal.Options{Redact: r.hidden.Bytes, Undo: r.undo}
}

// dropReports removes the reports of an earlier session. Until there are new ones
// the run has not come to its end.
func (r *syncRun) dropReports() error {
	for _, name := range []string{run.SummaryFile, run.FailedFile, run.UndoFile, run.DefectFile} {
		if err := os.Remove(r.dir.File(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// engineOptions are the options of the engine that does the run.
func (r *syncRun) engineOptions() engine.Options {
	opts := r.speed.engine()
	opts.Grace, opts.MaxFailures, opts.Deadline = r.grace, r.maxFailures, r.endsAt(r.speed)
	opts.Proven = r.resumed != nil && r.resumed.done > 0
	opts.SkipUnchanged, opts.Force, opts.Canary = r.skipUnchanged, r.force, r.canary
	if r.undo {
		opts.Snapshots = r.sink.ledger.Before
	}
	opts.Sent, opts.Survey = r.sink.ledger.Sent, r.survey
	if r.state != nil {
		opts.Media = r.state.State
	}
	return opts
}
