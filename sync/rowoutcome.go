package sync

import (
	"strings"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/track"
	"tracksync/sync/plan"
)

// What an outcome means for a row:
//
//	step        outcome                    the row
//	────        ───────                    ───────
//	reading     differs                    goes on to the PUT, once the snapshot is durable
//	reading     is as asked, or drifted    ends
//	sending     is as asked                ends as updated; a canary is read back first
//	sending     is otherwise               ends as not applied
//	confirming  is as asked, or otherwise  ends as updated, or as not applied
//	any         a failure                  see afterFailure

// succeeded is what a success means.
func (r *rowTask) succeeded(a reply, s situation) move {
	switch r.step {
	case reading:
		m, ends := r.decide(a.track, r.sent, s)
		if ends {
			return m
		}
		return r.goOnToSend(s)
	case confirming:
		return r.updated(a.track, plan.Verify(r.send, a.track), s)
	}
	media := r.mediaSet(a.track)
	wrong := plan.Verify(r.send, a.track)
	if len(wrong) == 0 && r.canary && !s.stopping {
		r.goOn(confirming)
		return move{to: atReady, applied: media}
	}
	m := r.updated(a.track, wrong, s)
	m.applied = media
	return m
}

// decide decides, given the state that its track had at a time, what is sent for
// the row, and whether it ends with that.
func (r *rowTask) decide(found track.Track, seen time.Time, s situation) (m move, ends bool) {
	if r.inDoubt && track.ShowsUnapplied(r.before.Values, r.send, found.Values) {
		r.unapplied()
	}
	policy := r.rules.policy
	policy.Own, policy.Sent = r.ownStates(), r.inDoubt
	d := plan.Decide(r.row, found, policy)
	if !r.inDoubt {
		r.withheld = d.Withheld
	}
	switch {
	case d.Verdict == plan.Unchanged && r.inDoubt:
		media := r.mediaSet(found)
		m = r.updated(found, nil, s)
		m.applied = media
		return m, true
	case d.Verdict == plan.Drifted && r.inDoubt:
		// Its PUT may have been applied before somebody else changed the track:
		// nothing more is known.
		return r.ends(track.Unknown, d.Error(), s), true
	case d.Verdict != plan.Send:
		return r.ends(d.Verdict.Status(), d.Error(), s), true
	}
	r.seen = seen
	if !r.inDoubt { // else what the track was before the PUT is known, and stays
		r.before, r.send = &found, d.Send
	}
	return move{}, false
}

// goOnToSend lets a row whose track was read go on to its PUT, once its snapshot
// is durable.
func (r *rowTask) goOnToSend(s situation) move {
	r.sendNow()
	switch {
	case s.stopping:
		return r.stopped(s)
	case r.rules.snapshots && !r.inDoubt:
		r.hasSnapshot = true
		return move{to: atSnapshot, events: []event{snapshotEvent{r}}}
	}
	return r.readyToSend()
}

// readyToSend lets a row go on when there is a turn for it. One that was read again
// goes first: it must not grow old once more behind others.
func (r *rowTask) readyToSend() move { return move{to: atReady, first: r.looks > 0} }

// updated ends a row whose PUT was answered with success, given how the track was
// seen then, and what of it contradicts that.
func (r *rowTask) updated(got track.Track, wrong []plan.Mismatch, s situation) move {
	r.applied = true
	result := r.result(s.now)
	result.Status = track.Updated
	result.Changes = r.changes()
	if len(wrong) > 0 {
		result.Status = track.NotApplied
		result.Answered = answeredValues(r.send, got)
		result.Error = mismatches("not_applied", wrong)
	}
	return r.end(result)
}

// ends ends a row with a status, because of the state of its track.
func (r *rowTask) ends(status track.Status, err *track.Error, s situation) move {
	result := r.result(s.now)
	result.Status, result.Error = status, err
	if status == track.Unknown {
		result.Changes = r.changes()
	}
	return r.end(result)
}

