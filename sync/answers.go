package sync

import (
	"errors"
	"net/http"
	"time"

	"tracksync/internal/api"
	"tracksync/sync/pace"
)

// handle processes the outcome of one request: for the pace, the listeners, the run and
// the task.
func (d *dispatcher) handle(o outcome) {
	now, t := time.Now(), o.task.tried()
	if o.early {
		d.askedToWait(o, now)
		return
	}
	d.scheduler.remove(o.task)
	failure := asAPIError(o.err)
	if own := d.ownFault(o); own != nil {
		failure = own
	}
	t.flying = o.task.kind() == writeRequest && (failure == nil || failure.MayBeApplied) // should the rest panic
	if failure != nil && failure.Class == api.Local {
		d.lacking(o, failure, now)
		return
	}
	d.scheduler.shortage.left(now, d.opts.Concurrency)
	d.answered(o, failure, now)
	t.flying = false
	if ends := d.policy.askedToWait(o.answer.RetryAfter); ends != nil {
		d.stopRun(*ends)
	}
}

// answered processes an answer, or a failure without an answer.
func (d *dispatcher) answered(o outcome, failure *api.Error, now time.Time) {
	t := o.task.tried()
	refused := failure != nil && failure.Class == api.Throttled
	pause := d.tellPace(o, failure, now)
	d.tellLearned(now)
	d.report(o, failure, refused)
	d.paused(pause)
	if o.answer.Status != 0 {
		t.status = o.answer.Status
	}
	d.policy.refusing.answered(refused, t.sent, now)
	misconfigured := d.policy.misconfigured(failure)
	d.checkAPI(t, failure, misconfigured, now)
	if failure == nil {
		d.policy.successes++
		d.scheduler.budget.earned()
		t.attempts++
		d.apply(o.task, o.task.succeeded(o.reply, d.situation(now)))
	} else if t.last = failure; misconfigured {
		d.stopRun(stop{reason: WrongServer, message: failure.Message})
		d.stopTask(o.task, now)
	} else {
		d.failed(o.task, failure, now)
	}
}

// checkAPI finds out what an answer, or a failure without one, says about the API as a
// whole.
func (d *dispatcher) checkAPI(t *tries, failure *api.Error, misconfigured bool, now time.Time) {
	wasProbe := d.scheduler.answeredProbe(t)
	switch {
	case !misconfigured && speaksForOutage(failure):
		d.failedAsInOutage(t, failure, wasProbe, now)
	case failure != nil && failure.Class == api.Canceled:
		d.scheduler.toldNothing(t)
		d.release()
	default:
		d.answeredWell(t, wasProbe, now)
	}
}

// ownFault stops the run if a request failed inside this process, and returns the error
// for its row; nil: it did not.
func (d *dispatcher) ownFault(o outcome) *api.Error {
	if o.err == nil {
		return nil
	}
	var unsent *unsentError
	switch {
	case isDefect(o.err):
		d.stopRun(stoppedBy(Defect, o.err))
		return defectError(o.task)
	case errors.As(o.err, &unsent):
		d.stopRun(stoppedBy(LocalWrite, unsent.err))
		return &api.Error{Class: api.Canceled, Code: "local_write_error", Message: unsent.Error()}
	}
	return nil
}

// askedToWait processes the header of an answer that asks to wait, before its body is
// read: all requests must pause, and the body may take long.
func (d *dispatcher) askedToWait(o outcome, now time.Time) {
	failure := &api.Error{Class: api.Retryable, Status: o.answer.Status}
	if o.answer.Status == http.StatusTooManyRequests {
		failure.Class = api.Throttled
	}
	d.paused(d.tellPace(o, failure, now))
	o.task.tried().paceTold = true
}

// tellPace reports an answer to the pace, once. It returns the pause that the answer
// requires; nil: none.
func (d *dispatcher) tellPace(o outcome, failure *api.Error, now time.Time) *pace.Pause {
	t := o.task.tried()
	if t.paceTold {
		t.paceTold = false
		return nil
	}
	var hint pace.Hint
	serverTime := now
	if date := o.answer.Date; !date.IsZero() {
		serverTime = date
	}
	if len(o.answer.Limits) > 0 {
		hint = pace.ParseHint(o.answer.Limits, serverTime)
	}
	retryAfter := o.answer.RetryAfter
	if o.answer.Status == http.StatusTooManyRequests && t.throttle.suspect() {
		retryAfter = 0 // it concerns only this row
	}
	pause, paused := d.scheduler.pace.Answered(now, pace.Answer{
		Started: t.sent, Took: now.Sub(t.sent), Outcome: d.meaning(t, failure),
		RetryAfter: retryAfter, Hint: hint,
	})
	if !paused {
		return nil
	}
	return new(pause)
}

