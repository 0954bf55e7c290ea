package sync

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/track"
	"tracksync/sync/pace"
	"tracksync/sync/plan"
)

// outcome is what came of one request.
type outcome struct {
	job    *job
	sent   time.Time
	took   time.Duration
	track  track.Track
	tracks []track.Track // of a page
	answer api.Answer
	err    error
	early  bool // the header of an answer that asks to wait; the rest is to come
}

const (
	// firstRows rows that are all 404 look like the key of another
	// organization; all answered by something that is not the API, like a base
	// URL that is wrong.
	firstRows = 10
	// forbiddenRows in succession look like a key that lost its privileges.
	forbiddenRows = 5
)

// handle takes account of one request: for the pace, for the sink, for the run
// and for its row.
func (d *dispatcher) handle(o outcome) {
	now := time.Now()
	if o.early {
		d.askedToWait(o, now)
		return
	}
	d.busy--
	failure := asAPIError(o.err)
	if own := d.ownFault(o); own != nil {
		failure = own
	}
	o.job.flying = o.job.step == sending && (failure == nil || failure.MayBeApplied) // should the rest panic
	if failure != nil && failure.Class == api.Local {
		d.lacking(o, failure, now)
		return
	}
	d.shortage.left(now, d.opts.Concurrency)
	refused := failure != nil && failure.Class == api.Throttled
	pause := d.tellPace(o, failure, now)
	d.report(o, failure, refused)
	d.paused(pause)
	if o.answer.Status != 0 {
		o.job.status = o.answer.Status
	}
	d.tally.refusing.answered(refused, o.job.sent, now)
	wasProbe := o.job.probe
	if wasProbe {
		o.job.probe, d.outage.probing = false, false
	}
	misled := d.misled(failure)
	switch {
	case !misled && speaksForOutage(failure):
		d.failedAsInOutage(o.job, failure, wasProbe, now)
	case failure != nil && failure.Class == api.Canceled:
		d.toldNothing(o.job)
	default:
		d.answeredWell(o.job, wasProbe, now)
	}
	if failure == nil {
		d.tally.successes++
		d.budget.earned()
		o.job.attempts++
		d.succeeded(o, now)
	} else if o.job.last = failure; misled {
		d.begin(stop{reason: WrongServer, message: failure.Message})
		d.settle(o.job, now)
	} else {
		d.failed(o.job, failure, now)
	}
	o.job.flying = false
	if o.answer.RetryAfter > d.opts.MaxOutage {
		d.begin(stop{reason: Outage, message: fmt.Sprintf(
			"the API asks to come back only in %s, longer than the longest outage that is waited for (%v)",
			long(o.answer.RetryAfter), d.opts.MaxOutage)})
	}
}

// ownFault stops the run when a request failed in this process, and says what that
// means for its row; nil: it did not.
func (d *dispatcher) ownFault(o outcome) *api.Error {
	var unsent *unsentError
	switch {
	case isDefect(o.err):
		d.begin(stoppedBy(Defect, o.err))
		return defectError(o.job)
	case errors.As(o.err, &unsent):
		d.begin(stoppedBy(LocalWrite, unsent.err))
		return &api.Error{Class: api.Canceled, Code: "local_write_error", Message: unsent.Error()}
	}
	return nil
}

// askedToWait takes account of the header of an answer whose body is not there
// yet: it holds for everyone, and the body may take its time.
func (d *dispatcher) askedToWait(o outcome, now time.Time) {
	failure := &api.Error{Class: api.Retryable, Status: o.answer.Status}
	if o.answer.Status == http.StatusTooManyRequests {
		failure.Class = api.Throttled
	}
	d.paused(d.tellPace(o, failure, now))
	o.job.heeded = true
}

// tellPace tells the pace of an answer, once. It returns the pause that the answer
// calls for; nil: none.
func (d *dispatcher) tellPace(o outcome, failure *api.Error, now time.Time) *pace.Pause {
	if o.job.heeded {
		o.job.heeded = false
		return nil
	}
	clock := now
	if date := o.answer.Date; !date.IsZero() {
		clock = date
	}
	pause, paused := d.pace.Answered(now, pace.Answer{
		Started: o.job.sent, Took: now.Sub(o.job.sent), Outcome: d.meaning(o.job, failure),
		RetryAfter: d.retryAfter(o), Hint: pace.ParseHint(o.answer.Limits, clock),
	})
	if !paused {
		return nil
	}
	return &pause
}

func (d *dispatcher) paused(p *pace.Pause) {
	if p != nil {
		d.tell(pauseEvent(*p))
	}
}

// retryAfter is how long an answer asks everyone to wait.
func (d *dispatcher) retryAfter(o outcome) time.Duration {
	if o.answer.Status == 429 && o.job.lone.suspect() {
		return 0 // it asks its row
	}
	return o.answer.RetryAfter
}

