package plan

import (
	"fmt"
	"unicode/utf8"

	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// Mismatch is a field that has another value than the one asked for (Verify) or
// expected (Drift).
type Mismatch struct {
	Field string // as in track.Columns
	Asked string // for people; texts are quoted, alternatives joined by "or"
	Got   string

	drifted bool // from Drift
}

// String is one line, safe to print.
func (m Mismatch) String() string {
	if m.drifted && m.Got == notTold {
		return fmt.Sprintf("%s: expected %s, but the API does not report it", m.Field, m.Asked)
	}
	if m.drifted {
		return fmt.Sprintf("%s: expected %s, the track has %s", m.Field, m.Asked, m.Got)
	}
	return fmt.Sprintf("%s: asked for %s, the API answered %s", m.Field, m.Asked, m.Got)
}

// Verify compares an update with the track that the API answered to it, field
// by field where the answer has the field, in canonical order. No mismatch
// means that nothing in the answer speaks against the update.
//
// Names are equal when they are after Unicode normalization (NFC). The media
// URL is not compared: the service answers the URL of its transcoded copy.
func Verify(asked track.Values, got track.Track) []Mismatch {
	var all []Mismatch
	for _, a := range track.Attributes() {
		if a.Name() == track.FieldMedia || !a.Has(asked) || !a.Has(got.Values) || alike(a, asked, got.Values) {
			continue
		}
		all = append(all, Mismatch{Field: a.Name(), Asked: quoted(a, asked), Got: quoted(a, got.Values)})
	}
	return all
}

// maxQuoted is how many characters of a text are shown.
const maxQuoted = 200

// quoted is a field in a message: texts are quoted, and cut where they are long.
func quoted(field track.Attribute, v track.Values) string {
	text, isValue := field.Text(v)
	if !isValue || field.Name() != track.FieldName && field.Name() != track.FieldMedia {
		return text
	}
	n := 0
	for i := range text {
		if n++; n > maxQuoted {
			return fmt.Sprintf("%s… (%d characters)", safe.Quote(text[:i]), utf8.RuneCountInString(text))
		}
	}
	return safe.Quote(text)
}