// learnedEvery is the interval at which listeners are told what is known of the limit.
const learnedEvery = 5 * time.Second

// tellLearned tells the listeners what is known of the limit, if the interval is over.
func (d *dispatcher) tellLearned(now time.Time) {
	if now.Sub(d.learnedAt) < learnedEvery {
		return
	}
	d.learnedAt = now
	if l, ok := d.scheduler.pace.Learned(); ok {
		d.tell(learnedEvent(l))
	}
}

func (d *dispatcher) paused(p *pace.Pause) {
	if p != nil {
		d.tell(pauseEvent(*p))
	}
}

// meaning is what an answer says about the rate.
func (d *dispatcher) meaning(t *tries, failure *api.Error) pace.Outcome {
	switch {
	case failure == nil:
		return pace.Success
	case failure.Class == api.Throttled && t.throttle.suspect():
		return pace.Lost // it is about its row, not about the rate
	case failure.Class == api.Throttled:
		return pace.Refusal
	case failure.Status == 503 && d.opts.Learn:
		return pace.Unavailable
	case failure.Transport || failure.Class == api.Canceled || failure.Class == api.Local:
		return pace.Lost
	}
	return pace.Failure
}

func asAPIError(err error) *api.Error {
	if err == nil {
		return nil
	}
	var e *api.Error
	if errors.As(err, &e) {
		return e
	}
	return &api.Error{Class: api.Permanent, Code: "internal_error", Message: err.Error(), MayBeApplied: true, Err: err}
}

func (d *dispatcher) report(o outcome, failure *api.Error, refused bool) {
	a := d.mailbox.spareAttempt()
	*a = Attempt{
		Row: o.task.number(), Update: o.task.kind() == writeRequest, Started: o.sent, Duration: o.took, Status: o.answer.Status, Refused: refused,
		Limit: d.scheduler.pace.Rate(),
	}
	if failure != nil {
		a.Code = failure.Code
	}
	d.tell(a)
}

// failed decides what a failed request means for its task.
func (d *dispatcher) failed(t task, failure *api.Error, now time.Time) {
	t.noted(failure)
	switch failure.Class {
	case api.Throttled:
		d.throttled(t, now)
	case api.Unauthorized:
		d.stopRun(stop{reason: Unauthorized, message: "the API rejected the key: " + failure.Message})
		d.stopTask(t, now)
	case api.Forbidden:
		d.forbidden(t, failure, now)
	case api.Retryable, api.Permanent:
		if !speaksForOutage(failure) { // otherwise it was charged already
			t.tried().attempts++
		}
		d.retry(t, now)
	case api.Canceled:
		if failure.MayBeApplied { // otherwise it was cancelled before it was sent
			t.tried().attempts++
		}
		d.stopTask(t, now)
	}
}

// throttled puts a refused task back into the queue. That does not count as an attempt,
// unless only this task is refused again and again.
func (d *dispatcher) throttled(t task, now time.Time) {
	tries := t.tried()
	tries.refusals++
	d.policy.refusals++
	nothingElse := d.policy.successes > 0 && d.noneLeft() && d.scheduler.onlySuspects()
	switch {
	case d.stop != nil:
		d.stopTask(t, now)
	case tries.throttle.refused(d.policy.refusals, d.policy.successes, nothingElse):
		d.exhaust(t, now)
	case tries.throttle.suspect():
		tries.due = now.Add(tries.throttle.wait())
		d.scheduler.put(t, atWaiting)
	default:
		d.scheduler.put(t, atRefused)
	}
}

func (d *dispatcher) forbidden(t task, failure *api.Error, now time.Time) {
	if ends := d.policy.forbids(t.kind(), failure); ends != nil {
		d.stopRun(*ends)
		d.stopTask(t, now)
		return
	}
	t.tried().attempts++
	d.exhaust(t, now)
	if ends := d.policy.forbade(failure); ends != nil {
		d.stopRun(*ends)
	}
}

// exhaust ends a task that gets no further attempt.
func (d *dispatcher) exhaust(t task, now time.Time) { d.apply(t, t.exhausted(d.situation(now))) }

// retry puts a task into the queue for its next attempt, or ends it if it has none left.
func (d *dispatcher) retry(t task, now time.Time) {
	tries := t.tried()
	switch tries.afterFailure(d.stop != nil, d.scheduler.mayBeOutage(t), d.opts.MaxAttempts) {
	case undecided:
		d.scheduler.put(t, atUndecided)
	case exhausted:
		d.exhaust(t, now)
	case stopped:
		d.stopTask(t, now)
	default:
		tries.due = now.Add(d.opts.backoff(max(1, tries.attempts)))
		d.scheduler.put(t, atWaiting)
	}
}
