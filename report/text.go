package report

import (
	"bytes"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"tracksync/internal/display"
	"tracksync/internal/safe"
	"tracksync/internal/track"
)

const (
	maxWidth   = 100 // columns of a line; longer ones are hard to read
	labelWidth = 13
	topErrors  = 5

	maxCodeShown = 40
)

// Style says how a summary is shown, and what else it shows.
type Style struct {
	Color bool     // with ANSI escapes for colours and weights
	Files []string // paths of what was written
	Next  Step     // what to do next
	Width int      // of the terminal, in columns; 0: not a terminal
}

// Step is what to do next. The zero Step is nothing.
type Step struct {
	First   string `json:"first,omitzero"` // what to do before the command, for example "fix these rows"; may be empty
	Command string `json:"command"`
}

// FirstFix is what to do before rows are sent again: nothing if none was refused for what
// it says. hopeless is how many of them would end the same way again.
func FirstFix(rows, hopeless int, where string) string {
	switch {
	case hopeless == 0:
		return ""
	case hopeless < rows:
		return fmt.Sprintf("fix the rows in %s that were refused (%s of %s)", safe.Line(where),
			display.Thousands(hopeless), display.Thousands(rows))
	}
	return "fix these rows in " + safe.Line(where)
}

// WriteText writes s for people: how the run ended, the outcome of the rows, how fast
// it was, the most frequent errors, and the next command to run. Lines are at most as
// wide as the terminal, and at most 100 columns. Paths, long words and commands stay
// whole, because they are there to be copied. The text contains no terminal escapes but
// its own colours.
func WriteText(w io.Writer, s Summary, style Style) error {
	t := text{color: style.Color, width: maxWidth}
	if style.Width > 0 {
		t.width = min(style.Width, maxWidth)
	}
	t.headline(s)
	t.totals(s)
	t.measures(s)
	t.failures(s)
	t.files(style.Files)
	t.next(style.Next)
	_, err := w.Write(t.out.Bytes())
	return err
}

type text struct {
	out   bytes.Buffer
	color bool
	width int // in columns
}

const (
	red    = "31"
	green  = "32"
	yellow = "33"
	dim    = "2"
	bold   = "1"
)

func (t *text) paint(code, s string) string { return painter(t.color).paint(code, s) }

// painter says whether there are colours.
type painter bool

