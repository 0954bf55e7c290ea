package run

import (
	"context"
	"errors"
	"io"
	"iter"
	"os"
	"time"

	"tracksync/internal/defect"
	"tracksync/internal/track"
	engine "tracksync/sync"
)

// Run is one session of a run. Start or Resume makes it. Then call Execute, Finish and
// Close, each once and from one goroutine. Only Stop may be called from any goroutine.
//
// The caller holds the lock of the account, if there is one, until Close has returned.
type Run struct {
	Config
	Dir     Dir
	Started time.Time // of this session

	earlier *Earlier      // nil: this is the first session
	salt    string        // for the account's fingerprint; unique to the run
	needed  []os.FileInfo // directories that the run reads from, and their parents

	survey *engine.Survey // nil: no state is read before the rows
	state  *State         // nil without a state file
	remembered
	recorder *recorder
	engine   *engine.Engine
	closers  []func() error
	faults   []error // errors that are not about a row

	write writeFile // for reports
}

// writeFile writes a file, as safe.WriteFile does.
type writeFile func(path string, write func(io.Writer) error) error

// Surveys reports whether Execute reads the state of tracks before the first row.
func (r *Run) Surveys() bool { return r.survey != nil }

// Stop stops the run gently: no more rows start, and requests in flight may end. The first
// reason counts. To cancel the requests in flight, cancel the context of Execute.
func (r *Run) Stop(why engine.Reason, message string) { r.engine.Stop(why, message) }

// Execute works on the rows until all have ended or the run stops, and reports to o. A
// panic ends the run like an error.
func (r *Run) Execute(ctx context.Context, o Observer) engine.End {
	r.recorder.attach(o)
	var end engine.End
	err := defect.Do(func() (err error) {
		r.recorder.startMetrics(time.Now())
		end, err = r.engine.Run(ctx, r.rows(ctx), r.recorder)
		return err
	})
	err = errors.Join(err, defect.Do(func() error { o.End(); return nil }))
	if err != nil { // the totals of the rows do not add up, or there was a panic
		r.faults = append(r.faults, err)
	}
	if defect.Is(err) {
		end = engine.End{Reason: engine.Defect, Message: err.Error(), Err: err}
	}
	if client, ok := r.API.(interface{ CloseIdle() }); ok {
		client.CloseIdle() // the reports may need the file descriptors
	}
	return end
}

// rows are the rows to work on.
func (r *Run) rows(ctx context.Context) iter.Seq2[track.Row, error] {
	all := r.Manifest.Rows(ctx)
	if r.earlier != nil {
		return r.earlier.rows(r.recorder.ledger, all)
	}
	return all
}

// Close cleans up and releases the lock of the directory. A resumed run does not have that
// lock: Earlier has it, and its own Close.
func (r *Run) Close() error {
	var errs []error
	for _, f := range r.closers {
		errs = append(errs, f())
	}
	r.closers = nil
	return errors.Join(errs...)
}

// Prune removes all but the newest runs of the default place, or of those beside the directory
// that the user named; see Retention. files are the options of a run that name files.
func (r *Run) Prune(newest int, files []string) (removed int, err error) {
	old := Retention{Newest: newest, Current: r.Dir.Path, Needed: r.needed, Options: files}
	if r.Named {
		old.Out, old.Account = r.Path, r.Account
	}
	return old.Prune()
}
