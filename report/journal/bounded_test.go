package journal

import (
	"slices"
	"strings"
	"testing"
	"time"

	"tracksync/internal/track"
)

// A result with texts of any length has a line: shown texts are cut, compared texts are
// left out, and the row and its outcome are complete.
func TestResultsOfAnyLength(t *testing.T) {
	long := strings.Repeat("é\u202e", 1<<20)
	whole := track.Values{Name: track.Value("whole"), Volume: track.Value(7)}
	r := track.Result{
		Row: 3, Source: "t.csv", Line: 4, ID: 17, Status: track.NotApplied, HTTPStatus: 200, Attempts: 2,
		Asked:   whole.Fingerprint(),
		Changes: track.ChangesOf(whole), AnsweredMedia: track.Value(long), FinishedAt: time.UnixMilli(1).UTC(),
		Answered: track.Values{Name: track.Value(long), Volume: track.Value(9)},
		Left:     []track.Values{whole, {Name: track.Value(long)}},
		Error:    &track.Error{Code: "not_applied", Message: "volume is not as asked"},
	}
	r.Changes.Name.From = track.Value(long)
	left := slices.Clone(r.Left)
	text, err := Encode(r)
	if err != nil || len(text) > 30_000 {
		t.Fatalf("%d bytes, %v", len(text), err)
	}
	got, err := decode(text)
	from, _ := got.Changes.Name.From.Get()
	if err != nil || got.Row != 3 || got.Status != track.NotApplied || got.Asked != r.Asked ||
		!strings.HasSuffix(from, "…") || got.Changes.Name.To != whole.Name {
		t.Errorf("%.3000s, %v", text, err)
	}
	if got.Answered != (track.Values{Volume: track.Value(9)}) || !got.AnsweredMedia.IsZero() ||
		!slices.Equal(got.Left, []track.Values{whole}) {
		t.Errorf("compared would be %.300v, %.300v", got.Answered, got.Left)
	}
	if !slices.Equal(r.Left, left) {
		t.Error("the result itself was changed")
	}
	// As many states as it may be.
	r.Error.Message = long
	for range 100 {
		r.Left = append(r.Left, track.Values{Name: track.Value(strings.Repeat("\x01", maxText))})
	}
	text, err = Encode(r)
	if err == nil {
		got, err = decode(text)
	}
	if err != nil || got.Row != 3 || got.Status != track.NotApplied || got.Asked != r.Asked || got.Attempts != 2 {
		t.Errorf("%d bytes, %v", len(text), err)
	}
}
