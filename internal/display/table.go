package display

import (
	"io"
	"strings"
)

// tableRows is how many rows are aligned with each other. The next ones get wider columns if
// they need them. So a table of any length takes little memory.
const tableRows = 1000

// Table writes cells in aligned columns. On a terminal a line is as wide as it at most,
// as long as there are columns that can be left out or shortened.
type Table struct {
	*Text
	columns []Column
	widths  []int
	left    []bool   // by column: it is left out; nil: not known yet
	rows    [][]Cell // that are not written yet
}

// Column is a column of a table.
type Column struct {
	Name  string
	Right bool // numbers
	Most  int  // on a terminal it is at most so wide; 0: as wide as its cells
	Least int  // on a terminal it may be shortened to this, the last column first; 0: never
	Tail  bool // what is too wide is shortened at its beginning
	// Spare columns are left out of a narrow terminal: the largest number first. 0: never.
	Spare int
}

// Cell is a cell of a table.
type Cell struct {
	Text  string
	Color Color
}

// NewTable returns a Table that writes to w.
func NewTable(w io.Writer, style Style, columns []Column) *Table {
	t := &Table{Text: NewText(w, style), columns: columns, widths: make([]int, len(columns))}
	head := make([]Cell, len(columns))
	for i, c := range columns {
		head[i] = Cell{c.Name, Dim}
	}
	t.rows = append(t.rows, head)
	return t
}

// Add adds a row.
func (t *Table) Add(cells ...Cell) error {
	if t.ASCII {
		for i, c := range cells {
			cells[i].Text = t.Plain(c.Text)
		}
	}
	t.rows = append(t.rows, cells)
	if len(t.rows) < tableRows {
		return nil
	}
	t.align()
	return t.Err()
}

// Total writes what all rows come to. There are no rows after it.
func (t *Table) Total(text string) {
	t.align()
	t.Line("")
	t.Line(text)
}

// align writes the rows that are not written yet.
func (t *Table) align() {
	for _, row := range t.rows {
		for i, c := range row {
			width := Columns(c.Text)
			if most := t.columns[i].Most; most > 0 && t.Width > 0 {
				width = min(width, most)
			}
			t.widths[i] = max(t.widths[i], width)
		}
	}
	if t.left == nil {
		t.leaveOut()
	}
	t.shorten()
	for _, row := range t.rows {
		t.row(row)
	}
	t.rows = t.rows[:0]
}

// leaveOut leaves out columns until a line fits the terminal.
func (t *Table) leaveOut() {
	t.left = make([]bool, len(t.columns))
	for t.Width > 0 && t.least() > t.Width {
		out := -1
		for i, c := range t.columns {
			if !t.left[i] && c.Spare > 0 && (out < 0 || c.Spare > t.columns[out].Spare) {
				out = i
			}
		}
		if out < 0 {
			return
		}
		t.left[out] = true
	}
}

// shorten makes columns before the last one narrower until a line fits the terminal.
func (t *Table) shorten() {
	for i := range len(t.columns) - 1 {
		if least := t.columns[i].Least; t.Width > 0 && least > 0 && !t.left[i] {
			t.widths[i] -= max(0, min(t.least()-t.Width, t.widths[i]-least))
		}
	}
}

// least is how wide a line is with as little as possible of its last cell.
func (t *Table) least() int {
	sum, last := -2, len(t.widths)-1
	for i, width := range t.widths {
		if i == last {
			width = min(width, t.columns[i].Least)
		}
		if !t.left[i] {
			sum += width + 2
		}
	}
	return sum
}

func (t *Table) row(row []Cell) {
	var b strings.Builder
	taken := 0
	for i, c := range row {
		width, last := t.widths[i], i == len(row)-1
		if t.left[i] {
			continue
		}
		if last && t.Width > 0 {
			width = min(width, max(t.columns[i].Least, t.Width-taken))
		}
		text := c.Text
		if t.Width > 0 {
			text = t.fit(t.columns[i], text, width)
		}
		painted, gap := t.Paint(c.Color, text), blanks(width-Columns(text))
		if t.columns[i].Right {
			b.WriteString(gap + painted)
		} else {
			b.WriteString(painted + gap)
		}
		b.WriteString("  ")
		taken += width + 2
	}
	t.verbatim(b.String())
}

func (t *Table) fit(c Column, text string, width int) string {
	if c.Tail {
		return t.FitEnd(text, width)
	}
	return t.Fit(text, width)
}
