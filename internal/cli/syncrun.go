package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"tracksync/input"
	"tracksync/internal/defect"
	"tracksync/internal/run"
	"tracksync/internal/safe"
	"tracksync/internal/sandbox"
	"tracksync/internal/terminal"
	"tracksync/internal/version"
	"tracksync/report"
	engine "tracksync/sync"
)

// syncRun is a run of sync, from the command line to the last message.
type syncRun struct {
	*app
	settings
	args    []string // the manifests as they were named
	path    string   // path of the run directory
	earlier *run.Earlier

	opened // the manifests
	trial  *trial

	lock    *run.AccountLock // nil: not held
	session *run.Run         // nil until the run has started
	signal  os.Signal        // the first signal that came; known after the run
	closers []func() error
}

// runSync makes a run, and sends a notice if it could not start.
func (a *app) runSync(ctx context.Context, o *syncOptions, args []string) error {
	o.out = run.FollowLatest(o.out)
	r := &syncRun{app: a, args: followLatest(args)}
	err := defect.Do(func() error { return r.make(ctx, o) })
	if err != nil && r.session == nil {
		a.notifyUnstarted(ctx, o, r.args, err)
	}
	return err
}

// make checks everything, asks, and makes the run.
func (r *syncRun) make(ctx context.Context, o *syncOptions) error {
	a, args := r.app, r.args
	r.path = filepath.Clean(cmp.Or(o.resume, o.out, run.NewPath(a.begun, o.manifests.shard)))
	a.log.NameRun(r.path)
	defer r.close()
	held, err := r.reopen(o)
	if err != nil {
		return err
	}
	if r.settings, err = o.parse(a); err == nil {
		err = r.checkAccount()
	}
	if err = cmp.Or(err, r.checkManifests()); err != nil {
		return err
	}
	limited, cancel := r.ends.Context(ctx, a.patience.End)
	defer cancel()
	early, release := a.signals.Context(limited)
	err = r.prepare(early, held, len(args) > 0)
	release()
	if cut := cutShort(early, "nothing was sent"); cut != nil && !outranks(err, early) {
		return cut
	}
	if err == nil {
		err = r.start(ctx)
	}
	if err != nil {
		return err
	}
	return r.execute(ctx)
}

// close cleans up in reverse order. Errors change no result.
func (r *syncRun) close() {
	for _, f := range slices.Backward(r.closers) {
		r.tidy(f)
	}
	r.tidy(r.unlockAccount)
}

func (r *syncRun) closeLater(f func() error) { r.closers = append(r.closers, f) }

// prepare does everything before the run: it checks the manifests, finds out what is left of a
// resumed run, says what the run is about to do, and asks. held means that another run holds
// the directory; an error in the command line is more important.
func (r *syncRun) prepare(ctx context.Context, held error, named bool) (err error) {
	r.closeLater(r.opened.close)
	var visitor input.Visitor
	if r.earlier != nil {
		visitor = r.earlier
		r.input.Sheets = r.earlier.Sheets(len(r.args))
	}
	err = r.openToSend(ctx, &r.opened, r.input, r.args, visitor)
	if err != nil && r.earlier != nil && !named {
		err = r.moved(err)
	}
	if err != nil {
		r.sayKept()
	}
	if err = cmp.Or(err, held); err != nil {
		return err
	}
	if err := r.lockAccount(); err != nil {
		return err
	}
	if r.earlier != nil {
		if err := localFailure(r.earlier.Survey(), "nothing was sent"); err != nil {
			return err
		}
		r.sayResuming()
	}
	return r.announce(ctx)
}

// announce says what the run is about to do, and on a terminal asks for confirmation.
func (r *syncRun) announce(ctx context.Context) error {
	p := r.preflight(r.checked, r.earlier)
	asks := !r.yes && !r.sandbox && p.Updates > 0 && (r.ErrTerminal || r.InTerminal)
	if asks && r.ErrTerminal && r.log.Human() {
		if err := r.preview(ctx, &p); err != nil {
			return err
		}
	}
	if !r.log.Human() {
		r.log.Info().Fields(p.LogFields()).Msg("about to update")
	} else if err := p.Write(r.Err, r.ErrStyle()); err != nil {
		return err
	}
	switch {
	case !asks:
		return nil
	case !r.ErrTerminal:
		return usage(errors.New("somebody is at the terminal, but standard error is not there to ask"),
			"pass --yes to start without a question")
	}
	return r.ask(ctx)
}

