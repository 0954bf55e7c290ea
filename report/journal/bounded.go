package journal

import (
	"slices"

	"tracksync/internal/track"
)

// bounded is r with texts cut to a maximum length, because servers can send texts of any
// length.
func bounded(r track.Result) track.Result {
	r.Changes.Name.From = shown(r.Changes.Name.From)
	r.Changes.Media.From = compared(r.Changes.Media.From)
	r.AnsweredMedia = compared(r.AnsweredMedia)
	r.Answered = comparedValues(r.Answered)
	if slices.ContainsFunc(r.Left, func(v track.Values) bool { return v != comparedValues(v) }) {
		left := slices.Clone(r.Left)
		for i, v := range left {
			left[i] = comparedValues(v)
		}
		r.Left = slices.DeleteFunc(left, track.Values.Empty)
	}
	return r
}

// bare is r without everything except the outcome of its row.
func bare(r track.Result) track.Result {
	b := track.Result{
		Row: r.Row, Source: r.Source, Line: r.Line, Sheet: r.Sheet, Cell: r.Cell, ID: r.ID, Status: r.Status,
		HTTPStatus: r.HTTPStatus, Attempts: r.Attempts, RateLimited: r.RateLimited, OutageAttempts: r.OutageAttempts,
		DurationMS: r.DurationMS, Asked: r.Asked, FinishedAt: r.FinishedAt,
	}
	if r.Error != nil {
		b.Error = &track.Error{
			Code: cutText(r.Error.Code), Message: cutText(r.Error.Message), Field: cutText(r.Error.Field),
			Retryable: r.Error.Retryable,
		}
	}
	return b
}

// shown is a text for people, cut if it is long.
func shown(f track.Field[string]) track.Field[string] {
	if text, ok := f.Get(); ok && len(text) > maxText {
		return track.Value(cutText(text))
	}
	return f
}

// compared is a text for comparisons. A long one is left out, because a cut text would
// differ.
func compared(f track.Field[string]) track.Field[string] {
	if text, ok := f.Get(); ok && len(text) > maxText {
		return track.Field[string]{}
	}
	return f
}

func comparedValues(v track.Values) track.Values {
	v.Name, v.Media = compared(v.Name), compared(v.Media)
	return v
}

func cutText(text string) string {
	n := 0
	for i := range text {
		if n++; n > maxShown {
			return text[:i] + "…"
		}
	}
	return text
}
