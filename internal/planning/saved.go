package planning

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"tracksync/input"
	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// Saved writes the changes of a plan as a manifest that sync applies. One goroutine owns
// it. Close ends the manifest.
type Saved struct {
	Changes int // that are in it

	out *input.Writer
}

// NewSaved begins a manifest of a format that can say what a track is expected to be.
// preface is the comment at its top.
func NewSaved(w io.Writer, format input.Format, preface string, maxVolume int) (*Saved, error) {
	out, err := input.NewWriter(w, format, input.WriterOptions{Comment: preface, MaxVolume: maxVolume})
	return &Saved{out: out}, err
}

// Write writes one change. One that would not be read back as it is is left out: unfit
// says why.
func (s *Saved) Write(r Row) (unfit *input.RoundTripError, err error) {
	err = s.out.Write(r.entry())
	if errors.As(err, &unfit) {
		return unfit, nil
	}
	if err == nil {
		s.Changes++
	}
	return nil, err
}

// Close writes what is left of the manifest.
func (s *Saved) Close() error { return s.out.Close() }

// entry is a change as a manifest says it: the fields that differ, what they are
// now, and what the row expected already. What a field is now is not expected when
// it is not known, or must not be said.
func (r Row) entry() input.Entry {
	e, expect := input.Entry{Update: track.Update{ID: r.ID, Values: r.todo}}, r.expect
	var untold, secret []string
	now := r.Changes.From()
	for _, a := range track.Attributes() {
		switch {
		case !a.Has(r.todo):
		case r.hidden.Has(a.Name()):
			secret = append(secret, a.Name())
		case !a.Has(now):
			untold = append(untold, a.Name())
		default:
			expect = a.Copy(expect, now)
		}
	}
	if !expect.Empty() {
		e.Expect = track.Alternatives{expect}
	}
	e.Comment = r.comment(untold, secret)
	return e
}

// maxComment is how many characters of a name a comment shows.
const maxComment = 100

// comment says which track it is, and where the change comes from.
func (r Row) comment(untold, secret []string) string {
	var b strings.Builder
	if name, ok := r.Name.Get(); ok {
		b.WriteString(safe.CutLine(`"`+name+`"`, maxComment) + ", ")
	}
	b.WriteString("from " + PlaceOf(r.Position))
	if len(untold) > 0 {
		b.WriteString("\nnot expected, because the API does not report it: " + strings.Join(untold, ", "))
	}
	if len(secret) > 0 {
		b.WriteString("\nnot expected, because it seems to contain the API key: " + strings.Join(secret, ", "))
	}
	return b.String()
}

// Comment says at the top of a saved plan what it is: where its tracks are, what it was
// made from, and the command that applies it.
func Comment(where string, at time.Time, from []input.Source, apply string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "A plan: what sync would have changed on %s\nat %s, made from\n",
		at.UTC().Format("2006-01-02 15:04:05 UTC"), safe.Line(where))
	for _, s := range from {
		fmt.Fprintf(&b, "  %s (SHA-256 %s)\n", PlaceOf(track.Position{File: s.Name}), s.SHA256)
	}
	b.WriteString("A track that is not as its entry expects is left alone. Apply it with\n  " + apply)
	return b.String()
}

// PlaceOf is where a row stands, on one line.
func PlaceOf(at track.Position) string {
	at.Column = 0
	if at.File == "-" {
		at.File = "standard input"
	}
	return safe.Line(at.String())
}