// meaning is what an answer says of the rate.
func (d *dispatcher) meaning(j *job, failure *api.Error) pace.Outcome {
	switch {
	case failure == nil:
		return pace.Success
	case failure.Class == api.Throttled && j.lone.suspect():
		return pace.Lost // it says something of its row
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
	a := Attempt{Row: o.job.row.Number, Started: o.sent, Duration: o.took, Status: o.answer.Status, Refused: refused, Limit: d.pace.Rate()}
	if failure != nil {
		a.Code = failure.Code
	}
	d.tell(a)
}

// succeeded goes on after an answer that is a success.
func (d *dispatcher) succeeded(o outcome, now time.Time) {
	switch j := o.job; j.step {
	case sending:
		d.verify(j, o.track, now)
	case reading:
		d.judge(j, o.track, now, true)
	case confirming:
		d.confirm(j, o.track, now)
	case listing:
		d.surveyed(d.survey.gotPage(j.page, o.tracks))
	case surveying:
		d.surveyed(d.survey.gotTrack(o.track))
	}
}

// verify looks at the answer to a PUT, which must not contradict what was asked.
func (d *dispatcher) verify(j *job, got track.Track, now time.Time) {
	d.noteMedia(j, got)
	wrong := plan.Verify(j.todo, got)
	if len(wrong) == 0 && j.canary && d.stop == nil {
		j.goOn(confirming)
		d.going = append(d.going, j)
		return
	}
	d.updated(j, got, wrong, now)
}

// updated ends a row whose PUT was answered with success, given how the track was
// seen then, and what of it speaks against that.
func (d *dispatcher) updated(j *job, got track.Track, wrong []plan.Mismatch, now time.Time) {
	j.applied = true
	r := j.result(now)
	r.Status = track.Updated
	r.Changes = j.changes
	if len(wrong) > 0 {
		r.Status = track.NotApplied
		r.Answered = answered(j.todo, got)
		r.Error = mismatches("not_applied", wrong)
	}
	d.finish(j, r)
}

// answered is what an answer says of the fields that were sent. Media is not
// compared: the service answers a URL of its own. A name that no manifest could
// hold is left out, so that no answer makes a result too long to be kept.
func answered(sent track.Values, got track.Track) track.Values {
	v := got.Values.Only(sent)
	v.Media = track.Field[string]{}
	if name, _ := v.Name.Get(); len(name) > maxAnswered {
		v.Name = track.Field[string]{}
	}
	return v
}

const maxAnswered = 64 << 10

func mismatches(code string, wrong []plan.Mismatch) *track.Error {
	texts := make([]string, len(wrong))
	for i, m := range wrong {
		texts[i] = m.String()
	}
	return &track.Error{Code: code, Message: strings.Join(texts, "; "), Field: wrong[0].Field}
}

// failed decides what a failed request means for its row.
func (d *dispatcher) failed(j *job, failure *api.Error, now time.Time) {
	j.countPut(failure)
	switch failure.Class {
	case api.Throttled:
		d.throttled(j, now)
	case api.Unauthorized:
		d.begin(stop{reason: Unauthorized, message: "the API rejected the key: " + failure.Message})
		d.settle(j, now)
	case api.Forbidden:
		d.forbidden(j, failure, now)
	case api.Retryable, api.Permanent:
		if !speaksForOutage(failure) { // else it was charged already
			j.attempts++
		}
		if failure.MayBeApplied {
			j.mayBeApplied(failure.Message)
		}
		if j.step == sending {
			j.looks = 0
		}
		d.retry(j, now)
	case api.Canceled:
		if failure.MayBeApplied { // else it was cut off before it was sent
			j.attempts++
			j.mayBeApplied(failure.Message)
		}
		d.settle(j, now)
	}
}

// throttled puts a refused row back, at no cost to it, unless it alone is
// refused again and again.
func (d *dispatcher) throttled(j *job, now time.Time) {
	j.refusals++
	d.tally.refusals++
	switch {
	case d.stop != nil:
		d.settle(j, now)
	case j.lone.refused(d.tally.refusals, d.tally.successes, d.nothingElse()):
		d.exhaust(j, now)
	case j.lone.suspect():
		j.due = now.Add(min(longestLoneWait, time.Second<<(j.lone.times-suspectAt)))
		d.waiting.add(j)
	default:
		d.refused = append(d.refused, j)
	}
}

func (d *dispatcher) forbidden(j *job, failure *api.Error, now time.Time) {
	if d.tally.successes == 0 && !d.proven() {
		d.begin(stop{reason: ForbiddenKey, message: "the API forbids this key to " + j.step.deed() + ": " + failure.Message})
		d.settle(j, now)
		return
	}
	j.attempts++
	d.exhaust(j, now)
	if d.tally.forbidden >= forbiddenRows {
		d.begin(stop{reason: ForbiddenKey, message: fmt.Sprintf(
			"the API forbade %d rows in succession: %s", forbiddenRows, failure.Message)})
	}
}

// retry lets a row wait for its next attempt, if it has one left. A final answer
// leaves none, unless it came in an outage.
func (d *dispatcher) retry(j *job, now time.Time) {
	final := j.last.Class == api.Permanent && j.attempts > 0 && !j.lostInOutage()
	exhausted := final || j.attempts >= d.opts.MaxAttempts
	switch {
	case (d.stop != nil || exhausted) && d.outage.undecided(j.request):
		d.held = append(d.held, j)
	case final:
		d.exhaust(j, now)
	case d.stop != nil:
		d.settle(j, now)
	case exhausted:
		d.exhaust(j, now)
	default:
		j.due = now.Add(d.backoff(max(1, j.attempts)))
		d.waiting.add(j)
	}
}

// backoff is the wait after the nth attempt: exponential, with full jitter, so
// that rows that failed together do not come back together.
func (d *dispatcher) backoff(n int) time.Duration {
	ceiling := d.opts.Backoff
	for range n - 1 {
		if ceiling *= 3; ceiling >= d.opts.MaxBackoff {
			break
		}
	}
	ceiling = min(ceiling, d.opts.MaxBackoff)
	return time.Duration(d.opts.Random() * float64(ceiling))
}
