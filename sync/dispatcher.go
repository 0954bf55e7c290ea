package sync

import (
	"context"
	"runtime"
	"time"

	"tracksync/internal/alarm"
	"tracksync/internal/track"
	"tracksync/sync/pace"
)

// dispatcher runs the main loop. It receives what happens, asks the parts that decide (the
// task what follows for it, the scheduler what to send, the stop policy whether to go on),
// and carries out their decisions. All its methods run in one goroutine, which waits only
// for the next thing to happen.
type dispatcher struct {
	opts      Options
	scheduler *scheduler
	policy    *stopPolicy
	survey    *survey
	rules     *rowRules

	intake  intake
	workers workers
	leaving leaving
	mailbox
	learnedAt time.Time // when listeners were told what is known of the limit
	snapshots <-chan snapshotted
	signals   signals
	clock     clock
	stop      *stop // why no more rows are started; nil: the run goes on
}

// intake counts the rows of the manifest.
type intake struct {
	*source
	atEnd bool              // all rows have been read
	read  int               // rows that were read
	ended int               // rows that have their result
	cut   int               // rows that ended early because the run stopped
	open  map[*rowTask]bool // rows that were started and have no result yet
}

// workers are the channels to and from the goroutines that make requests.
type workers struct {
	started  chan []task    // from the dispatcher to the recorder
	left     chan time.Time // from the recorder to the dispatcher; nil unless the rate is told
	tasks    chan task      // from the recorder to the workers
	outcomes chan outcome
}

// signals are what can end the run.
type signals struct {
	stops    <-chan stop
	failing  context.Context // its cause is an error that ends the run
	failed   <-chan struct{} // failing.Done until it was seen
	deadline <-chan time.Time
	grace    <-chan time.Time
	canceled <-chan struct{} // until it was seen
	cancel   context.CancelFunc
}

func newDispatcher(e *Engine, c *collector, ctx, failing context.Context, cancel context.CancelFunc) *dispatcher {
	now := time.Now()
	d := &dispatcher{
		opts:      e.opts,
		scheduler: newScheduler(e.opts, now),
		policy:    &stopPolicy{maxFailures: e.opts.MaxFailures, maxOutage: e.opts.MaxOutage, canary: e.opts.Canary},
		rules:     newRowRules(e.opts, now),
		intake:    intake{source: newSource(), open: map[*rowTask]bool{}},
		workers: workers{
			started:  make(chan []task, e.opts.Concurrency),
			tasks:    make(chan task, e.opts.Concurrency),
			outcomes: make(chan outcome, 2*e.opts.Concurrency), // a request may have an early outcome as well
		},
		mailbox:   mailbox{events: c.events, used: c.used},
		snapshots: c.snapshotted,
		signals:   signals{stops: e.stops, failing: failing, failed: failing.Done(), canceled: ctx.Done(), cancel: cancel},
		clock:     newClock(),
	}
	if !e.opts.Learn && e.opts.Rate != pace.Unlimited && e.opts.Sent != nil {
		d.workers.left = make(chan time.Time, 1)
	}
	d.survey = newSurvey(e.opts.Survey, d.policy)
	d.scheduler.spare = d.survey.nextTrack
	d.policy.proven = func() bool {
		return e.opts.Proven || e.opts.Survey != nil && e.opts.Survey.Store.Len() > 0
	}
	if e.opts.Alarm != nil && !d.scheduler.pace.MakesGood(alarm.TimerLate) {
		d.clock.alarm = e.opts.Alarm()
	}
	d.watchDeadline()
	return d
}

// watchDeadline lets the run stop in time. If the time is up, not even one request is started.
func (d *dispatcher) watchDeadline() {
	at := d.opts.Deadline
	if at.IsZero() {
		return
	}
	left := time.Until(at.Add(-d.opts.Grace))
	if left <= 0 {
		d.stopRun(timeUp)
		return
	}
	d.signals.deadline = time.After(left)
}

var timeUp = stop{reason: Deadline, message: "the time was up before the end"}

// loop runs until nothing is left to do.
func (d *dispatcher) loop() {
	s := d.scheduler
	for {
		d.next()
		switch {
		case !s.quiet():
		case (d.nothingStarts() || s.full()) && (len(s.undecided) > 0 || s.outage.down()):
			d.nobodyAsks(time.Now())
			continue
		case d.noneLeft():
			return
		}
		d.await(d.start())
	}
}

// nothingStarts reports whether no task can be started before one in flight has ended: a
// canary, or a page on which the rest of the survey depends.
func (d *dispatcher) nothingStarts() bool {
	return d.noneLeft() || d.scheduler.alone || d.surveying() && d.scheduler.next == nil
}

// noneLeft reports whether nothing is left to be started.
func (d *dispatcher) noneLeft() bool {
	if d.scheduler.next != nil {
		return false
	}
	if d.surveying() {
		return d.stop != nil || d.survey.exhausted()
	}
	return d.intake.atEnd
}

// surveying reports whether the run is still reading the state.
func (d *dispatcher) surveying() bool { return !d.survey.ended }

// next makes the next task, if one is wanted and there is a row or a page for it.
func (d *dispatcher) next() {
	d.nextOfSurvey()
	for !d.intake.isEmpty() && d.wantsRow() {
		d.addRow(d.intake.next())
	}
}

