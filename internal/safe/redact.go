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
// the same view. A text without a secret costs a few nanoseconds a byte.
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

// Text returns s with Redacted in the place of what belongs to a secret.
func (r *Redactor) Text(s string) string {
	if r == nil {
		return s
	}
	found := r.find(s)
	if len(found) == 0 {
		return s
	}
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

// Bytes is Text for what is about to be written. JSON, which may be several
// values after each other, stays what it is: only within its strings is anything
// taken out. It returns b itself when there is nothing to take out.
func (r *Redactor) Bytes(b []byte) []byte {
	if r == nil {
		return b
	}
	s := string(b)
	switch {
	case !r.Holds(s):
		return b
	case isJSON(b):
		return []byte(r.withinStrings(s))
	}
	return []byte(r.Text(s))
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

// withinStrings is Text for the strings of a JSON text.
func (r *Redactor) withinStrings(s string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, `"`)
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		end := endOfString(rest)
		b.WriteString(`"` + r.Text(rest[:end]) + `"`)
		s = rest[min(end+1, len(rest)):]
	}
}

// endOfString is where the quotation mark stands that ends a JSON string.
func endOfString(s string) int {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(s)
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
