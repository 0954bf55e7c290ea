package report

import (
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

// PlanText writes a plan for people, row by row: what would change and what is wrong,
// in the order of the manifest, and the counts at the end. On a terminal a change that is
// too wide takes two lines, and a value of more than 240 characters is shortened in its
// middle. The text contains no terminal escapes but its own colours.
//
//	~ 17 "Morning light"  tracks.csv:2
//	    volume 40 → 55
//	    project 3 → none (null)
//	✗ 19  tracks.csv:4  does not exist
//
//	✗ planned: 1 of 987 rows cannot be applied, and 1 would change
//
//	  change           1  volume of 1, project of 1 (1 detached)
//	  unchanged      985  already matched
//
//	  missing          1  the track does not exist
//
// It keeps one row in memory. After a write error all further writes fail, and End
// returns that error. A PlanText is for one goroutine.
type PlanText struct {
	*display.Text
	shown bool // at least one row
}

// NewPlanText returns a PlanText on w.
func NewPlanText(w io.Writer, style display.Style) *PlanText {
	return &PlanText{Text: display.NewText(w, style)}
}

// Write shows a row that would change or cannot be planned. Others are only counted.
func (t *PlanText) Write(r PlanRow) error {
	switch {
	case r.Verdict == ToChange:
		t.Line(t.Paint(display.Yellow, display.Yellow.Sign()) + heading(r, t.Style))
		for _, l := range r.Lines {
			t.change(l)
		}
	case r.Verdict.IsError():
		t.failure(r)
	default:
		return nil
	}
	t.shown = true
	return t.Err()
}

// End writes the counts and flushes the buffer.
func (t *PlanText) End(n PlanTotals) error {
	if t.shown {
		t.Line("")
	}
	t.Headline(n.color(), "planned", n.Headline())
	var well, rest []display.Tally
	for _, v := range verdicts {
		c := display.Tally{What: string(v), Number: *n.of(v), Color: v.color(), Meaning: v.meaning(n)}
		if v.IsError() {
			rest = append(rest, c)
		} else {
			well = append(well, c)
		}
	}
	t.Tallies(labelWidth, well, rest)
	return t.Flush()
}

// Headline says what a plan comes to.
func (t PlanTotals) Headline() string {
	of := " of " + display.Count(t.Rows(), "row")
	switch {
	case t.Rows() == 0:
		return "the manifest has no rows"
	case t.Errors() > 0 && t.Change > 0:
		return fmt.Sprintf("%s%s cannot be applied, and %s would change", display.Thousands(t.Errors()), of,
			display.Thousands(t.Change))
	case t.Errors() > 0:
		return display.Thousands(t.Errors()) + of + " cannot be applied"
	case t.Change > 0:
		return display.Thousands(t.Change) + of + " would change"
	}
	return "nothing would change"
}

func (t PlanTotals) color() display.Color {
	switch {
	case t.Errors() > 0:
		return display.Red
	case t.Change > 0:
		return display.Yellow
	}
	return display.Green
}

// verdicts are all verdicts, in the order in which they are told.
var verdicts = []Verdict{ToChange, Unchanged, Skipped, Superseded, Missing, Unreadable, Drifted, Invalid}

func (v Verdict) color() display.Color {
	switch {
	case v == ToChange:
		return display.Yellow
	case v.IsError():
		return display.Red
	}
	return display.Green
}

// meaning explains a verdict to someone who sees it for the first time.
func (v Verdict) meaning(t PlanTotals) string {
	switch v {
	case ToChange:
		return strings.Join(t.Fields.words(), ", ")
	case Missing:
		return "there is no such track"
	case Unreadable:
		return "the track could not be read"
	case Drifted:
		return "the track is not as expected"
	case Invalid:
		return "wrong in the manifest"
	}
	return Meaning(track.Status(v)) // unchanged, skipped and superseded are statuses too
}

// heading names the track and its place in the manifest.
func heading(r PlanRow, style display.Style) string {
	var b strings.Builder
	if r.ID > 0 {
		b.WriteString(" " + style.Paint(display.Bold, r.ID.String()))
	}
	if name, ok := r.Name.Get(); ok {
		b.WriteString(" " + safe.CutQuote(name, maxPlanName))
	}
	at := r.Position
	at.Column = 0
	b.WriteString("  " + style.Paint(display.Dim, safe.Line(at.String())))
	return b.String()
}

// change shows how a field would change, on two lines if it does not fit one.
func (t *PlanText) change(l PlanLine) {
	const indent = "    "
	noun, from, to := track.AttributeNamed(l.Field).Noun(), t.Plain(t.whole(l.From)), t.Plain(t.whole(l.To))
	arrow := t.Plain("→ ")
	if from == "" {
		t.Line(indent + noun + " " + arrow + t.Paint(display.Green, to))
		return
	}
	gap := " "
	if t.Width > 0 && display.Columns(indent+noun+" "+from+" "+arrow+to) > t.Width {
		gap = "\n" + indent + strings.Repeat(" ", max(0, display.Columns(noun)-1))
	}
	t.Line(indent + noun + " " + t.Paint(display.Red, from) + gap + arrow + t.Paint(display.Green, to))
}

// failure shows why a row could not be planned: on the same line if it fits.
func (t *PlanText) failure(r PlanRow) {
	sign := display.Red.Sign()
	head := t.Paint(display.Red, sign) + heading(r, t.Style)
	reasons := make([]string, len(r.Reasons))
	for i, reason := range r.Reasons {
		reasons[i] = t.Plain(t.whole(safe.Line(reason)))
	}
	taken := display.Columns(t.Plain(sign+heading(r, display.Style{}))) + len("  ")
	if len(reasons) == 1 && (t.Width == 0 || taken+display.Columns(reasons[0]) <= t.Width) {
		t.Line(head + "  " + t.Paint(display.Red, reasons[0]))
		return
	}
	t.Line(head + "  " + t.Paint(display.Red, words(string(r.Verdict))))
	for _, reason := range reasons {
		t.Line("    " + reason)
	}
}

// whole is a value, shortened in its middle if it is long and goes to a terminal. Values
// differ at their end as often as at their beginning, so both are kept.
func (t *PlanText) whole(value string) string {
	if t.Width == 0 || utf8.RuneCountInString(value) <= maxPlanValue {
		return value
	}
	r := []rune(value)
	half := (maxPlanValue - 1) / 2
	return string(r[:half]) + "…" + string(r[len(r)-half:])
}

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
