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

// Saved writes the changes of a plan as a manifest that sync can apply. It is not safe for
// concurrent use. Close ends the manifest.
type Saved struct {
	Changes int // changes in the manifest

	out *input.Writer
}

// NewSaved starts a manifest. The format must support expectations. preface is the comment
// at the top.
func NewSaved(w io.Writer, format input.Format, preface string, maxVolume int) (*Saved, error) {
	out, err := input.NewWriter(w, format, input.WriterOptions{Comment: preface, MaxVolume: maxVolume})
	return &Saved{out: out}, err
}

// Write writes one change. A change that would not be read back unchanged is left out:
// refused says why.
func (s *Saved) Write(r Row) (refused *input.RoundTripError, err error) {
	err = s.out.Write(r.entry())
	if errors.As(err, &refused) {
		return refused, nil
	}
	if err == nil {
		s.Changes++
	}
	return nil, err
}

// Close writes the end of the manifest.
func (s *Saved) Close() error { return s.out.Close() }

// entry is the manifest entry of a change. It sets the fields that differ. It expects
// their present values, and what the row itself expects. A present value that is unknown
// or secret is not expected.
func (r Row) entry() input.Entry {
	e, expect := input.Entry{Update: track.Update{ID: r.ID, Values: r.todo}}, r.expect
	var unknown, secret []string
	now := r.Changes.From()
	for _, a := range track.Attributes() {
		switch {
		case !a.Has(r.todo):
		case r.hidden.Has(a.Name()):
			secret = append(secret, a.Name())
		case !a.Has(now):
			unknown = append(unknown, a.Name())
		default:
			expect = a.Copy(expect, now)
		}
	}
	if !expect.Empty() {
		e.Expect = track.Alternatives{expect}
	}
	e.Comment = r.comment(unknown, secret)
	return e
}

// maxComment is how many characters of a name a comment shows.
const maxComment = 100

// comment names the track and the position of its row. unknown and secret are the fields
// that are not expected.
func (r Row) comment(unknown, secret []string) string {
	var b strings.Builder
	if name, ok := r.Name.Get(); ok {
		b.WriteString(safe.CutLine(`"`+name+`"`, maxComment) + ", ")
	}
	b.WriteString("from " + PlaceOf(r.Position))
	if len(unknown) > 0 {
		b.WriteString("\nnot expected, because the API does not report it: " + strings.Join(unknown, ", "))
	}
	if len(secret) > 0 {
		b.WriteString("\nnot expected, because it seems to contain the API key: " + strings.Join(secret, ", "))
	}
	return b.String()
}

// Comment is the text at the top of a saved plan: where its tracks are, which manifests it
// was made from, and the command that applies it.
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

// PlaceOf is the position of a row, for one line of text.
func PlaceOf(at track.Position) string {
	at.Column = 0
	if at.File == "-" {
		at.File = "standard input"
	}
	return safe.Line(at.String())
}
