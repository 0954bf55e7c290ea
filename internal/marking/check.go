package marking

import (
	"context"
	"errors"
	"io"

	"tracksync/input"
	"tracksync/report/markup"
)

// Check marks what a check found in the manifest, which is one table.
type Check struct {
	Manifest *input.Manifest
	Summary  input.Summary
}

// Outcome tells what the user should know about a marked workbook.
type Outcome struct {
	markup.Outcome
	Rows int // rows that are marked
}

// source is the only one.
func (c Check) source() input.Source { return c.Summary.Sources[0] }

// WriteBook writes the user's workbook, marked.
func (c Check) WriteBook(ctx context.Context, w io.Writer) (Outcome, error) {
	file, size := c.Manifest.Original()
	if size == 0 || c.source().Sheet == "" {
		return Outcome{}, errors.New("no sheet of the workbook can be read")
	}
	l := listOf(c.source())
	for p, err := range c.Manifest.EveryProblem(ctx) {
		if err != nil {
			return Outcome{}, err
		}
		l.add(p)
	}
	marked := len(l.rows)
	if c.source().Done > 0 {
		if err := l.addDone(ctx, c.Manifest); err != nil {
			return Outcome{}, err
		}
	}
	out, err := markup.Write(w, file, size, l.marks())
	return Outcome{out, marked}, err
}

// addDone marks the rows that were done before.
func (l *list) addDone(ctx context.Context, m *input.Manifest) error {
	for row, err := range m.SheetRows(ctx) {
		if err != nil {
			return err
		}
		if _, number := markup.ParseCell(row.Position.Cell); row.Done && number > 0 {
			l.done(number, row, doneBefore)
		}
	}
	return nil
}
