package sync

import (
	"context"
	"math"
	"runtime"
	"time"

	"tracksync/internal/track"
	"tracksync/sync/pace"
)

// dispatcher is the one owner of a run's state. All its methods run in one
// goroutine.
type dispatcher struct {
	opts      Options
	ctx       context.Context // ends the requests in flight
	cancel    context.CancelFunc
	pace      *pace.Pace
	collector *collector
	outbox    []event         // for the collector, once it has room
	failing   context.Context // its cause is an error that ends the run
	failure   <-chan struct{} // failing.Done until it was seen

	stops    <-chan stop
	rows     *source
	tasks    chan *job
	outcomes chan outcome
	timer    *time.Timer   // the next start, reused
	spin     time.Duration // Options.Spin, or 0 where the pace makes lateness good
	grace    <-chan time.Time
	deadline <-chan time.Time // when to begin to end; nil: never
	canceled <-chan struct{}  // ctx.Done until it was seen

	next    *job          // the next row, not started yet
	latest  *job          // the latest one sent
	refused []*job        // refused with 429, to go first, oldest first
	going   []*job        // whose next step may start, oldest first
	keeping int           // rows whose state is under way to be kept
	waiting waiting       // failed, to go when due
	held    []*job        // at the end of their attempts or of the run, but perhaps in an outage that is not recognized yet
	busy    int           // requests in flight
	open    map[*job]bool // rows that have been begun and have no result
	atEnd   bool          // the reader has ended
	stop    *stop         // why no row is started any more; nil: the run goes on

	survey   *survey // until it has ended; nil: there is none
	canary   canary
	outage   outage
	shortage shortage
	budget   retryBudget

	read, ended int // rows, whatever their status
	tally       tally
}

// tally is what the rules for stopping a run count.
type tally struct {
	successes int       // answers that were 2xx and usable
	refusals  int       // 429s
	finished  int       // rows that ended after a request
	failures  int       // of these: without success
	notFound  int       // of these: 404
	foreign   int       // of these: answered by something else than the API
	forbidden int       // rows that ended with 403, in succession
	surveyed  time.Time // when the survey began
	refusing  refusing  // nothing but refusals
	cut       int       // rows that the run left before they had come to their end
}

func newDispatcher(e *Engine, ledger Ledger, ctx context.Context, cancel context.CancelFunc) *dispatcher {
	d := &dispatcher{
		opts:      e.opts,
		ctx:       ctx,
		cancel:    cancel,
		pace:      newPace(e.opts),
		collector: newCollector(e.observer, ledger, e.opts.Snapshots, e.opts.MaxWaiting+e.opts.Concurrency),
		stops:     e.stops,
		rows:      newSource(),
		tasks:     make(chan *job, e.opts.Concurrency),
		outcomes:  make(chan outcome, 2*e.opts.Concurrency), // with one that is early each
		timer:     time.NewTimer(time.Hour),
		open:      map[*job]bool{},
		canceled:  ctx.Done(),
		survey:    newSurvey(e.opts.Survey),
		canary:    canary{left: e.opts.Canary},
		outage:    outage{evidence: newEvidence()},
		budget:    newRetryBudget(time.Now()),
		tally:     tally{surveyed: time.Now()},
	}
	d.timer.Stop()
	if at := e.opts.Deadline; !at.IsZero() {
		d.deadline = time.After(time.Until(at.Add(-e.opts.Grace)))
	}
	if !d.pace.MakesGood(e.opts.Spin) {
		d.spin = e.opts.Spin
	}
	return d
}

func newPace(o Options) *pace.Pace {
	if o.Learn {
		return pace.Auto(o.Rate, o.Random)
	}
	return pace.Fixed(o.Rate, o.Random)
}

func (d *dispatcher) loop() {
	defer d.timer.Stop()
	for {
		d.nextOfSurvey()
		switch {
		case !d.quiet():
		case (d.nothingBegins() || d.full()) && (len(d.held) > 0 || d.outage.down()):
			d.nobodyAsks(time.Now())
			continue
		case d.noneLeft():
			return
		}
		d.await(d.start())
	}
}

// quiet reports whether nothing is under way but the rows held.
func (d *dispatcher) quiet() bool { return d.busy == 0 && d.unfinished() == 0 }

// nothingBegins reports whether nothing can be begun before what is under way has
// ended: behind a canary, or behind a page that the rest of the survey hangs on.
func (d *dispatcher) nothingBegins() bool {
	return d.noneLeft() || d.canary.flying || d.surveying() && d.next == nil
}

// noneLeft reports whether nothing is left to be begun.
func (d *dispatcher) noneLeft() bool {
	if d.next != nil {
		return false
	}
	if d.surveying() {
		return d.stop != nil || d.survey.exhausted()
	}
	return d.atEnd
}

// never is a wait for something other than time.
const never time.Duration = math.MaxInt64

// start starts what may start now, and returns how long until something may.
func (d *dispatcher) start() time.Duration {
	for d.stop == nil {
		now := time.Now()
		left := d.patience(now)
		if d.stop != nil || d.behind() || d.busy >= d.shortage.mayFly(d.opts.Concurrency) {
			return left
		}
		if wait := d.shortage.until.Sub(now); wait > 0 {
			return min(left, wait)
		}
		if d.outage.down() {
			return min(left, d.startProbe(now))
		}
		if !d.hasReady(now) {
			return min(left, d.untilDue(now))
		}
		if wait := d.pace.Take(now, d.busy); wait > 0 {
			return min(left, wait)
		}
		d.budget.refill = max(retryRefill, min(float64(d.pace.Rate()), 500)*retryShare)
		d.send(d.takeReady(now), now)
		d.nextOfSurvey()
	}
	return never
}

