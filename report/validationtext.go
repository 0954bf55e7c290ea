package report

import (
	"cmp"
	"io"
	"slices"

	"tracksync/internal/display"
	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// WriteChecked writes for people what was understood of each manifest, and then every
// problem. Many problems of one cause are shown as a group, with the first few of them.
//
//	tracks.csv
//	  format   CSV, UTF-8, semicolons
//	  header   line 1
//	  columns  ID → id, Vol → volume (--map)
//	  rows     1,204, of which 412 are invalid; 3 blank are skipped
//	  ids      17 to 90213
//	  sets     volume of 792
//
//	412 rows: volume … is more than 100, first at tracks.csv:4:5 (C4, volume)
//	  --max-volume raises this limit
//	  tracks.csv:4:5 (C4, volume): volume 155 is more than 100
//	  tracks.csv:5:5 (C5, volume): volume 120 is more than 100
//	  tracks.csv:6:5 (C6, volume): volume 101 is more than 100
//	  and 409 more
//
//	tracks.csv:500:5 (C500, volume): "forty" is not a volume (write whole percents, for example 55)
//
// Any other problem takes one line, as in file:line:column: message (hint).
func WriteChecked(w io.Writer, c Checked, style display.Style) error {
	t := checkedText{display.NewText(w, style)}
	for i, m := range c.Manifests {
		if i > 0 {
			t.Line("")
		}
		t.manifest(m)
	}
	if len(c.Groups) > 0 && len(c.Manifests) > 0 {
		t.Line("")
	}
	t.problems(c)
	return t.Flush()
}

// WriteProblems writes every problem for people, as WriteChecked does.
func WriteProblems(w io.Writer, c Checked, style display.Style) error {
	t := checkedText{display.NewText(w, style)}
	t.problems(c)
	return t.Flush()
}

// shownOfGroup is how many problems of a larger group are shown.
const shownOfGroup = 3

// checkedLabel is how many columns the labels of a manifest take.
const checkedLabel = 7

type checkedText struct{ *display.Text }

func (t checkedText) manifest(m Manifest) {
	t.Line(t.Paint(display.Bold, safe.Line(m.File)))
	facts := m.facts()
	for i := 0; i < len(facts); i += 2 {
		t.Detail(checkedLabel, facts[i], facts[i+1])
	}
}

func (t checkedText) problems(c Checked) {
	list := inOrder(c.Groups)
	for i, one := range list {
		if i > 0 && !(one.whole && list[i-1].whole) { // a group stands by itself
			t.Line("")
		}
		if one.whole {
			t.problem(0, one.lines[0])
		} else {
			t.group(one)
		}
	}
	if c.Ungrouped > 0 {
		t.Line(c.ungrouped())
	}
}

func (c Checked) ungrouped() string {
	return "and " + display.Count(c.Ungrouped, "problem") + " of other kinds"
}

// inOrder takes apart the groups that are whole, into groups of one problem, and puts all
// in the order of the manifests and of the places in each.
func inOrder(groups []Group) (list []Group) {
	rank := map[string]int{}
	for _, g := range groups {
		if file := g.lines[0].Position.File; rank[file] == 0 {
			rank[file] = len(rank) + 1
		}
		if !g.whole {
			list = append(list, g)
			continue
		}
		for _, p := range g.lines {
			list = append(list, Group{lines: []track.Problem{p}, whole: true})
		}
	}
	slices.SortStableFunc(list, func(a, b Group) int {
		p, q := a.lines[0].Position, b.lines[0].Position
		return cmp.Or(cmp.Compare(rank[p.File], rank[q.File]), p.Compare(q))
	})
	return list
}

// counted says how many rows have a problem of the group.
func (g Group) counted() string {
	if g.Rows == g.Found {
		return display.Count(g.Rows, "row")
	}
	return display.Count(g.Found, "problem")
}

func (t checkedText) group(g Group) {
	first := g.lines[0]
	message := t.Paint(display.Red, g.counted()+": "+safe.Line(g.Message))
	t.Paragraph(0, message+", first at "+safe.Line(first.Position.String()))
	if g.Hint != "" {
		t.Paragraph(2, safe.Line(g.Hint))
	}
	shown := g.lines[:min(len(g.lines), shownOfGroup)]
	for _, p := range shown {
		p.Hint = ""
		t.problem(2, p)
	}
	t.Line("  and " + display.Thousands(g.Found-len(shown)) + " more")
}

func (t checkedText) problem(indent int, p track.Problem) {
	if !t.Color {
		t.Paragraph(indent, safe.ErrorLine(p))
		return
	}
	text := t.Paint(display.Dim, safe.Line(p.Position.String())+":") + " " + safe.Line(p.Message)
	if p.Hint != "" {
		text += " " + t.Paint(display.Dim, "("+safe.Line(p.Hint)+")")
	}
	t.Paragraph(indent, text)
}
