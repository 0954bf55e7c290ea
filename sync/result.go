package sync

import (
	"fmt"
	"slices"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/track"
	"tracksync/sync/plan"
)

// exhaust ends a row for which nothing more is tried. An answer that speaks about
// the track settles what became of earlier attempts too: the API would have refused
// those alike. No other answer does, however final: it may come from a proxy, or be
// about the key.
func (d *dispatcher) exhaust(j *job, now time.Time) {
	switch j.step {
	case listing, surveying:
		d.gaveUp(j)
		return
	case confirming:
		d.unconfirmed(j, now)
		return
	}
	r := j.result(now)
	r.Status = track.Failed
	if j.last.MayBeApplied || (j.maybe && !j.last.Decides) {
		r.Status = track.Unknown
		r.Changes = j.changes
	}
	r.Error = asResultError(j.last)
	d.finish(j, r)
}

// settle ends a row because the run stops: what was never sent was not
// attempted, what may have been applied is unknown. Of a row that was worked on
// before the run was taken up again, what was known then stays.
func (d *dispatcher) settle(j *job, now time.Time) {
	switch j.step {
	case listing, surveying:
		return // nobody needs it any more
	case confirming:
		d.updated(j, track.Track{}, nil, now) // its answer said so
		return
	}
	d.tally.cut++
	r := j.result(now)
	earlier := j.row.Earlier
	if earlier != nil {
		r.Error = earlier.Error
	}
	switch {
	case j.maybe:
		r.Status = track.Unknown
		r.Changes = j.changes
	case j.attempts > 0 && (j.step == sending || j.again):
		r.Status = track.Failed
	case earlier != nil:
		r.Status, r.Changes, r.Answered = earlier.Status, earlier.Changes, earlier.Answered
	default:
		r.Status = track.NotAttempted
	}
	if j.last != nil {
		r.Error = asResultError(j.last)
	}
	d.close(j, r) // the rules for stopping a run have nothing more to say
}

// leftBefore are the states in which the run may have left the track in earlier
// sessions, but for what the result says itself.
func leftBefore(row track.Row, r track.Result) []track.Values {
	if row.Earlier == nil {
		return nil
	}
	said := r.Own()
	return slices.DeleteFunc(row.Earlier.Own(), func(v track.Values) bool { return slices.Contains(said, v) })
}

func wrongAccount(last *api.Error) stop {
	if last.Misplaced {
		return foreignServer(last)
	}
	return stop{reason: WrongAccount, message: fmt.Sprintf(
		"the first %d tracks do not exist (404): this looks like the key of another organization, or like its manifest", firstRows)}
}

// proven reports whether the key is known to be the one of these tracks.
func (d *dispatcher) proven() bool {
	return d.opts.Proven || d.survey != nil && d.survey.Store.Len() > 0
}

func asResultError(e *api.Error) *track.Error {
	retryable := e.Class == api.Retryable || e.Class == api.Throttled || e.Class == api.Canceled
	return &track.Error{Code: e.Code, Message: e.Message, Field: e.Field, Retryable: retryable}
}

// close gives a row that was begun its one result, and tells the sink what became
// of a PUT whose track it has.
func (d *dispatcher) close(j *job, r track.Result) {
	delete(d.open, j)
	if r.Status == track.Unknown {
		j.explain(&r)
	}
	r.Left = leftBefore(j.row, r)
	if j.kept {
		applied := j.applied || j.risked && r.Status == track.Unknown
		d.tell(fate{r.ID, applied, r.Answered.Only(j.todo)})
	}
	if j.withheld != nil && (r.Status == track.Updated || r.Status == track.Unchanged) {
		r.Status, r.Error = track.Drifted, mismatches("drifted", []plan.Mismatch{*j.withheld})
		r.Error.Message += "; the media was left alone, and the rest of the row is as it says"
	}
	d.emit(j.row, r)
	if r.Status == track.Unknown && d.opts.Media != nil && !j.todo.Media.IsZero() {
		d.opts.Media.Forget(j.row.Update.ID)
	}
}

// finish ends a row to which something was or would have been sent, and applies
// the rules by which rows that end stop a run.
func (d *dispatcher) finish(j *job, r track.Result) {
	d.close(j, r)
	d.canary.ended(d, j, r)
	if r.Status == track.NotAttempted {
		return
	}
	t := &d.tally
	t.finished++
	if r.HTTPStatus == 404 && r.Status == track.Failed {
		t.notFound++
	}
	if r.Status == track.Failed && j.last.Foreign {
		t.foreign++
	}
	if r.HTTPStatus == 403 && r.Status == track.Failed {
		t.forbidden++
	} else if !j.started.IsZero() { // else it was never asked for
		t.forbidden = 0
	}
	if !r.Status.Success() {
		t.failures++
	}
	switch {
	case t.finished == firstRows && t.foreign == firstRows && !d.proven():
		d.begin(foreignServer(j.last))
	case t.finished == firstRows && t.notFound == firstRows && !d.proven():
		d.begin(wrongAccount(j.last))
	case !r.Status.Success() && d.opts.MaxFailures.reached(t.failures, t.finished):
		d.begin(stop{reason: TooManyFailures, message: fmt.Sprintf(
			"%d of %d rows failed, which reaches the bound of %v", t.failures, t.finished, d.opts.MaxFailures)})
	}
}
