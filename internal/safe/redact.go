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

// Redacted stands where a secret would.
const Redacted = "[redacted]"

const (
	// MinSecret is the fewest characters of a secret that is looked for: a
	// shorter one would be found by accident.
	MinSecret = 8
	// minRun is the fewest characters of a secret that are taken out when it is
	// not there as a whole. What is left of it is too short to be of use.
	minRun = 12
)

// Redactor takes secrets out of text, in whatever form a server, a library or a
// terminal has made of them: whole or cut short to minRun characters, in upper
// or lower case, escaped as JSON, Go, a URL or HTML does it and several of these
// on top of each other, broken over lines, with invisible characters in between,
// in hexadecimal, and in base64, also in the middle of something longer.
//
// It reads text as a view without escapes and blanks, in which every character
// knows where it comes from, and looks there for what the secrets look like in
// the same view. Of a text without a secret it looks at one place in nine.
//
// A nil Redactor takes nothing out. It is safe for concurrent use, and does not
// change.
type Redactor struct {
	// A function, so that printing by reflection does not reach the secrets.
	find func(s string) []span
}

// NewRedactor returns a Redactor of the secrets that are long enough to be looked
// for; nil if there is none.
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
	return &Redactor{f.find}
}

// maxPasses is how often what is left of a text is redacted again.
const maxPasses = 3

// Text returns s with Redacted in the place of what belongs to a secret. It checks
// what it returns: a text in which there is still something after several passes is
// Redacted as a whole.
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

// Holds reports whether Text would take something out of s.
func (r *Redactor) Holds(s string) bool { return r != nil && len(r.find(s)) > 0 }

// Bytes is Text for bytes. It returns b itself when there is nothing to take out.
func (r *Redactor) Bytes(b []byte) []byte {
	s := string(b)
	if clean := r.Text(s); clean != s {
		return []byte(clean)
	}
	return b
}

// Output is Bytes for what is about to be written and may be text or JSON, also
// several values of it after each other. What was JSON stays JSON; a lone number is
// text.
func (r *Redactor) Output(b []byte) []byte {
	switch {
	case !r.Holds(string(b)):
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
	if len(s) < MinSecret || len(s) > math.MaxInt32 {
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
