package plan

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"tracksync/internal/track"
)

// Line is one field's change in words.
type Line struct {
	Field string // as in track.Columns
	From  string // "" where it is not known
	To    string
}

// String is the line a person reads: `volume 40 → 55`, or `volume → 55` where
// the value before is not known.
func (l Line) String() string {
	noun := l.Field
	switch noun {
	case track.FieldProject:
		noun = "project"
	case track.FieldMedia:
		noun = "media"
	}
	if l.From == "" {
		return noun + " → " + l.To
	}
	return noun + " " + l.From + " → " + l.To
}

// Lines says changes in words, in canonical order. Names are quoted, and
// whatever is not to be seen in a text is written as an escape; texts are not
// shortened.
func Lines(c track.Changes) []Line {
	var all []Line
	add := func(field, from, to string) {
		if to != "" {
			all = append(all, Line{field, from, to})
		}
	}
	add(track.FieldName, inWords(c.Name.From, quote), inWords(c.Name.To, quote))
	add(track.FieldVolume, inWords(c.Volume.From, strconv.Itoa), inWords(c.Volume.To, strconv.Itoa))
	add(track.FieldProject, inWords(c.Project.From, track.ID.String), inWords(c.Project.To, track.ID.String))
	add(track.FieldMedia, inWords(c.Media.From, link), inWords(c.Media.To, link))
	return all
}

// inWords is "" for an absent field. What is odd stands as it is.
func inWords[T comparable](f track.Field[T], say func(T) string) string {
	if v, ok := f.Get(); ok {
		return say(v)
	}
	if f.IsNull() {
		return "none (null)"
	}
	return f.String()
}

// link quotes a URL only when it could not be read without.
func link(url string) string {
	if q := quote(url); url == "" || strings.Contains(url, " ") || q[1:len(q)-1] != url {
		return q
	}
	return url
}

// quote is strconv.Quote, except that it keeps the joiners that emoji and some
// scripts are written with.
func quote(s string) string {
	b := []byte{'"'}
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '\u200c' || r == '\u200d':
			b = append(b, s[i:i+size]...)
		case unicode.IsPrint(r) && r != '"' && r != '\\' && (r != utf8.RuneError || size > 1):
			b = append(b, s[i:i+size]...)
		default:
			q := strconv.Quote(s[i : i+size])
			b = append(b, q[1:len(q)-1]...)
		}
		i += size
	}
	return string(append(b, '"'))
}