// ask asks whether to start. The first request of the run keeps its distance from that of the
// preview.
func (r *syncRun) ask(ctx context.Context) error {
	shown := time.Now()
	if err := r.unlockAccount(); err != nil { // don't hold the lock while waiting for an answer
		return err
	}
	yes, err := r.Ask(ctx, "Start?", slices.Contains(r.args, "-"))
	switch {
	case errors.Is(err, terminal.ErrNoTerminal):
		return usage(err, "pass --yes to start without a question")
	case err != nil:
		return err
	case !yes:
		return usage(errors.New("not started; nothing was sent"), "")
	}
	if !r.auto && r.rate >= previewLeast {
		select {
		case <-time.After(time.Until(shown.Add(r.rate.Time(2)))):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return r.lockAccount()
}

// start starts the run.
func (r *syncRun) start(ctx context.Context) (err error) {
	if r.stateFile != "" {
		if r.stateFile, err = safe.FileToReplace(r.stateFile); err != nil {
			return usage(fmt.Errorf("--state: %w", err), "name a file that can be written with --state")
		}
	}
	client, closeClient, err := r.connect(func() *sandbox.Config {
		return sandbox.ForTracks(r.manifest.IDs(), r.manifests.largestVolume())
	})
	if err != nil {
		return err
	}
	r.closeLater(func() error { closeClient(); return nil })
	c := r.config(client)
	if r.trial = r.newTrial(); r.trial != nil {
		c.API = trialClient{client, r.trial}
	}
	if r.earlier != nil {
		r.session, err = run.Resume(ctx, c, r.earlier)
	} else {
		r.session, err = run.Start(ctx, c)
	}
	if err != nil {
		return r.startFailure(err)
	}
	r.closeLater(r.session.Close)
	return nil
}

// config is what the run is to do.
func (r *syncRun) config(client engine.API) run.Config {
	c := run.Config{
		Path: cmp.Or(r.out, r.path), Named: r.out != "", NoLock: r.noLock,
		Version: version.Full(), BaseURL: r.target(), Account: r.account,
		Options: r.options(), OneSession: r.oneSession(), Reads: r.reads(),
		Manifest: r.manifest, Checked: r.checked, Shard: r.shard, Copies: &r.copies,
		API: client, Engine: r.engineOptions(), Undo: r.undo, StateFile: r.stateFile,
		MetricsFile: r.metricsFile,
		Remember:    r.auto && !r.sandbox, ForgetLimit: r.forgetLimit,
		Hidden: r.hidden, Output: r.output(), UndoHead: r.undoHead,
		ExitCode: func(o run.Outcome) int { return runCode(o.End, r.signal, len(o.Faults) > 0, o.Summary) },
		Next:     r.next,
		Pace:     report.Pace{Rate: r.rateText, Concurrency: r.concurrency},
		Warned:   warned(r.checked),
	}
	if r.auto {
		c.Pace.MaxRate = r.told.String()
	}
	return c
}

func (r *syncRun) engineOptions() engine.Options {
	o := r.speed.engine()
	o.Grace, o.MaxFailures = r.grace, r.maxFailures
	o.SkipUnchanged, o.Force, o.Canary = r.skipUnchanged, r.force, r.canary
	return o
}

// startFailure is the failure of a run that could not start.
func (r *syncRun) startFailure(err error) error {
	var notEmpty *run.NotEmptyError
	var locked *run.LockError
	var state *run.StateError
	switch {
	case r.earlier == nil && errors.As(err, &notEmpty):
		return r.notEmpty(notEmpty)
	case errors.As(err, &locked):
		return lockFailure(locked.Err, "the run directory "+locked.Dir, "wait for its end")
	case errors.As(err, &state):
		return stateFailure(r.stateFile, err)
	case r.earlier != nil:
		return localFailure(err, "nothing was sent")
	}
	return localFailure(err, "name a directory that can be written with --out")
}

// notEmpty is the failure of a new run whose directory is not empty. With --continue, another
// process may have begun a run there since the first look at it.
func (r *syncRun) notEmpty(err *run.NotEmptyError) error {
	begun, _ := run.HasBegun(err.Path) // if that is not known, it is the user's to look
	switch {
	case r.goesOn && begun:
		return &failure{code: exitHeld, err: fmt.Errorf("another process has begun a run in %s meanwhile", err.Path),
			hint: "run the same command again to continue it; nothing was sent"}
	case r.goesOn:
		return usage(fmt.Errorf("%w, and no run has begun in it", err), "name another one with --out; nothing was sent")
	case begun:
		return usage(err, "name a new one with --out, or continue the run that is there with --continue")
	}
	return usage(err, "name a new one with --out")
}

// execute makes the run and reports how it ended.
func (r *syncRun) execute(ctx context.Context) error {
	r.collectSeldom(r.checked.Rows)
	w := r.newWatcher()
	r.log.About(r.log.Info(), r.session.Dir.Path).Msg("started")
	var end engine.End
	r.signal = r.runWithSignals(ctx, r.session, r.grace, func(ctx context.Context) { end = r.session.Execute(ctx, w) })
	out := r.session.Finish(context.WithoutCancel(ctx), end)
	r.say(ctx, out)
	if out.Summary.ExitCode == exitOK {
		return nil
	}
	return &failure{code: out.Summary.ExitCode}
}

// reads are the files that the run reads, by the names that the user gave.
func (r *syncRun) reads() []string {
	files := append(slices.Clone(r.args), r.stateFile, r.connection.keyFile, r.connection.caFile)
	return slices.DeleteFunc(files, func(name string) bool { return name == "" || name == "-" })
}