func (d *dispatcher) send(j *job, now time.Time) {
	if j.started.IsZero() {
		j.started = now
	}
	if d.outdated(j, now) {
		j.readAgain()
	}
	j.sent, j.flying = now, true
	d.busy++
	d.latest, j.request = j, d.outage.send(j, now)
	d.tasks <- j // never blocks: it has room for all that may be in flight
}

// await waits for the next thing to happen, for at most wait.
func (d *dispatcher) await(wait time.Duration) {
	var tick <-chan time.Time
	switch {
	case wait == never:
	case wait <= d.spin:
		tick = past
		runtime.Gosched()
	default:
		d.timer.Reset(wait - d.spin)
		tick = d.timer.C
	}
	select {
	case o := <-d.outcomes:
		d.handle(o)
	case row, ok := <-d.wanted():
		d.take(row, ok)
	case s := <-d.collector.snapshotted:
		d.snapshotted(s)
	case d.mailbox() <- d.firstEvent():
		d.outbox = d.outbox[1:]
	case <-tick:
	case s := <-d.stops:
		d.begin(s)
	case <-d.failure:
		d.failure = nil
		d.begin(*stoppedByGroup(context.Cause(d.failing)))
	case <-d.deadline:
		d.begin(stop{reason: Deadline, message: "the time was up before the end"})
	case <-d.grace:
		d.grace = nil
		d.cancel()
	case <-d.canceled:
		d.canceled = nil
		d.begin(stop{reason: Interrupted, message: "cut off"})
	}
	d.timer.Stop()
}

// past is a timer that has always fired.
var past = func() <-chan time.Time {
	c := make(chan time.Time)
	close(c)
	return c
}()

// wanted is the reader's channel when another row is wanted, else nil.
func (d *dispatcher) wanted() <-chan track.Row {
	switch {
	case d.behind(), d.atEnd || d.next != nil || d.surveying():
		return nil
	case d.stop == nil && d.full():
		return nil
	}
	return d.rows.rows
}

// take takes the next row. Rows to which nothing is to be sent end here.
func (d *dispatcher) take(row track.Row, ok bool) {
	now := time.Now()
	if !ok {
		d.atEnd = true
		close(d.rows.taken)
		return
	}
	d.read++
	if res, final := nothingToSend(row, now); final {
		d.emit(row, res)
	} else if d.stop != nil {
		d.tally.cut++
		d.emit(row, ResultUnreached(row, now))
	} else {
		d.next = d.admit(row, now)
	}
}

// begin stops the run: nothing is started any more, what waits is settled, what
// is in flight has the grace. Only the first reason counts.
func (d *dispatcher) begin(s stop) {
	if d.stop != nil {
		return
	}
	d.stop = &s
	now := time.Now()
	for _, j := range append(d.refused, d.going...) {
		d.leave(j, now)
	}
	for len(d.waiting) > 0 {
		d.leave(d.waiting.take(), now)
	}
	if d.next != nil {
		d.settle(d.next, now)
	}
	d.refused, d.going, d.next = nil, nil, nil
	d.release()
	if s.reason == LocalWrite {
		// What can hardly be kept shall be the results of what was sent, not
		// a line for each of the rows that were not.
		d.atEnd = true
	}
	grace := d.opts.Grace
	if at := d.opts.Deadline; !at.IsZero() {
		grace = min(grace, time.Until(at))
	}
	d.grace = time.After(grace)
}

// end says how the run ended.
func (d *dispatcher) end() End {
	e := End{Reason: Completed, Rows: d.read, Learned: d.pace.Learned()}
	if s := d.stop; s != nil {
		e.Reason, e.Message, e.Err = s.reason, s.message, s.err
	}
	if d.stoppedNothing() {
		e.Reason = Completed
		if !d.stop.reason.explains() {
			e.Message = ""
		}
	}
	return e
}

// stoppedNothing reports whether the stop came too late to keep any row from its
// end. Results that could not be kept are no end.
func (d *dispatcher) stoppedNothing() bool {
	return d.stop != nil && d.stop.err == nil && d.rows.whole && d.tally.cut == 0
}

// emit passes a row's one result on.
func (d *dispatcher) emit(row track.Row, r track.Result) {
	d.ended++
	d.tell(ended{row, r})
}

// tell passes an event on, without waiting for those who hear of it.
func (d *dispatcher) tell(e event) {
	if len(d.outbox) == 0 {
		select {
		case d.collector.events <- e:
			return
		default:
		}
	}
	d.outbox = append(d.outbox, e)
}

// mailbox is the collector's channel when an event waits for it, else nil.
func (d *dispatcher) mailbox() chan<- event {
	if len(d.outbox) == 0 {
		return nil
	}
	return d.collector.events
}

func (d *dispatcher) firstEvent() event {
	if len(d.outbox) == 0 {
		return nil
	}
	return d.outbox[0]
}

// behind reports whether so many events wait for the listeners, such as for a disk
// that is slow, that no row is to be started and none to be read. Whatever else
// happens is still heard.
func (d *dispatcher) behind() bool { return len(d.outbox) >= eventQueue }

// tellRest passes on what waits, and ends the collector.
func (d *dispatcher) tellRest() {
	for _, e := range d.outbox {
		d.collector.events <- e
	}
	d.outbox = nil
	close(d.collector.events)
}
