package display

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

const (
	// MaxWidth is how many columns a line of prose has at most.
	MaxWidth = 100
	// narrow is the width below which nothing stands beside a label.
	narrow = 60
	// minWhere is how many columns a place in a manifest has at least.
	minWhere = 20

	buffered = 64 << 10
)

// CommandIndent begins a line with a command, which stays whole so that it can be copied.
const CommandIndent = "    "

const next = "Next: "

// Text writes lines in a style. After a write error all further writes fail, and Flush
// returns that error.
type Text struct {
	Style
	out *bufio.Writer
}

// NewText returns a Text that writes to w.
func NewText(w io.Writer, style Style) *Text {
	return &Text{Style: style, out: bufio.NewWriterSize(w, buffered)}
}

// Flush writes what is in the buffer.
func (t *Text) Flush() error { return t.out.Flush() }

// Err is the first error of all writes.
func (t *Text) Err() error {
	_, err := t.out.Write(nil)
	return err
}

// Line writes a line as it is.
func (t *Text) Line(s string) { t.verbatim(t.Plain(s)) }

// verbatim writes a line with a path or a command, which stays whole in ASCII too.
func (t *Text) verbatim(s string) {
	_, _ = t.out.WriteString(t.inert(strings.TrimRight(s, " ")) + "\n") // Flush returns the error
}

// Room is how many columns prose has.
func (t *Text) Room() int {
	if t.Width > 0 {
		return min(t.Width, MaxWidth)
	}
	return MaxWidth
}

// Headline says how something went: a sign and a word in a colour, and the rest in bold.
func (t *Text) Headline(c Color, word, rest string) {
	lead, rest := t.Plain(c.Sign()+" "+word+": "), t.Plain(rest)
	lines := Wrap(lead+rest, t.Room()-2)
	if len(lines) == 1 {
		t.verbatim(t.Paint(c, lead) + t.Paint(Bold, rest))
		return
	}
	t.verbatim(t.Paint(c, lines[0]))
	for _, l := range lines[1:] {
		t.verbatim("  " + t.Paint(Bold, l))
	}
}

// Prose writes a paragraph below a headline.
func (t *Text) Prose(s string) {
	for _, l := range t.wrap(s, t.Room()-2, MaxWidth-2) {
		t.verbatim("  " + l)
	}
}

// Tally is how many there are of something, and what that means.
type Tally struct {
	What    string
	Number  int
	Color   Color
	Meaning string
}

// Tallies writes how many there are of what, unless there is none, below each other, and the
// groups of them apart.
func (t *Text) Tallies(label int, groups ...[]Tally) {
	width := 0
	for _, group := range groups {
		for _, c := range group {
			width = max(width, len(Thousands(c.Number)))
		}
	}
	for _, group := range groups {
		first := true
		for _, c := range group {
			if c.Number == 0 {
				continue
			}
			if first {
				t.Line("")
				first = false
			}
			number := t.Paint(c.Color, fmt.Sprintf("%*s", width, Thousands(c.Number)))
			t.beside(fmt.Sprintf("  %-*s  %s  ", label, c.What, number), label+width+6, Dim, c.Meaning)
		}
	}
}

// Fact writes a value beside its label, which takes so many columns. The value is broken
// where prose is.
func (t *Text) Fact(label int, name, value string) {
	t.beside(t.label(label, name), label+4, "", value)
}

// Path is Fact for a path.
func (t *Text) Path(label int, name, path string) { t.verbatim(t.label(label, name) + path) }

func (t *Text) label(width int, name string) string {
	if name == "" {
		return blanks(width + 4)
	}
	return "  " + t.Paint(Dim, fmt.Sprintf("%-*s", width, name)) + "  "
}

// Title writes the title of a list.
func (t *Text) Title(s string) {
	t.Line("")
	t.Line("  " + t.Paint(Bold, s))
}

// Example is a kind of thing that was counted, what it says, where one stands, and the track there.
type Example struct{ Count, Kind, Text, Where, Track string }

// Examples writes what was counted, each with an example below it.
func (t *Text) Examples(list []Example) {
	counts, kinds := 0, 0
	for _, e := range list {
		counts = max(counts, Columns(e.Count))
		kinds = max(kinds, Columns(e.Kind))
	}
	for _, e := range list {
		head := t.Plain(fmt.Sprintf("%*s × %s%s", counts, e.Count, e.Kind, blanks(kinds-Columns(e.Kind))))
		taken := Columns(head) + 4
		t.beside("  "+t.Paint(Red, head)+"  ", taken, "", t.Fit(e.Text, 2*(MaxWidth-taken)))
		if e.Where != "" {
			lead, track := blanks(counts+5)+"for example ", ""
			if e.Track != "" {
				track = t.Plain(", " + e.Track)
			}
			room := max(t.Room(), narrow) - len(lead) - Columns(track)
			t.verbatim(t.Paint(Dim, lead+t.FitEnd(e.Where, max(room, minWhere))+track))
		}
	}
}

// Next writes the command to run next on one line, so that it can be copied whole, and what
// to do before it. Without a command it writes nothing.
func (t *Text) Next(first, command string) {
	switch {
	case command == "":
	case first == "":
		t.Line("")
		t.verbatim(t.Paint(Bold, next) + command)
	default:
		t.Line("")
		t.beside(t.Paint(Bold, next), len(next), "", first+", then")
		t.verbatim("  " + command)
	}
}

// beside writes value to the right of a lead, which takes so many columns. Its further
// lines stand below its first. On a narrow screen all lines stand below the lead.
func (t *Text) beside(lead string, taken int, c Color, value string) {
	below := t.Room() < narrow && taken > len(next)
	if below {
		if lead != blanks(len(lead)) {
			t.Line(lead)
		}
		taken = 4
	}
	for i, l := range t.wrap(value, t.Room()-taken, MaxWidth-taken) {
		if i > 0 || below {
			lead = blanks(taken)
		}
		t.verbatim(lead + t.Paint(c, l))
	}
}

// wrap is Wrap for text from outside: a single word is cut when it is wider than limit and
// most.
func (t *Text) wrap(s string, limit, most int) []string {
	lines := Wrap(t.Plain(s), limit)
	for i, line := range lines {
		if Columns(line) > limit { // one word
			lines[i] = t.Fit(line, max(limit, most))
		}
	}
	return lines
}

// Paragraph writes s in lines that begin with blanks, the second and later ones with two
// more. Where there is no terminal it is one line.
func (t *Text) Paragraph(indent int, s string) {
	s = t.Plain(s)
	if t.Width == 0 {
		t.verbatim(blanks(indent) + s)
		return
	}
	for i, line := range Wrap(s, max(t.Width, narrow)-indent-2) {
		if i == 1 {
			indent += 2
		}
		t.verbatim(blanks(indent) + line)
	}
}

// Detail writes a value beside its label, as Fact does. Where there is no terminal it is
// one line.
func (t *Text) Detail(label int, name, value string) {
	if t.Width == 0 {
		t.Line(t.label(label, name) + value)
		return
	}
	t.Fact(label, name, value)
}

func blanks(n int) string { return strings.Repeat(" ", max(0, n)) }
