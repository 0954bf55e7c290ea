package cli

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"time"

	"github.com/rs/zerolog"

	"tracksync/input"
	"tracksync/internal/defect"
	"tracksync/internal/safe"
	"tracksync/internal/sandbox"
	"tracksync/internal/track"
	"tracksync/report"
	"tracksync/report/journal"
	engine "tracksync/sync"
	"tracksync/sync/current"
)

// spin covers how late the timers of an operating system fire.
const spin = 1500 * time.Microsecond

// run is one run of sync, from its directory to its last report.
type run struct {
	*app
	settings
	manifest *input.Manifest
	summary  input.Summary

	args []string // the manifests as they were named
	kept *spool   // those that could be read only once

	resumed *resumption // nil for a new run

	background context.Context // not ended by signals: for the last reports

	dir     runDir
	salt    string // of the account's fingerprint; no other run has the same
	locks   []*lock
	state   *current.State // nil without --state
	started time.Time
	sink    *sink
	signal  os.Signal      // the first that came; read only after the run
	faults  []error        // what went wrong here, and not with a row
	failed  []track.Result // the first rows that ended without success

	hopeless int // rows that would end the same way if they were sent again as they are
}

// prepare takes the locks, makes the run directory and what belongs to it.
func (r *run) prepare(ctx context.Context) error {
	r.background, r.started = context.WithoutCancel(ctx), time.Now()
	if r.resumed != nil {
		r.dir, r.salt = r.resumed.dir, r.resumed.was.Account.Salt
		if err := r.lockAccount(); err != nil {
			return err
		}
		if err := r.openState(); err != nil {
			return err
		}
		return asUsage(r.begin(ctx), "nothing was sent")
	}
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails
	r.salt = hex.EncodeToString(salt)
	var err error
	if r.dir, err = makeRunDir(r.out, r.started); err != nil {
		return asUsage(err, "name a directory that can be written with --out")
	}
	if err = r.lockNew(); err != nil {
		return err
	}
	if err = r.begin(ctx); err != nil {
		return asUsage(fmt.Errorf("cannot write to the run directory: %w", err), "name another with --out")
	}
	return nil
}

// lockNew takes the locks of a new run, whose directory it removes again if it
// cannot start.
func (r *run) lockNew() error {
	l, err := r.lockRun(r.dir, r.noLock)
	if err != nil {
		return err
	}
	r.locks = append(r.locks, l)
	if err = r.lockAccount(); err == nil {
		err = r.openState()
	}
	if err != nil {
		return errors.Join(err, r.unlock(), r.dir.abandon())
	}
	return nil
}

func (r *run) lockAccount() error {
	path, err := filepath.Abs(r.dir.path)
	if err != nil {
		path = r.dir.path
	}
	l, err := r.app.lockAccount(r.settings, path)
	r.locks = append(r.locks, l)
	return err
}

func (r *run) unlock() error {
	var errs []error
	for _, l := range r.locks {
		errs = append(errs, l.release())
	}
	r.locks = nil
	return errors.Join(errs...)
}

// asUsage makes err a usage failure unless it is a failure already: nothing was
// sent yet.
func asUsage(err error, hint string) error {
	var f *failure
	if err == nil || errors.As(err, &f) {
		return err
	}
	return usage(err, hint)
}

