package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"tracksync/internal/display"
	"tracksync/internal/safe"
	"tracksync/internal/track"
)

const (
	planBuffer   = 64 << 10
	maxPlanName  = 60  // characters of a track's name next to its id
	maxPlanValue = 240 // characters of a value on a terminal
)

// PlanStyle is how a plan is shown to people.
type PlanStyle struct {
	Color bool // with ANSI escapes for colours
	// Width of the terminal, in columns. A wider change takes two lines, and a value
	// of more than 240 characters is shortened in its middle. 0: not a terminal, so
	// nothing is broken or shortened.
	Width int
}

// PlanText writes a plan for people, row by row: what would change and what is wrong,
// in the order of the manifest, and the counts at the end. The text contains no terminal
// escapes but its own colours.
//
//	~ 17 "Morning light"  tracks.csv:2
//	    volume 40 → 55
//	    project 3 → none (null)
//	! 19  tracks.csv:4  does not exist
//
//	1 to change, 985 unchanged, 1 error
//	  changes  volume of 1, project of 1 (1 detached)
//	  errors   1 missing
//
// It keeps one row in memory. After a write error all further writes fail, and End
// returns that error. A PlanText is for one goroutine.
type PlanText struct {
	out   *bufio.Writer
	style PlanStyle
	paint func(code, s string) string
	shown bool // at least one row
}

// NewPlanText returns a PlanText on w.
func NewPlanText(w io.Writer, style PlanStyle) *PlanText {
	painter := &text{color: style.Color}
	return &PlanText{out: bufio.NewWriterSize(w, planBuffer), style: style, paint: painter.paint}
}

// Write shows a row that would change or cannot be planned. Others are only counted.
func (t *PlanText) Write(r PlanRow) error {
	switch {
	case r.Verdict == ToChange:
		t.line(t.paint(yellow, "~") + heading(r, t.paint))
		for _, l := range r.Lines {
			t.change(l)
		}
	case r.Verdict.IsError():
		t.failure(r)
	default:
		return nil
	}
	t.shown = true
	_, err := t.out.Write(nil) // returns the first error of all writes
	return err
}

// End writes the counts and flushes the buffer.
func (t *PlanText) End(n PlanTotals) error {
	if t.shown {
		t.line("")
	}
	parts := []string{display.Thousands(n.Change) + " to change", display.Thousands(n.Unchanged) + " unchanged"}
	if n.Skipped > 0 {
		parts = append(parts, display.Thousands(n.Skipped)+" skipped")
	}
	if n.Superseded > 0 {
		parts = append(parts, display.Thousands(n.Superseded)+" superseded")
	}
	if n.Errors() > 0 {
		parts = append(parts, t.paint(red, display.Count(n.Errors(), "error")))
	}
	t.line(strings.Join(parts, ", "))
	if n.Change > 0 {
		t.line("  " + t.paint(dim, "changes") + "  " + strings.Join(n.Fields.words(), ", "))
	}
	if n.Errors() > 0 {
		t.line("  " + t.paint(dim, "errors ") + "  " + strings.Join(n.errorWords(), ", "))
	}
	return t.out.Flush()
}

func (t *PlanText) line(s string) { _, _ = t.out.WriteString(s + "\n") } // Write and End return its error

// heading names the track and its place in the manifest.
func heading(r PlanRow, paint func(code, s string) string) string {
	var b strings.Builder
	if r.ID > 0 {
		b.WriteString(" " + paint(bold, r.ID.String()))
	}
	if name, ok := r.Name.Get(); ok {
		b.WriteString(" " + safe.CutQuote(name, maxPlanName))
	}
	at := r.Position
	at.Column = 0
	b.WriteString("  " + paint(dim, safe.Line(at.String())))
	return b.String()
}

// change shows how a field would change, on two lines if it does not fit one.
func (t *PlanText) change(l PlanLine) {
	const indent = "    "
	noun, from, to := track.AttributeNamed(l.Field).Noun(), t.whole(l.From), t.whole(l.To)
	if from == "" {
		t.line(indent + noun + " → " + t.paint(green, to))
		return
	}
	gap := " "
	if t.style.Width > 0 && display.Columns(indent+noun+" "+from+" → "+to) > t.style.Width {
		gap = "\n" + indent + strings.Repeat(" ", max(0, display.Columns(noun)-1))
	}
	t.line(indent + noun + " " + t.paint(red, from) + gap + "→ " + t.paint(green, to))
}

// failure shows why a row could not be planned: on the same line if it fits.
func (t *PlanText) failure(r PlanRow) {
	head := t.paint(red, "!") + heading(r, t.paint)
	reasons := make([]string, len(r.Reasons))
	for i, reason := range r.Reasons {
		reasons[i] = t.whole(safe.Line(reason))
	}
	taken := display.Columns("!"+heading(r, unpainted)) + len("  ")
	if len(reasons) == 1 && (t.style.Width == 0 || taken+display.Columns(reasons[0]) <= t.style.Width) {
		t.line(head + "  " + t.paint(red, reasons[0]))
		return
	}
	t.line(head + "  " + t.paint(red, strings.ReplaceAll(string(r.Verdict), "_", " ")))
	for _, reason := range reasons {
		t.line("    " + reason)
	}
}

// whole is a value, shortened in its middle if it is long and goes to a terminal. Values
// differ at their end as often as at their beginning, so both are kept.
func (t *PlanText) whole(value string) string {
	if t.style.Width == 0 || utf8.RuneCountInString(value) <= maxPlanValue {
		return value
	}
	r := []rune(value)
	half := (maxPlanValue - 1) / 2
	return string(r[:half]) + "…" + string(r[len(r)-half:])
}

func unpainted(_, s string) string { return s }

// words says how many rows change each field.
func (f PlanFields) words() []string {
	var all []string
	for _, field := range []struct {
		noun string
		rows int
	}{{"name", f.Name}, {"volume", f.Volume}, {"project", f.Project}, {"media", f.Media}} {
		if field.rows == 0 {
			continue
		}
		text := fmt.Sprintf("%s of %s", field.noun, display.Thousands(field.rows))
		if field.noun == "project" && f.Detached > 0 {
			text += fmt.Sprintf(" (%s detached)", display.Thousands(f.Detached))
		}
		all = append(all, text)
	}
	return all
}

func (t PlanTotals) errorWords() []string {
	var all []string
	for _, v := range []Verdict{Missing, Unreadable, Drifted, Invalid} {
		if n := *t.of(v); n > 0 {
			all = append(all, display.Thousands(n)+" "+string(v))
		}
	}
	return all
}
