package plan

import (
	"strings"

	"tracksync/internal/safe"
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
	noun := track.AttributeNamed(l.Field).Noun()
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
	from, to := c.From(), c.To()
	for _, a := range track.Attributes() {
		if a.Has(to) {
			all = append(all, Line{a.Name(), inWords(a, from), inWords(a, to)})
		}
	}
	return all
}

// inWords is "" for an absent field. What is odd stands as it is.
func inWords(field track.Attribute, v track.Values) string {
	text, isValue := field.Text(v)
	switch {
	case field.IsNull(v):
		return "none (null)"
	case isValue && field.Name() == track.FieldName:
		return safe.Quote(text)
	case isValue && field.Name() == track.FieldMedia:
		return link(text)
	}
	return text
}

// link quotes a URL only when it could not be read without.
func link(url string) string {
	if q := safe.Quote(url); url == "" || strings.Contains(url, " ") || q[1:len(q)-1] != url {
		return q
	}
	return url
}
