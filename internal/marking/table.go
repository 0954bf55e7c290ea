package marking

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"tracksync/internal/track"
	"tracksync/report"
	"tracksync/report/markup"
)

// WriteTable makes a workbook of the user's table of text, and marks it. It is made in
// memory; see TooLarge.
func (c Check) WriteTable(ctx context.Context, w io.Writer) (Outcome, error) {
	t, err := c.table(ctx)
	if err != nil {
		return Outcome{}, err
	}
	var plain bytes.Buffer
	if err := markup.WritePlain(&plain, t.texts); err != nil {
		return Outcome{}, err
	}
	marked := len(t.list.rows)
	out, err := markup.Write(w, bytes.NewReader(plain.Bytes()), int64(plain.Len()), t.list.marks())
	return Outcome{out, marked}, err
}

// WriteCSV writes the table as CSV, with what is wrong with each row in one more column. It
// does so for a workbook too.
func (c Check) WriteCSV(ctx context.Context, w io.Writer) (Outcome, error) {
	t, err := c.table(ctx)
	if err != nil {
		return Outcome{}, err
	}
	table := *c.Summary.Table
	table.Error = track.ColumnMarks
	rows := func(yield func([]string, string, error) bool) {
		number := 1
		for row, err := range t.rows {
			if number++; err != nil {
				yield(nil, "", err)
				return
			}
			if !yield(row, t.list.textOf(number), nil) {
				return
			}
		}
	}
	return Outcome{Rows: len(t.list.rows)}, report.WriteMarked(w, &table, rows)
}

// textTable is a table of text that is to be marked. Its rows are read from the manifest
// again each time.
type textTable struct {
	check Check
	ctx   context.Context
	list  *list
	lines []int // where each row begins in the manifest
}

// table reads the table once, to find the row of each problem.
func (c Check) table(ctx context.Context) (*textTable, error) {
	if c.Summary.Table == nil {
		return nil, fmt.Errorf("the manifest has no header that can be read")
	}
	t := &textTable{check: c, ctx: ctx, list: listOf(c.source())}
	t.list.sheet = markup.Sheet{Name: markup.PlainSheet, Header: 1, First: 1, Last: len(c.Summary.Table.Columns)}
	for row, err := range c.Manifest.SheetRows(ctx) {
		if err != nil {
			return nil, err
		}
		t.lines = append(t.lines, placeOf(row.Position))
	}
	for p, err := range c.Manifest.EveryProblem(ctx) {
		if err != nil {
			return nil, err
		}
		t.add(p)
	}
	return t, nil
}

// placeOf is the line of a text, or the row of a sheet.
func placeOf(p track.Position) int {
	_, row := markup.ParseCell(p.Cell)
	if p.Line > 0 {
		return p.Line
	}
	return row
}

// add marks what a problem is about. Its row is the last that does not begin after it.
func (t *textTable) add(p track.Problem) {
	at := placeOf(p.Position)
	i, found := slices.BinarySearch(t.lines, at)
	if !found {
		i--
	}
	column, _ := markup.ParseCell(p.Position.Cell)
	if column = t.listed(column); column == 0 || at == 0 {
		column = max(t.list.id, 1)
	}
	t.list.mark(max(i, -1)+2, column, p.Message, p.Hint)
}

// listed is where a column of the manifest stands in the workbook, which lacks the column of
// errors of a list of failed rows.
func (t *textTable) listed(column int) int {
	for i, c := range t.check.source().Columns {
		name := strings.TrimLeft(strings.TrimSpace(c.Name), "#")
		if i+1 < column && c.Field == "" && strings.EqualFold(name, "error") {
			return column - 1
		}
	}
	return column
}

// rows are the cells of the table below its header.
func (t *textTable) rows(yield func([]string, error) bool) {
	for row, err := range t.check.Manifest.SheetRows(t.ctx) {
		if err != nil {
			yield(nil, err)
			return
		}
		if !yield(row.Cells(), nil) {
			return
		}
	}
}

// texts are the cells of the table with its header.
func (t *textTable) texts(yield func([]string, error) bool) {
	if yield(t.check.Summary.Table.Columns, nil) {
		t.rows(yield)
	}
}