// exhausted ends a row for which nothing more is tried. An answer that speaks about
// the track settles what became of earlier attempts too: the API would have refused
// those alike. No other answer does, however final: it may come from a proxy, or be
// about the key.
func (r *rowTask) exhausted(s situation) move {
	if r.step == confirming { // a canary that could not be read back
		s.stopping = true
		m := r.updated(track.Track{}, nil, s)
		m.stop = unconfirmedCanary(r)
		return m
	}
	result := r.result(s.now)
	result.Status = track.Failed
	if r.last.MayBeApplied || (r.mayBeApplied && !r.last.Decides) {
		result.Status = track.Unknown
		result.Changes = r.changes()
	}
	result.Error = asResultError(r.last)
	return r.end(result)
}

// stopped ends a row because the run stops: what was never sent was not
// attempted, what may have been applied is unknown. Of a row that was worked on
// before the run was resumed, what was known then stays.
func (r *rowTask) stopped(s situation) move {
	if r.step == confirming {
		return r.updated(track.Track{}, nil, s) // its answer said so
	}
	result := r.result(s.now)
	earlier := r.row.Earlier
	if earlier != nil {
		result.Error = earlier.Error
	}
	switch {
	case r.mayBeApplied:
		result.Status = track.Unknown
		result.Changes = r.changes()
	case r.attempts > 0 && (r.step == sending || r.readingAgain):
		result.Status = track.Failed
	case earlier != nil:
		result.Status, result.Changes, result.Answered = earlier.Status, earlier.Changes, earlier.Answered
	default:
		result.Status = track.NotAttempted
	}
	if r.last != nil {
		result.Error = asResultError(r.last)
	}
	m := r.end(result)
	m.cut, m.result = true, nil // the rules for stopping a run have nothing more to say
	return m
}

// end gives a row its one result, before which it is told what became of a PUT
// whose snapshot is kept.
func (r *rowTask) end(result track.Result) move {
	ended := &rowEnded{&r.row, result}
	m := move{to: atEnd, result: &ended.result}
	said := &ended.result
	if said.Status == track.Unknown || r.withheld != nil { // it is told otherwise than it counts
		m.result = new(result)
	}
	if said.Status == track.Unknown {
		r.explain(said)
	}
	said.Left = leftBefore(r.row, *said)
	if r.hasSnapshot {
		applied := r.applied || r.inDoubt && said.Status == track.Unknown
		m.events = append(m.events, fate{said.ID, applied, said.Answered.Only(r.send)})
	}
	if r.withheld != nil && (said.Status == track.Updated || said.Status == track.Unchanged) {
		said.Status, said.Error = track.Drifted, mismatches("drifted", []plan.Mismatch{*r.withheld})
		said.Error.Message += "; the media was left alone, and the rest of the row is as it says"
	}
	m.events = append(m.events, ended)
	m.forget = said.Status == track.Unknown && !r.send.Media.IsZero()
	return m
}

// mediaSet takes note of media that a PUT has set; nil: it has set none.
func (r *rowTask) mediaSet(got track.Track) *appliedMedia {
	url, ok := r.send.Media.Get()
	if !ok {
		return nil
	}
	r.answered = got.Media
	media := &appliedMedia{sent: url, answered: got.Media}
	if r.before != nil {
		media.before = r.before.Media
	}
	return media
}

func mismatches(code string, wrong []plan.Mismatch) *track.Error {
	texts := make([]string, len(wrong))
	for i, m := range wrong {
		texts[i] = m.String()
	}
	return &track.Error{Code: code, Message: strings.Join(texts, "; "), Field: wrong[0].Field}
}

func asResultError(e *api.Error) *track.Error {
	retryable := e.Class == api.Retryable || e.Class == api.Throttled || e.Class == api.Canceled
	return &track.Error{Code: e.Code, Message: e.Message, Field: e.Field, Retryable: retryable}
}
