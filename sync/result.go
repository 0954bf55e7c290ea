package sync

import (
	"cmp"
	"time"

	"tracksync/internal/track"
	"tracksync/sync/plan"
)

// result is the row's final result, without status and error. It includes what earlier
// sessions did for the row.
func (r *rowTask) result(now time.Time) track.Result {
	result := blankResult(&r.row, r.asked(), now)
	result.HTTPStatus = r.status
	result.Attempts = r.earlier + r.attempts
	result.RateLimited = r.refusals
	result.OutageAttempts = r.lost
	if !r.started.IsZero() {
		result.DurationMS = float64(now.Sub(r.started).Microseconds()) / 1000
	}
	result.AnsweredMedia = r.answered
	if e := r.row.Earlier; e != nil {
		result.Attempts += e.Attempts
		result.RateLimited += e.RateLimited
		result.OutageAttempts += e.OutageAttempts
		result.DurationMS += e.DurationMS
		result.HTTPStatus = cmp.Or(result.HTTPStatus, e.HTTPStatus)
	}
	return result
}

// bareResult is a result for a row for which nothing was sent.
func bareResult(row track.Row, now time.Time) track.Result {
	return blankResult(&row, row.Update.Fingerprint(), now)
}

// blankResult is a result for a row, given the fingerprint of its fields.
func blankResult(row *track.Row, asked string, now time.Time) track.Result {
	return track.Result{
		Row:        row.Number,
		Source:     row.Position.File,
		Line:       row.Position.Line,
		Sheet:      row.Position.Sheet,
		Cell:       row.Position.Cell,
		ID:         row.Update.ID,
		FinishedAt: now.UTC(),
		Asked:      asked,
	}
}

// nothingToSend returns the result of a row that has nothing to send, and whether the row is
// such a row.
func nothingToSend(row track.Row, now time.Time) (track.Result, bool) {
	decision := plan.DecideRow(row)
	if decision.Verdict == plan.Send {
		return track.Result{}, false
	}
	r := bareResult(row, now)
	r.Status, r.Error = decision.Verdict.Status(), decision.Error()
	return r, true
}

// ResultUnreached is the result of a row that a run did not reach: its earlier result if it
// has one, otherwise not attempted. A row that has nothing to send gets its usual result.
func ResultUnreached(row track.Row, now time.Time) track.Result {
	if r, final := nothingToSend(row, now); final {
		return r
	}
	if row.Earlier != nil {
		return *row.Earlier
	}
	r := bareResult(row, now)
	r.Status = track.NotAttempted
	return r
}

// maxAnswered is the maximum length of a name in Result.Answered.
const maxAnswered = 64 << 10

// answeredValues returns an answer's values of the fields that were sent. Media is not
// compared, because the service answers with a URL of its own. A name that is too long for
// any manifest is left out, so that no answer makes a result too long to be recorded.
func answeredValues(sent track.Values, got track.Track) track.Values {
	v := got.Values.Only(sent)
	v.Media = track.Field[string]{}
	if name, _ := v.Name.Get(); len(name) > maxAnswered {
		v.Name = track.Field[string]{}
	}
	return v
}