func (p painter) paint(code, s string) string {
	if !p || code == "" || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (t *text) line(s string) {
	t.out.WriteString(strings.TrimRight(s, " "))
	t.out.WriteByte('\n')
}

// narrow is the width below which nothing stands beside a label.
const narrow = 60

// labelled writes value to the right of a lead, which takes so many columns. Its further
// lines stand below its first. On a narrow screen all lines stand below the lead.
func (t *text) labelled(lead string, taken int, color, value string) {
	below := t.width < narrow && taken > len("Next: ")
	if below {
		t.line(lead)
		taken = 4
	}
	for i, l := range wrap(value, t.width-taken, maxWidth-taken) {
		if i > 0 || below {
			lead = strings.Repeat(" ", taken)
		}
		t.line(lead + t.paint(color, l))
	}
}

// headline tells how the run ended and, where there is a message, why.
func (t *text) headline(s Summary) {
	sign, code, end := "✓", green, words(s.End)
	if s.ExitCode != 0 {
		sign, code, end = "✗", red, fmt.Sprintf("%s (exit code %d)", end, s.ExitCode)
	}
	lines := display.Wrap(sign+" "+end+": "+Headline(s), t.width-2)
	if len(lines) == 1 {
		t.line(t.paint(code, sign+" "+end+": ") + t.paint(bold, Headline(s)))
	} else {
		t.line(t.paint(code, lines[0]))
		for _, l := range lines[1:] {
			t.line("  " + t.paint(bold, l))
		}
	}
	for _, l := range wrap(safe.CutLine(s.Message, 3*maxWidth), t.width-2, maxWidth-2) {
		t.line("  " + l)
	}
}

// Headline tells how many rows are as the manifest says.
func Headline(s Summary) string {
	good := s.Totals.Succeeded()
	switch {
	case s.Rows == 0:
		return "the manifest has no rows"
	case good == s.Rows && s.Rows == 1:
		return "the one row is as the manifest says"
	case good == s.Rows:
		return fmt.Sprintf("all %s rows are as the manifest says", display.Thousands(s.Rows))
	}
	rest := s.Rows - good
	return fmt.Sprintf("%s of %s %s not as the manifest says", display.Thousands(rest), display.Count(s.Rows, "row"),
		areIs(rest))
}

// totals has one line per status that occurs, successes first.
func (t *text) totals(s Summary) {
	width := 0
	for _, n := range s.Totals {
		width = max(width, len(display.Thousands(n)))
	}
	for _, success := range []bool{true, false} {
		first := true
		for _, status := range track.Statuses() {
			n := s.Totals[status]
			if n == 0 || status.Success() != success {
				continue
			}
			if first {
				t.line("")
				first = false
			}
			number := t.paint(statusColor(status), fmt.Sprintf("%*s", width, display.Thousands(n)))
			lead := fmt.Sprintf("  %-*s  %s  ", labelWidth, words(string(status)), number)
			t.labelled(lead, labelWidth+width+6, dim, Meaning(status))
		}
	}
}

func statusColor(s track.Status) string {
	switch {
	case s.Success():
		return green
	case s == track.NotAttempted:
		return yellow
	}
	return red
}

// Meaning explains a status to someone who sees it for the first time.
func Meaning(s track.Status) string {
	switch s {
	case track.Updated:
		return "applied by the API"
	case track.Unchanged:
		return "already matched"
	case track.Skipped:
		return "requests no change"
	case track.Superseded:
		return "a later row of the same id counts"
	case track.Failed:
		return "refused, or attempts used up; not applied"
	case track.Invalid:
		return "wrong in the manifest; not sent"
	case track.NotApplied:
		return "accepted, but came back with other values"
	case track.Drifted:
		return "not as expected before; left alone"
	case track.NotAttempted:
		return "the run stopped before it"
	case track.Unknown:
		return "may or may not have been applied"
	}
	return ""
}

// measures tells how long the run took and how the API behaved.
func (t *text) measures(s Summary) {
	t.line("")
	for _, f := range Facts(s) {
		t.fact(f.Label, f.Text)
	}
}

func (t *text) fact(label, value string) {
	t.labelled("  "+t.paint(dim, fmt.Sprintf("%-*s", labelWidth, label))+"  ", labelWidth+4, "", value)
}

// failures lists the most frequent errors, each with an example.
func (t *text) failures(s Summary) {
	if len(s.Failures) == 0 {
		return
	}
	t.line("")
	t.line("  " + t.paint(bold, "Most frequent errors"))
	shown := s.Failures[:min(len(s.Failures), topErrors)]
	rows, codes := 0, 0
	for _, f := range shown {
		rows = max(rows, len(display.Thousands(f.Rows)))
		codes = max(codes, utf8.RuneCountInString(safe.CutLine(f.Code, maxCodeShown)))
	}
	for _, f := range shown {
		head := fmt.Sprintf("%*s × %-*s", rows, display.Thousands(f.Rows), codes, safe.CutLine(f.Code, maxCodeShown))
		taken := display.Columns(head) + 4
		t.labelled("  "+t.paint(red, head)+"  ", taken, "", display.Fit(safe.Line(f.Message), 2*(maxWidth-taken)))
		if f.Example != "" {
			lead := strings.Repeat(" ", rows+5) + "for example "
			t.line(t.paint(dim, lead+display.FitEnd(safe.Line(f.Example), max(t.width, narrow)-len(lead))))
		}
	}
	if more := len(s.Failures) - len(shown); more > 0 {
		t.line(t.paint(dim, fmt.Sprintf("  and %s more", display.Count(more, "kind"))))
	}
}

// next writes the command on one line, so that it can be copied whole.
func (t *text) next(s Step) {
	if s.Command == "" {
		return
	}
	t.line("")
	if s.First == "" {
		t.line(t.paint(bold, "Next: ") + safe.Line(s.Command))
		return
	}
	t.labelled(t.paint(bold, "Next: "), len("Next: "), "", safe.Line(s.First)+", then")
	t.line("  " + safe.Line(s.Command))
}

func (t *text) files(files []string) {
	if len(files) == 0 {
		return
	}
	t.line("")
	for i, f := range files {
		label := ""
		if i == 0 {
			label = "files"
		}
		t.line("  " + t.paint(dim, fmt.Sprintf("%-*s", labelWidth, label)) + "  " + safe.Line(f)) // whole, to be copied
	}
}

func host(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	return u.Host // without user and password
}

func duration(seconds float64) string {
	return display.Long(time.Duration(seconds * float64(time.Second)))
}
