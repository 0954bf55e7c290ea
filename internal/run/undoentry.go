package run

import (
	"slices"
	"strings"

	"tracksync/input"
	"tracksync/internal/safe"
	"tracksync/internal/track"
	"tracksync/report/journal"
	"tracksync/sync/plan"
)

// undoEntry returns the entry that restores a track. The entry expects any state in which
// the run may have left the track. It has no update if nothing that can be restored was
// changed. undoEntry also returns the fields that cannot be restored. last is the latest
// result of the track, or the zero value if there is none.
func undoEntry(image journal.Image, last track.Result) (input.Entry, []LostField) {
	was, sends := image.Was, sendsOf(image, last)
	var sent track.Values
	for _, s := range image.Sends {
		sent = sent.Overlay(s.Values)
	}
	var lost []LostField
	for _, field := range sent.Fields() {
		if why := cannotRestore(image, field); why != "" {
			lost = append(lost, LostField{image.ID, field, why})
		}
	}
	if cannotRestore(image, track.FieldMedia) != "" {
		was.Media = track.Field[string]{} // no PUT takes media away
	}
	states := mayHaveLeft(was, sends, last.Status == track.Updated)
	e := input.Entry{Update: track.Update{ID: image.ID, Values: restored(was, states)}}
	// The service gives the media a URL of its own, perhaps only later. It is expected if
	// the answer had it.
	if !e.Update.Media.IsZero() {
		e.Comment = "the service may transcode the media again"
		a := last.AnsweredMedia
		if isComparable(a) && !track.SameMedia(a, sent.Media) && !track.SameMedia(a, was.Media) {
			e.ExpectMedia = a // only for the media: the other fields are restored in any case
		}
	}
	e.Expect = expected(e.Update.Values, states)
	return e, lost
}

// isComparable reports whether a URL can be compared later: it is known and not redacted.
func isComparable(f track.Field[string]) bool {
	url, _ := f.Get()
	return url != "" && !strings.Contains(url, safe.Redacted)
}

// sendsOf returns the PUTs that may have been applied. A session without --undo stores no
// images, but its result says what it sent.
func sendsOf(image journal.Image, last track.Result) []journal.Send {
	if len(image.Sends) == 0 {
		return nil
	}
	latest := image.Sends[len(image.Sends)-1]
	to := last.MayHaveSet().Overlay(last.Answered)
	if to.Empty() || latest.Answered || to == latest.Values {
		return image.Sends
	}
	return append(slices.Clone(image.Sends), journal.Send{Was: last.Changes.From(), Values: to})
}

// mayHaveLeft returns the states, limited to the fields of was, in which the run may have
// left the track. Each PUT may have been applied or not, unless the next reading of the
// track shows which. certain says that the last one was applied.
func mayHaveLeft(was track.Values, sends []journal.Send, certain bool) []track.Values {
	states := []track.Values{was}
	for i, s := range sends {
		states = asSeen(states, s.Was)
		var after []track.Values
		if !s.Answered && !(certain && i == len(sends)-1) {
			after = states
		}
		for _, v := range states {
			if v = v.Overlay(s.Values.Only(was)); !slices.Contains(after, v) {
				after = append(slices.Clip(after), v)
			}
		}
		states = after
	}
	return states
}

// asSeen returns the states that a later reading of the track does not contradict. If it
// contradicts all, somebody else has changed the track, and all states stay possible.
func asSeen(states []track.Values, seen track.Values) []track.Values {
	var possible []track.Values
	for _, v := range states {
		if len(plan.Verify(v, track.Track{Values: seen})) == 0 {
			possible = append(possible, v)
		}
	}
	if len(possible) == 0 {
		return states
	}
	return possible
}

// restored returns the original values of the fields that differ from them in some state.
func restored(was track.Values, states []track.Values) track.Values {
	var v track.Values
	for _, a := range track.Attributes() {
		if slices.ContainsFunc(states, func(s track.Values) bool { return !a.Equal(s, was) }) {
			v = a.Copy(v, was)
		}
	}
	return v
}

// expected returns the states that differ from restored, limited to its fields without
// media, which has an expectation of its own.
func expected(restored track.Values, states []track.Values) track.Alternatives {
	var all track.Alternatives
	for _, s := range states {
		v := s.Only(restored)
		if v == restored {
			continue // there is nothing to restore
		}
		v.Media = track.Field[string]{}
		if !v.Empty() && !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	return all[max(0, len(all)-input.MaxAlternatives):]
}

// cannotRestore says why a field that was set cannot be restored: its original value is
// not known, or no PUT can send it. It returns "" if the field can be restored.
func cannotRestore(image journal.Image, field string) string {
	if slices.Contains(image.Hidden, field) {
		return "it contained the API key, which is written nowhere"
	}
	if !slices.Contains(image.Was.Fields(), field) {
		return "the API did not report what it was"
	}
	if url, _ := image.Was.Media.Get(); field == track.FieldMedia && url == "" {
		return "the track had none, and no update takes media away"
	}
	return ""
}
