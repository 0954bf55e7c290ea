package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"tracksync/input"
	"tracksync/internal/display"
	"tracksync/internal/safe"
	"tracksync/internal/terminal"
	"tracksync/internal/track"
)

// saving lets work save changes as it goes through the plan. The file takes its
// name only when all of the plan is in it.
func (p *planning) saving(work func(save func(plannedRow) error) error) error {
	saved := 0
	var notSaving error // what went wrong that is not about the file
	save := func(w io.Writer) error {
		m, err := input.NewWriter(w, p.format, input.WriterOptions{Comment: p.hidden.Text(p.preface()), MaxVolume: p.input.MaxVolume})
		if err != nil {
			return err
		}
		var unsaved error
		err = work(func(r plannedRow) error {
			var ok bool
			if ok, unsaved = p.saveRow(m, r); ok {
				saved++
			}
			return unsaved
		})
		if err != nil {
			if unsaved == nil {
				notSaving = err
			}
			return err
		}
		return m.Close()
	}
	var err error
	switch p.save {
	case "":
		return work(func(plannedRow) error { return nil })
	case toStandardOutput:
		err = saidOf("standard output", save(p.Out))
	default:
		err = safe.WriteFile(p.saveTo, save)
	}
	switch {
	case notSaving != nil:
		return notSaving
	case err != nil:
		return err
	case p.save != toStandardOutput:
		p.saySaved(saved)
	}
	return nil
}

// saveRow saves one change. One that would not be read back as it is is left
// out, said, and counted.
func (p *planning) saveRow(m *input.Writer, r plannedRow) (ok bool, err error) {
	var unfit *input.RoundTripError
	err = m.Write(r.entry())
	if errors.As(err, &unfit) {
		p.unfit++
		p.log.Error().Msg(safe.Line(fmt.Sprintf("%s is not in the saved plan: %v", placeOf(r.Position), unfit)))
		return false, nil
	}
	return err == nil, err
}

// entry is a change as a manifest says it: the fields that differ, what they are
// now, and what the row expected already. What a field is now is not expected when
// it is not known, or must not be said.
func (r plannedRow) entry() input.Entry {
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
func (r plannedRow) comment(untold, secret []string) string {
	var b strings.Builder
	if name, ok := r.Name.Get(); ok {
		b.WriteString(safe.CutLine(`"`+name+`"`, maxComment) + ", ")
	}
	b.WriteString("from " + placeOf(r.Position))
	if len(untold) > 0 {
		b.WriteString("\nnot expected, because the API does not report it: " + strings.Join(untold, ", "))
	}
	if len(secret) > 0 {
		b.WriteString("\nnot expected, because it seems to hold the API key: " + strings.Join(secret, ", "))
	}
	return b.String()
}

// placeOf is where a row stands, on one line.
func placeOf(at track.Position) string {
	at.Column = 0
	if at.File == "-" {
		at.File = "standard input"
	}
	return safe.Line(at.String())
}

// preface says at the top of a saved plan what it is.
func (p *planning) preface() string {
	var b strings.Builder
	where := p.account.Base
	if p.sandbox {
		where = "the sandbox"
	}
	fmt.Fprintf(&b, "A plan: what sync would have changed on %s\nat %s, made from\n",
		time.Now().UTC().Format("2006-01-02 15:04:05 UTC"), safe.Line(where))
	for _, s := range p.summary.Sources {
		fmt.Fprintf(&b, "  %s (SHA-256 %s)\n", placeOf(track.Position{File: s.Name}), s.SHA256)
	}
	b.WriteString("A track that is not as its entry expects is left alone. Apply it with\n  " + p.apply("tracksync", "sync"))
	return b.String()
}

// usualMaxVolume is the largest volume unless --max-volume says otherwise.
const usualMaxVolume = 100

// apply is the command that applies the saved plan, from its first words on. It
// names the state, without which sync would not remember what media the plan has
// set, and the next run would send it again.
func (p *planning) apply(words ...string) string {
	if p.sandbox {
		words = append(words, "--sandbox")
	}
	if !p.sandbox {
		words = append(words, baseWords(p.client.BaseURL)...)
	}
	if n := p.manifests.maxVolume; n != usualMaxVolume {
		words = append(words, "--max-volume="+strconv.Itoa(n))
	}
	if p.state != "" {
		words = append(words, "--state="+p.state)
	}
	name := p.save
	if name == toStandardOutput {
		name = "plan.yaml"
	}
	line, ok := safe.ShellWords(append(words, name))
	if ok && usable(p.hidden, line) {
		return line
	}
	return "tracksync sync FILE"
}

// applyHere is apply as it is pasted here: with the files of this machine, which
// have no place in a plan that others review.
func (p *planning) applyHere() string {
	words := append(slices.Clone(p.Program), "sync")
	if p.connection.keyFile != "" {
		words = append(words, "--api-key-file="+p.connection.keyFile)
	}
	if p.connection.caFile != "" {
		words = append(words, "--ca-file="+p.connection.caFile)
	}
	return p.apply(words...)
}

// saySaved says what became of the file.
func (p *planning) saySaved(changes int) {
	apply := p.applyHere()
	switch {
	case !p.logs.human(p.Streams):
		ev := p.log.Info().Str("file", p.save).Int("changes", changes)
		if changes > 0 {
			ev = ev.Str("next", apply)
		}
		ev.Msg("the plan was saved")
	case changes == 0:
		p.log.Info().Msg(safe.Line("there are no changes in " + p.save))
	default:
		p.log.Info().Msg(safe.Line(fmt.Sprintf("saved %s to %s; apply with:", display.Count(changes, "change"), p.save)) +
			"\n" + terminal.CommandIndent + safe.Line(apply))
	}
	if n := p.totals.Errors() + p.unfit; n > 0 {
		p.log.Warn().Msg("not in the saved plan: " + display.Count(n, "row") + " with errors")
	}
}
