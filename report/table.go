package report

import (
	"bufio"
	"io"
	"strings"

	"tracksync/internal/display"
)

// TableStyle is how a table is shown.
type TableStyle struct {
	Color bool // with ANSI escapes for colours
	Width int  // of the terminal, in columns; 0: not a terminal, so nothing is shortened
}

// tableRows is how many rows are aligned with each other. The next ones get wider columns if
// they need them. So a table of any length takes little memory.
const tableRows = 1000

// leastLast is the least number of columns for the last cell of a line on a terminal.
const leastLast = 20

// table writes cells in aligned columns. Cells are safe to print.
type table struct {
	out     *bufio.Writer
	style   TableStyle
	columns []column
	widths  []int
	rows    [][]cell // that are not written yet
}

type column struct {
	name  string
	right bool // numbers
	most  int  // on a terminal it is at most so wide; 0: as wide as its cells
	tail  bool // what is too wide is shortened at its beginning
}

type cell struct{ text, color string }

func newTable(w io.Writer, style TableStyle, columns []column) *table {
	t := &table{out: bufio.NewWriterSize(w, 64<<10), style: style, columns: columns, widths: make([]int, len(columns))}
	head := make([]cell, len(columns))
	for i, c := range columns {
		head[i] = cell{c.name, dim}
	}
	t.rows = append(t.rows, head)
	return t
}

// add adds a row.
func (t *table) add(cells ...cell) error {
	t.rows = append(t.rows, cells)
	if len(t.rows) < tableRows {
		return nil
	}
	return t.flush()
}

// end writes the rows that are not written yet.
func (t *table) end() error {
	if err := t.flush(); err != nil {
		return err
	}
	return t.out.Flush()
}

func (t *table) flush() error {
	for _, row := range t.rows {
		for i, c := range row {
			width := display.Columns(c.text)
			if most := t.columns[i].most; most > 0 && t.style.Width > 0 {
				width = min(width, most)
			}
			t.widths[i] = max(t.widths[i], width)
		}
	}
	for _, row := range t.rows {
		t.line(row)
	}
	t.rows = t.rows[:0]
	_, err := t.out.Write(nil) // returns the first error of all writes
	return err
}

func (t *table) line(row []cell) {
	var b strings.Builder
	taken := 0
	for i, c := range row {
		last := i == len(row)-1
		width := t.widths[i]
		if last && t.style.Width > 0 {
			width = min(width, max(leastLast, t.style.Width-taken))
		}
		text := c.text
		if t.style.Width > 0 {
			text = t.columns[i].fit(text, width)
		}
		blanks := strings.Repeat(" ", max(0, width-display.Columns(text)))
		painted := painter(t.style.Color).paint(c.color, text)
		if t.columns[i].right {
			b.WriteString(blanks + painted)
		} else {
			b.WriteString(painted)
			if !last {
				b.WriteString(blanks)
			}
		}
		if !last {
			b.WriteString("  ")
		}
		taken += width + 2
	}
	_, _ = t.out.WriteString(strings.TrimRight(b.String(), " ") + "\n") // flush returns its error
}

func (c column) fit(text string, width int) string {
	if c.tail {
		return display.FitEnd(text, width)
	}
	return display.Fit(text, width)
}
