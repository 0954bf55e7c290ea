// Package plan compares what a manifest asks with what a track is. It is pure:
// rows and tracks in, differences out.
package plan

import (
	"fmt"
	"strconv"

	"golang.org/x/text/unicode/norm"

	"tracksync/internal/track"
)

// Mismatch is a field that came back with another value than was asked.
type Mismatch struct {
	Field string // as in track.Columns
	Asked string // for people; texts are quoted
	Got   string
}

func (m Mismatch) String() string {
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
	if want, ok := asked.Name.Get(); ok && !got.Name.IsZero() {
		if have, ok := got.Name.Get(); !ok || norm.NFC.String(have) != norm.NFC.String(want) {
			all = append(all, Mismatch{track.FieldName, strconv.Quote(want), quoted(got.Name)})
		}
	}
	if differs(asked.Volume, got.Volume) {
		all = append(all, Mismatch{track.FieldVolume, asked.Volume.String(), got.Volume.String()})
	}
	if differs(asked.Project, got.Project) {
		all = append(all, Mismatch{track.FieldProject, asked.Project.String(), got.Project.String()})
	}
	return all
}

func differs[T comparable](asked, got track.Field[T]) bool {
	return !asked.IsZero() && !got.IsZero() && asked != got
}

func quoted(f track.Field[string]) string {
	if s, ok := f.Get(); ok {
		return strconv.Quote(s)
	}
	return f.String()
}
