package cli

import (
	"context"
	"errors"
	"iter"
	"os"
	"time"

	"tracksync/input"
	"tracksync/internal/defect"
	"tracksync/internal/run"
	"tracksync/internal/track"
	"tracksync/report"
	engine "tracksync/sync"
)

// spin covers how late the timers of an operating system fire.
const spin = 1500 * time.Microsecond

// syncRun is one run of sync, from its directory to its last report.
type syncRun struct {
	*app
	settings
	manifest *input.Manifest
	summary  input.Summary

	args   []string         // the manifests as they were named
	copies *run.InputCopies // those that could be read only once

	resumed *resumption // nil for a new run

	background context.Context // not ended by signals: for the last reports

	path    string // of a new run's directory, unless --out names it
	dir     run.Dir
	salt    string        // of the account's fingerprint; no other run has the same
	needed  []os.FileInfo // directories that the run reads from, and those above them
	locks   []*run.Lock
	cleanup []func() error
	api     engine.API
	survey  *engine.Survey // nil: no state is read before the rows
	state   *run.State     // nil without --state
	started time.Time
	sink    *sink
	signal  os.Signal      // the first that came; read only after the run
	faults  []error        // what went wrong here, and not with a row
	failed  []track.Result // the first rows that ended without success

	failures []report.Failure // kinds of them all
	hopeless int              // rows that would end the same way if they were sent again as they are
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

// rows are the rows to work on.
func (r *syncRun) rows(ctx context.Context) iter.Seq2[track.Row, error] {
	all := r.manifest.Rows(ctx)
	if r.resumed != nil {
		return r.resumed.rows(r.sink.ledger, all)
	}
	return all
}

// do makes the run and writes its reports, also when it ends with a panic.
func (r *syncRun) do(ctx context.Context) error {
	var end engine.End
	err := defect.Do(func() (err error) { end, err = r.work(ctx); return err })
	if err != nil {
		r.faults = append(r.faults, err)
	}
	if isDefect(err) {
		end = engine.End{Reason: engine.Defect, Message: err.Error(), Err: err}
	}
	return r.finish(end)
}

// work lets the engine do the run. An error is a defect.
func (r *syncRun) work(ctx context.Context) (engine.End, error) {
	e := engine.New(r.api, r.sink, r.engineOptions())
	r.about(r.log.Info(), r.dir.Path).Msg("started")
	end, sig, err := r.runWithSignals(ctx, e, r.grace, func(ctx context.Context) (engine.End, error) { return e.Run(ctx, r.rows(ctx), r.sink) })
	r.signal = sig
	if client, ok := r.api.(interface{ CloseIdle() }); ok {
		client.CloseIdle() // the reports may need the file descriptors
	}
	r.sink.progress.End()
	return end, err
}
