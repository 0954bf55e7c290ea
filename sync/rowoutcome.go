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
//	reading     differs                    moves on to the PUT, once the snapshot is durable
//	reading     as requested, or drifted   ends
//	sending     as requested               ends as updated; a canary is read back first
//	sending     different                  ends as not applied
//	confirming  as requested, or different ends as updated, or as not applied
//	any         a failure                  see afterFailure

// succeeded decides what a success means.
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

// decide decides what to send for the row, given the state of its track at a time, and whether
// the row ends.
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
	if !r.inDoubt { // otherwise the state before the first PUT stays
		r.before, r.send = &found, d.Send
	}
	return move{}, false
}

// goOnToSend moves a row whose track was read on to its PUT, once its snapshot is durable.
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

// readyToSend puts a row into the queue for its PUT. A row whose track was read again goes
// first, so that the state does not become outdated again.
func (r *rowTask) readyToSend() move { return move{to: atReady, first: r.looks > 0} }

// updated ends a row whose PUT was answered with success, given the track in the latest answer
// and its mismatches with what was sent.
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

// ends ends a row with a status that follows from the state of its track.
func (r *rowTask) ends(status track.Status, err *track.Error, s situation) move {
	result := r.result(s.now)
	result.Status, result.Error = status, err
	if status == track.Unknown {
		result.Changes = r.changes()
	}
	return r.end(result)
}

// exhausted ends a row that gets no further attempt. An answer about the track itself also
// decides about earlier attempts, because the API would have refused those in the same way.
// No other answer does, even if it is final: it may come from a proxy, or be about the key.
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

// stopped ends a row because the run stops. A row that was never sent is not attempted; one
// that may have been applied is unknown. If earlier sessions worked on the row, their result
// stays.
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
	m.cut, m.result = true, nil // the stop policy does not count it
	return m
}

// end ends a row with its result. If the PUT has a snapshot, its outcome is reported first.
func (r *rowTask) end(result track.Result) move {
	ended := &r.ended
	ended.row, ended.result = &r.row, result
	if r.effort == (effort{attempts: 1}) && r.last == nil { // no evidence of an outage leads to it
		ended.spare = r
	}
	m := move{to: atEnd, result: &ended.result}
	said := &ended.result
	if said.Status == track.Unknown || r.withheld != nil { // the reported result differs from the counted one
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
	if (said.Status == track.Failed || said.Status == track.Drifted) && said.Changes == (track.Changes{}) {
		said.Wanted = r.changes()
	}
	m.events = append(m.events, ended)
	m.forget = said.Status == track.Unknown && !r.send.Media.IsZero()
	return m
}

// mediaSet is the media that a PUT has set; nil: none, or nobody stores it.
func (r *rowTask) mediaSet(got track.Track) *appliedMedia {
	url, ok := r.send.Media.Get()
	if !ok {
		return nil
	}
	r.answered = got.Media
	if r.rules.policy.MediaKnown == nil {
		return nil
	}
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
