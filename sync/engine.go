package sync

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	stdsync "sync"
	"time"

	"golang.org/x/sync/errgroup"

	"tracksync/internal/api"
	"tracksync/internal/defect"
	"tracksync/internal/track"
	"tracksync/sync/pace"
)

// API is what the engine asks of the service; *api.Client is one. Every error
// is an *api.Error. It must be safe for concurrent use.
type API interface {
	Update(context.Context, track.Update) (track.Track, api.Answer, error)
	Get(context.Context, track.ID) (track.Track, api.Answer, error)
	List(ctx context.Context, limit, offset int) ([]track.Track, api.Answer, error)
}

// Options say how a run is made. Zero fields take the defaults named.
type Options struct {
	Rate        pace.Rate     // ceiling of requests a second; must be set
	Learn       bool          // find the API's limit below it, from a low start
	Concurrency int           // requests in flight at most; 32
	MaxAttempts int           // attempts a row has; 5
	Grace       time.Duration // for requests in flight when a run stops; 5 s
	MaxFailures MaxFailures   // never
	MaxOutage   time.Duration // longest outage, or time of nothing but refusals; 5 min

	// Deadline is when requests in flight are cut off. Grace before it no row
	// is started any more. Zero: never.
	Deadline time.Time

	// Proven says that rows succeeded with this key before the run was taken up
	// again: that rows are 404 or 403 from the start says nothing about the key.
	Proven bool

	// Survey, when it is not nil, is the state to read before the first row.
	Survey *Survey
	// SkipUnchanged sends only the fields that differ from the state of the
	// track, where that is known; a row without any is unchanged.
	SkipUnchanged bool
	// Snapshots, when it is not nil, takes what every track is, which is read right
	// before its PUT.
	Snapshots Snapshots
	// Force updates tracks also that are not as their rows expect.
	Force bool
	// Canary is how many rows are sent one at a time at first, each read back;
	// one that is not right stops the run.
	Canary int
	// Media knows which media was applied last; nil: nobody does.
	Media Media
	// Sent hears of every PUT before it leaves; nil: nobody does.
	Sent Sent
	// Fresh is how old the state that a row expects may be when it is compared
	// before a PUT; 1 min. An older one is read again.
	Fresh time.Duration

	// MaxWaiting is how many rows may wait for another attempt before no new
	// row is started; 1,024. It bounds memory when everything fails.
	MaxWaiting int

	// Backoff is the longest wait before the second attempt, 200 ms, tripled
	// for each further one up to MaxBackoff, 30 s, each fully jittered. The
	// first is short because most failures are of one request; the later ones
	// outlast a restart of the service.
	Backoff, MaxBackoff time.Duration

	// Spin is how long before a request's time the dispatcher stops sleeping
	// and yields instead, because timers of an operating system fire up to a
	// millisecond late and a strict rate never makes that good. 0: never.
	Spin time.Duration

	// Random returns numbers in [0,1) and must be safe for one goroutine;
	// math/rand/v2's when nil.
	Random func() float64
}

func (o Options) withDefaults() Options {
	set := func(d *time.Duration, v time.Duration) {
		if *d <= 0 {
			*d = v
		}
	}
	count := func(n *int, v int) {
		if *n <= 0 {
			*n = v
		}
	}
	count(&o.Concurrency, 32)
	count(&o.MaxAttempts, 5)
	count(&o.MaxWaiting, 1024)
	set(&o.Grace, 5*time.Second)
	set(&o.MaxOutage, 5*time.Minute)
	set(&o.Fresh, time.Minute)
	set(&o.Backoff, 200*time.Millisecond)
	set(&o.MaxBackoff, 30*time.Second)
	if o.Random == nil {
		o.Random = rand.Float64
	}
	return o
}

// Engine makes one run. Make it with New.
type Engine struct {
	api      API
	observer Observer
	opts     Options
	stops    chan stop // capacity 1: the first reason to stop
}

// New returns an engine that sends through a and tells o what happens.
func New(a API, observer Observer, o Options) *Engine {
	return &Engine{api: a, observer: observer, opts: o.withDefaults(), stops: make(chan stop, 1)}
}

// Run works on the rows until all have ended or the run stops, and returns when
// every goroutine has ended. Call it once.
//
// Cancelling ctx is the hard way to stop: what is in flight is cut off, and
// rows that were not read yet get no result at all. Stop is the gentle one.
// An iteration error of rows stops the run with ManifestError.
//
// A panic, here or in what the engine was given, stops the run with Defect; what
// was being worked on is unknown, and every row that was read has its result.
// The error is non-nil only if the account of the rows does not add up, which
// is a defect of the engine.
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

// readState makes the survey, if one is asked for.
func (d *dispatcher) readState() {
	if d.surveying() {
		d.loop()
		d.survey.end()
	}
}

// run lends a dispatcher its goroutines. The errors of the group are those that end
// a run: the rows could not be read, or the listeners cannot keep what they are
// told. A row that fails is no error but a result.
func (e *Engine) run(ctx context.Context, ledger Ledger, work func(context.Context, *dispatcher, *errgroup.Group)) (End, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	group, failing := errgroup.WithContext(context.WithoutCancel(ctx))
	c := newCollector(e.observer, ledger, e.opts.Snapshots, e.opts.MaxWaiting+e.opts.Concurrency)
	group.Go(func() error { return c.run(group) })
	d := newDispatcher(e, c, ctx, failing, cancel)
	var workers stdsync.WaitGroup
	for range e.opts.Concurrency {
		workers.Go(func() { e.work(ctx, d.workers) })
	}

	fault := defect.Do(func() error { work(ctx, d, group); return nil })
	close(d.workers.tasks)
	if fault != nil {
		defer time.AfterFunc(e.opts.Grace, cancel).Stop()
	}
	workers.Wait()
	cancel() // ends the reader
	if fault != nil {
		d.abandon(fault)
	}
	d.mailbox.close()
	if err := group.Wait(); err != nil && d.stop == nil { // it came only at the very end
		s := stopFor(err)
		d.stop = &s
	}

	if in := &d.intake; in.read != in.ended && fault == nil {
		return d.end(), fmt.Errorf("internal error: %d rows were read and %d have a result", in.read, in.ended)
	}
	return d.end(), nil
}
