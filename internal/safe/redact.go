package safe

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
)

// Redacted replaces a secret.
const Redacted = "[redacted]"

const (
	// MinSecret is the length of the shortest secret that is redacted. A shorter one
	// would match by accident.
	MinSecret = 8
	// minRun is the length of the shortest part of a secret that is redacted. Anything
	// shorter is of no use to anyone.
	minRun = 12
)

// Redactor removes secrets from text in all forms that servers, libraries and
// terminals make of them: complete or cut down to minRun characters; in upper or
// lower case; escaped as in JSON, Go, URLs or HTML, also several times over; broken
// over lines; with invisible characters in between; in hexadecimal; and in base64,
// also as a part of something longer.
//
// It builds a view of the text without escapes and blanks, in which each character
// remembers where it comes from, and searches the view for the secrets. In a text
// without a secret it looks at every ninth place only.
//
// A nil Redactor changes nothing. A Redactor is immutable and safe for concurrent
// use.
type Redactor struct {
	// Closures, so that printing by reflection does not reach the secrets.
	find    func(s string) []span
	mayHold func(b []byte) bool
}

// NewRedactor returns a Redactor for the secrets of at least MinSecret characters;
// nil if there are none.
func NewRedactor(secrets ...string) *Redactor {
	f := &forms{}
	for _, s := range secrets {
		if len(s) >= MinSecret {
			f.add(s)
		}
	}
	if len(f.literal) == 0 {
		return nil
	}
	f.index()
	return &Redactor{f.find, func(b []byte) bool { return mayHold(f, b) }}
}

// maxPasses is how often a text is redacted before Text gives up on it.
const maxPasses = 3

// Text returns s with secrets replaced by Redacted. It checks its result: a text that
// still holds a secret after several passes is replaced completely.
func (r *Redactor) Text(s string) string {
	if r == nil {
		return s
	}
	for range maxPasses {
		found := r.find(s)
		if len(found) == 0 {
			return s
		}
		s = replaced(s, found)
	}
	if r.Holds(s) {
		return Redacted
	}
	return s
}

func replaced(s string, found []span) string {
	var b strings.Builder
	at := 0
	for _, f := range found {
		b.WriteString(s[at:f.from])
		b.WriteString(Redacted)
		at = f.to
	}
	b.WriteString(s[at:])
	return b.String()
}

// Holds reports whether s holds a secret.
func (r *Redactor) Holds(s string) bool { return r != nil && len(r.find(s)) > 0 }

// Bytes is Text for bytes. It returns b itself if there is nothing to redact.
func (r *Redactor) Bytes(b []byte) []byte {
	if r == nil || !r.mayHold(b) {
		return b
	}
	s := string(b)
	if clean := r.Text(s); clean != s {
		return []byte(clean)
	}
	return b
}

// Output is Bytes for output that may be text, or one or several JSON values. JSON
// stays JSON.
func (r *Redactor) Output(b []byte) []byte {
	switch {
	case r == nil || !r.mayHold(b) || !r.Holds(string(b)):
		return b
	case isJSON(b):
		return JSONStrings(b, r.Bytes)
	}
	return r.Bytes(b)
}

// isJSON reports whether b is one JSON value or several.
func isJSON(b []byte) bool {
	dec := json.NewDecoder(bytes.NewReader(b))
	for n := 0; ; n++ {
		var v json.RawMessage
		if err := dec.Decode(&v); err != nil {
			return errors.Is(err, io.EOF) && n > 0
		}
	}
}

// span is a part of a text.
type span struct{ from, to int }

// find returns the parts of s that belong to a secret, in order and apart from
// each other.
func (f *forms) find(s string) []span {
	if len(s) < MinSecret || len(s) > math.MaxInt32 || !mayHold(f, s) {
		return nil
	}
	v := newView(s)
	defer v.free()
	return merged(append(f.findLiteral(s), f.findRuns(v.glyphs)...))
}

// merged joins spans that touch.
func merged(spans []span) []span {
	if len(spans) < 2 {
		return spans
	}
	slices.SortFunc(spans, func(a, b span) int { return a.from - b.from })
	out := spans[:1]
	for _, s := range spans[1:] {
		if last := &out[len(out)-1]; s.from <= last.to {
			last.to = max(last.to, s.to)
		} else {
			out = append(out, s)
		}
	}
	return out
}