// begin writes what is known before the first request, and opens the journal.
func (r *run) begin(ctx context.Context) error {
	if !r.noLock { // else another process may be writing
		if err := report.RemoveLeftovers(r.dir.path); err != nil {
			return err
		}
	}
	if err := r.keepInputs(); err != nil {
		return err
	}
	if r.resumed != nil {
		if err := r.resumed.begin(ctx, r.manifest, r.redactJSON, r.remember); err != nil {
			return err
		}
	}
	if err := report.WriteFile(r.dir.file(runFile), r.redactedJSON(r.describe().write)); err != nil {
		return err
	}
	j, err := r.openJournal()
	if err != nil {
		return err
	}
	if err := r.dir.pointLatest(); err != nil {
		r.log.Debug().Err(err).Msg("tracksync-runs/latest was not updated")
	}
	p := &progress{
		log: r.log, width: r.Width, color: r.color(), limit: limitText(r.rate),
		total: r.summary.Rows, started: r.started, logged: r.started,
	}
	stats := report.NewStats(r.started)
	if r.resumed != nil {
		p.done, p.before = r.resumed.done, r.resumed.done
		stats = r.resumed.stats(r.app, r.started)
	}
	if r.ErrTerminal && r.logs.human(r.Streams) && r.log.GetLevel() <= zerolog.InfoLevel {
		p.screen = r.screen
	}
	r.sink = &sink{journal: j, stats: stats, progress: p, redact: r.redactJSON, synced: r.started, statsFile: r.dir.file(statsFile), log: r.log}
	if r.stream {
		r.sink.stream = r.Out
	}
	if r.undo {
		if r.sink.before, err = journal.CreateBefore(r.dir.file(beforeFile), r.redact); err != nil {
			return errors.Join(err, j.Close())
		}
	}
	if err := r.sink.save(r.started); err != nil {
		return errors.Join(err, j.Close())
	}
	return nil
}

func (r *run) openJournal() (*journal.Journal, error) {
	open := journal.Create
	if r.resumed != nil {
		open = journal.Open
	}
	return open(r.dir.file(resultsFile), journal.Options{Redact: r.redact})
}

// rows are the rows to work on.
func (r *run) rows(ctx context.Context) iter.Seq2[track.Row, error] {
	all := r.manifest.Rows(ctx)
	if r.resumed != nil {
		return r.resumed.rows(all)
	}
	return all
}

// redact takes the key out of what is about to be written.
func (r *run) redact(b []byte) []byte { return r.hidden.bytes(b) }

// redactJSON takes it out of JSON, which stays JSON.
func (r *run) redactJSON(b []byte) []byte { return safe.JSONStrings(b, r.redact) }

// do makes the run and writes its reports, also when it ends with a panic.
func (r *run) do(ctx context.Context) error {
	var end engine.End
	err := defect.Do(func() (err error) { end, err = r.work(ctx); return err })
	if isFailure(err) {
		return errors.Join(err, r.sink.close())
	}
	if err != nil {
		r.faults = append(r.faults, err)
	}
	if isDefect(err) {
		end = engine.End{Reason: engine.Defect, Message: err.Error(), Err: err}
	}
	return r.finish(end)
}

// work lets the engine do the run. A failure is that nothing was sent; any other
// error is a defect.
func (r *run) work(ctx context.Context) (engine.End, error) {
	var box *sandbox.Config
	if r.sandbox {
		box = tryout(r.manifest.IDs(), r.manifests.largestVolume())
	}
	client, closeClient, err := connect(r.client, box)
	if err != nil {
		return engine.End{}, usage(err, "")
	}
	defer closeClient()
	opts := r.engineOptions()
	if ids := r.wanted(); ids != nil {
		survey, remove, err := newSurvey(ids)
		if err != nil {
			return engine.End{}, usage(err, "")
		}
		defer r.tidy(remove)
		opts.Survey, r.sink.progress.surveying = survey, true
	}
	e := engine.New(client, r.sink, opts)
	r.log.Info().Str("run", r.dir.path).Msg("started")
	end, sig, err := r.driven(ctx, e, r.grace, func(ctx context.Context) (engine.End, error) { return e.Run(ctx, r.rows(ctx)) })
	r.signal = sig
	r.sink.progress.end()
	return end, err
}

func (r *run) engineOptions() engine.Options {
	opts := r.speed.engine()
	opts.Grace, opts.MaxFailures, opts.Deadline = r.grace, r.maxFailures, r.endsAt(r.speed)
	opts.Proven = r.resumed != nil && r.resumed.done > 0
	opts.SkipUnchanged, opts.Force, opts.Keep, opts.Canary = r.skipUnchanged, r.force, r.undo, r.canary
	if r.state != nil {
		opts.Media = r.state
	}
	return opts
}
