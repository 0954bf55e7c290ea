package sync

import (
	"context"
	"fmt"
	"iter"
	stdsync "sync"
	"time"

	"golang.org/x/sync/errgroup"

	"tracksync/internal/api"
	"tracksync/internal/defect"
	"tracksync/internal/track"
)

// API is the service; *api.Client is one. Every error must be an *api.Error. It must be
// safe for concurrent use.
type API interface {
	Update(context.Context, track.Update) (track.Track, api.Answer, error)
	Get(context.Context, track.ID) (track.Track, api.Answer, error)
	List(ctx context.Context, limit, offset int) ([]track.Track, api.Answer, error)
}

// Engine makes one run. Make it with New.
type Engine struct {
	api      API
	observer Observer
	opts     Options
	stops    chan stop // capacity 1: the first reason to stop
}

// New returns an engine that sends through a and reports to observer.
func New(a API, observer Observer, o Options) *Engine {
	return &Engine{api: a, observer: observer, opts: o.withDefaults(), stops: make(chan stop, 1)}
}

// Run works on the rows until all have ended or the run stops, and returns when
// every goroutine has ended. Call it once.
//
// Stop stops the run gently. Cancelling ctx stops it at once: requests in flight are
// cancelled, and rows that were not read yet get no result at all. An iteration error of
// rows stops the run with ManifestError.
//
// A panic, here or in code that the engine was given, stops the run with Defect. The rows
// in flight are then unknown, and every row that was read has its result. The error is
// non-nil only if the counts of rows do not add up, which is a bug of the engine.
func (e *Engine) Run(ctx context.Context, rows iter.Seq2[track.Row, error], ledger Ledger) (End, error) {
	return e.run(ctx, ledger, func(ctx context.Context, d *dispatcher, group *errgroup.Group) {
		d.readState()
		group.Go(func() error { return d.intake.readRows(ctx, rows) })
		d.loop()
	})
}

// Survey reads the state that Options.Survey asks for, and works on no row.
// Otherwise it is like Run.
func (e *Engine) Survey(ctx context.Context) (End, error) {
	return e.run(ctx, nil, func(_ context.Context, d *dispatcher, _ *errgroup.Group) { d.readState() })
}

// readState makes the survey, if there is one.
func (d *dispatcher) readState() {
	if d.surveying() {
		d.loop()
		d.survey.end()
	}
}

// run starts a dispatcher with its goroutines. An error of the group ends the run: the rows
// could not be read, or a listener failed. A failed row is not an error but a result.
func (e *Engine) run(
	ctx context.Context, ledger Ledger, work func(context.Context, *dispatcher, *errgroup.Group),
) (End, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	group, failing := errgroup.WithContext(context.WithoutCancel(ctx))
	c := newCollector(e.observer, ledger, e.opts.Snapshots, e.opts.MaxWaiting+e.opts.Concurrency)
	group.Go(func() error { return c.run(group) })
	d := newDispatcher(e, c, ctx, failing, cancel)
	defer d.clock.close()
	var workers stdsync.WaitGroup
	workers.Go(func() { e.record(d.workers) })
	for range e.opts.Concurrency {
		workers.Go(func() { e.work(ctx, d.workers) })
	}

	fault := defect.Do(func() error { work(ctx, d, group); return nil })
	close(d.workers.started)
	if fault != nil {
		defer time.AfterFunc(e.opts.Grace, cancel).Stop()
	}
	workers.Wait()
	cancel() // ends the reader
	if fault != nil {
		d.abandon(fault)
	}
	d.mailbox.close()
	if err := group.Wait(); err != nil && d.stop == nil { // an error at the very end
		s := stopFor(err)
		d.stop = &s
	}

	if in := &d.intake; in.read != in.ended && fault == nil {
		return d.end(), fmt.Errorf("internal error: %d rows were read and %d have a result", in.read, in.ended)
	}
	return d.end(), nil
}
