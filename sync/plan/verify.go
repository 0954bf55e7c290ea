package plan

import (
	"fmt"
	"unicode/utf8"

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
		return fmt.Sprintf("%s: expected %s, but the API does not tell it", m.Field, m.Asked)
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
	if !asked.Name.IsZero() && !got.Name.IsZero() && !sameName(asked.Name, got.Name) {
		all = append(all, Mismatch{Field: track.FieldName, Asked: quoted(asked.Name), Got: quoted(got.Name)})
	}
	if differs(asked.Volume, got.Volume) {
		all = append(all, Mismatch{Field: track.FieldVolume, Asked: asked.Volume.String(), Got: got.Volume.String()})
	}
	if differs(asked.Project, got.Project) {
		all = append(all, Mismatch{Field: track.FieldProject, Asked: asked.Project.String(), Got: got.Project.String()})
	}
	return all
}

func differs[T comparable](asked, got track.Field[T]) bool {
	return !asked.IsZero() && !got.IsZero() && asked != got
}

// maxQuoted is how many characters of a text are shown.
const maxQuoted = 200

func quoted(f track.Field[string]) string {
	s, ok := f.Get()
	if !ok {
		return f.String()
	}
	n := 0
	for i := range s {
		if n++; n > maxQuoted {
			return fmt.Sprintf("%s… (%d characters)", quote(s[:i]), utf8.RuneCountInString(s))
		}
	}
	return quote(s)
}
