package plan

import (
	"golang.org/x/text/unicode/norm"

	"tracksync/internal/track"
)

// Diff returns the fields of asked that differ from what the track is now, to
// be sent, and the same as changes that tell from what to what. Neither names
// any other field, so that a track without differences has an empty todo.
//
//	asked         now                      happens
//	─────         ───                      ───────
//	absent        anything                 left alone
//	name          the same after NFC       left alone
//	name          another, null or absent  sent
//	volume        the same                 left alone
//	volume        another, null or absent  sent
//	project 3     3                        left alone
//	project 3     another, null or absent  sent
//	project null  null                     left alone
//	project null  3                        sent: detaches the track
//	project null  absent                   sent, see below
//	media         the same URL             left alone
//	media         another, and known       left alone: it is what the service made of it
//	media         another, not known       sent
//	media         null                     sent, unless known
//	media         absent                   sent, unless known
//
// A field is absent where the answer does not have it at all, as in the
// example of the service's documentation. That may mean that the track has
// none, or that the service does not tell. Such a field is sent, and its change
// has no From: to send again what is there already changes nothing, while a
// change that is not sent is lost. The price is that a service that leaves out
// what is null is told at each run to detach a track that has no project.
//
// The service answers the URL of its own copy of the media, so the URL alone
// tells too little. mediaKnown says that the URL asked was the last one applied
// and that nobody has changed the media since: sync/current has a State that
// knows. Without one it is false.
func Diff(asked track.Values, now track.Track, mediaKnown bool) (track.Values, track.Changes) {
	todo := asked
	for _, a := range track.Attributes() {
		isKnown := mediaKnown && a.Name() == track.FieldMedia
		if isKnown || alike(a, asked, now.Values) {
			todo = a.Drop(todo)
		}
	}
	return todo, track.ChangesBetween(now.Values, todo)
}

// alike reports whether a and b have the same in one field: names after Unicode
// normalization, anything else exactly.
func alike(field track.Attribute, a, b track.Values) bool {
	if field.Name() == track.FieldName {
		return sameName(a.Name, b.Name)
	}
	return field.Equal(a, b)
}

// sameName compares names after Unicode normalization: the service, or the
// program that wrote the manifest, may keep them in another form.
func sameName(a, b track.Field[string]) bool {
	x, isText := a.Get()
	y, isTextToo := b.Get()
	if !isText || !isTextToo {
		return a == b
	}
	return x == y || norm.NFC.String(x) == norm.NFC.String(y)
}
