package input

import (
	"fmt"
	"strings"

	"tracksync/internal/track"
)

// RoundTripError names a field of an entry that would not be read back as it is.
// Without that field the entry can perhaps be written.
type RoundTripError struct {
	ID       track.ID
	Field    string // a name of track.Columns; "" if the whole entry is meant
	Expected bool   // Field is one that the entry expects, not one that it sets
	Message  string // lowercase, no full stop; one line, safe to print
	Hint     string // what to do about it; may be empty
}

// Error is "track 17: name: the name is blank (hint)".
func (u *RoundTripError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "track %d cannot be written so that it reads back: ", u.ID)
	if u.Expected {
		b.WriteString("what is expected of ")
	}
	if u.Field != "" {
		b.WriteString(u.Field + ": ")
	}
	b.WriteString(u.Message)
	if u.Hint != "" {
		b.WriteString(" (" + u.Hint + ")")
	}
	return b.String()
}

// checkRoundTrip finds what would not be read back. It uses the reader's own rules, so
// that writing and reading cannot differ.
func (w *Writer) checkRoundTrip(e *Entry) *RoundTripError {
	id := e.Update.ID
	if read, bad := w.rules.id(id.String()); bad != nil || read != id {
		return &RoundTripError{ID: id, Field: track.FieldID, Message: "there is no such id",
			Hint: fmt.Sprintf("ids are from 1 to %d", track.MaxID)}
	}
	u := w.rules.checkRoundTrip(e.Update.Values)
	if n := len(e.Expect); u == nil && n > MaxAlternatives {
		u = &RoundTripError{Message: fmt.Sprintf("it expects %d alternatives, more than %d", n, MaxAlternatives),
			Hint: "leave some out"}
	}
	for _, v := range e.Expect {
		if u != nil {
			break
		}
		if u = w.rules.expectations().checkRoundTrip(v); u != nil {
			u.Expected = true
		} else if v.Empty() {
			u = &RoundTripError{Message: "it expects nothing of the track", Hint: "leave it out"}
		}
	}
	if url, ok := e.ExpectMedia.Get(); u == nil && ok && (url == "" || len(url) > maxCell) {
		u = &RoundTripError{Field: track.FieldMedia, Expected: true, Message: "the media URL is empty, or too long"}
	}
	if u == nil {
		u = w.layout.refuse(e)
	}
	if u != nil {
		u.ID = id
	}
	return u
}

// checkRoundTrip finds a value that these rules would not read back as it is.
func (r rules) checkRoundTrip(v track.Values) *RoundTripError {
	for _, f := range []struct {
		field int
		bad   *fault
	}{
		{fName, differs(v.Name, v.Name.String(), r.name)},
		{fVolume, differs(v.Volume, v.Volume.String(), r.volume)},
		{fProject, differs(v.Project, v.Project.String(), r.project)},
		{fMedia, r.checkMediaRoundTrip(v.Media)},
	} {
		if f.bad != nil {
			return &RoundTripError{Field: fieldNames[f.field], Message: f.bad.message, Hint: f.bad.hint}
		}
	}
	return nil
}

func (r rules) checkMediaRoundTrip(media track.Field[string]) *fault {
	if r.expecting && media.IsNull() {
		return nil
	}
	return differs(media, media.String(), r.media)
}

// differs says why a field written as text is not read as the same field; nil
// if it is.
func differs[T comparable](f track.Field[T], text string, read func(string) (track.Field[T], *fault)) *fault {
	if f.IsZero() {
		return nil
	}
	if i := firstInvalid([]byte(text)); i >= 0 {
		return &fault{fmt.Sprintf("the byte 0x%02X is not UTF-8", text[i]), "leave it out"}
	}
	back, bad := read(text)
	switch {
	case bad != nil:
		return bad
	case back == f:
		return nil
	case f.IsNull():
		return &fault{"null is not a value", "leave it out"}
	case text == "":
		return &fault{"an empty text has no effect", "leave it out"}
	}
	return &fault{show(text) + " would be read as " + show(back.String()), "leave it out"}
}