func (d *dispatcher) nextOfSurvey() {
	if !d.surveying() || d.stop != nil || d.scheduler.next != nil || d.scheduler.full() {
		return
	}
	if t := d.survey.next(); t != nil {
		d.scheduler.put(t, atNext)
	}
}

// start starts the tasks that may start now, and returns how long until the next one may.
func (d *dispatcher) start() time.Duration {
	var started []task
	wait := d.choose(&started)
	if len(started) > 0 {
		if d.workers.left != nil {
			d.leaving = leaving{tasks: len(started), since: time.Now()}
		}
		d.workers.started <- started // never blocks: it has room for all requests in flight
	}
	return wait
}

// choose chooses the tasks to be sent now, and returns how long until the next one may be.
func (d *dispatcher) choose(started *[]task) time.Duration {
	for d.stop == nil {
		now := time.Now()
		left, ends := d.policy.patience(now, &d.scheduler.outage)
		if ends != nil {
			d.stopRun(*ends)
			return left
		}
		if d.behind() || len(*started) == 0 && !d.mayStart() {
			return left
		}
		t, wait := d.scheduler.pick(now)
		if t == nil {
			return min(left, wait)
		}
		d.send(t, now)
		*started = append(*started, t)
		d.next()
	}
	return never
}

func (d *dispatcher) send(t task, now time.Time) {
	if r, isRow := t.(*rowTask); isRow {
		if d.policy.canary > 0 && r.place == atNext && !(d.opts.CanaryPassed && r.wasTried()) {
			r.canary, d.scheduler.alone = true, true
		}
		r.starting(now, d.scheduler.pace.Rate())
	}
	if t.tried().started.IsZero() {
		t.tried().started = now
	}
	d.scheduler.sent(t, now)
}

// await waits for the next thing to happen, for at most wait.
func (d *dispatcher) await(wait time.Duration) {
	tick := d.clock.after(wait)
	on := &d.signals
	select {
	case o := <-d.workers.outcomes:
		d.handleAll(o)
	case rows, ok := <-d.wanted():
		d.addBatch(rows, ok)
	case s := <-d.snapshots:
		d.snapshotted(s)
	case d.out() <- d.rest:
		d.took()
	case at := <-d.awaitedBatch():
		d.leftAt(at)
	case <-tick:
	case s := <-on.stops:
		d.stopRun(s)
	case <-on.failed:
		on.failed = nil
		d.stopRun(stopFor(context.Cause(on.failing)))
	case <-on.deadline:
		d.stopRun(timeUp)
	case <-on.grace:
		on.grace = nil
		on.cancel()
	case <-on.canceled:
		on.canceled = nil
		d.stopRun(stop{reason: Interrupted, message: "cut off"})
	}
	d.clock.timer.Stop()
}

// handleAll processes an outcome, and all others that are ready. It first yields to the
// other goroutines, so that as many outcomes as possible are handled together.
func (d *dispatcher) handleAll(o outcome) {
	runtime.Gosched()
	d.handle(o)
	for range len(d.workers.outcomes) {
		d.handle(<-d.workers.outcomes)
	}
}

// wantsRow reports whether another row is wanted.
func (d *dispatcher) wantsRow() bool {
	switch {
	case d.behind(), d.intake.atEnd || d.scheduler.next != nil || d.surveying():
		return false
	}
	return d.stop != nil || !d.scheduler.full()
}

// wanted is the reader's channel if more rows are wanted, otherwise nil.
func (d *dispatcher) wanted() <-chan []track.Row {
	if !d.intake.isEmpty() || !d.wantsRow() {
		return nil
	}
	return d.intake.batches
}

// situation is the present situation, for decisions about tasks.
func (d *dispatcher) situation(now time.Time) situation {
	return situation{now: now, stopping: d.stop != nil}
}

// apply carries out what was decided about a task.
func (d *dispatcher) apply(t task, m move) {
	if m.stop != nil {
		d.stopRun(*m.stop)
	}
	r, isRow := t.(*rowTask)
	if m.applied != nil {
		d.opts.Media.Applied(r.row.Update.ID, m.applied.sent, m.applied.before, m.applied.answered)
	}
	if m.first {
		d.scheduler.putFirst(t)
	} else {
		d.scheduler.put(t, m.to)
	}
	if isRow && m.to == atEnd {
		delete(d.intake.open, r)
		d.intake.ended++
	}
	if m.cut {
		d.intake.cut++
	}
	for _, e := range m.events {
		d.tell(e)
	}
	if m.forget && d.opts.Media != nil {
		d.opts.Media.Forget(r.row.Update.ID)
	}
	if m.result == nil {
		return
	}
	if r.canary {
		d.scheduler.alone = false
	}
	if ends := d.policy.rowEnded(&r.tries, r.canary, *m.result); ends != nil {
		d.stopRun(*ends)
	}
}

// stopTask ends a task because the run stops.
func (d *dispatcher) stopTask(t task, now time.Time) { d.apply(t, t.stopped(d.situation(now))) }

// snapshotted continues a row whose snapshot is durable, or ends it if that failed.
func (d *dispatcher) snapshotted(s snapshotted) {
	if s.err != nil || d.stop != nil {
		d.stopTask(s.row, time.Now())
		return
	}
	d.apply(s.row, s.row.readyToSend())
}
