package input

import (
	"fmt"
	"slices"

	"tracksync/input/workbook"
	"tracksync/internal/track"
)

// What is said of a sheet as a whole: hidden rows and columns, and merged cells.

// finish reports what is known at the end of the sheet.
func (w *worksheet) finish() {
	if !w.p.check {
		return
	}
	for _, r := range w.rows.Merged() {
		w.checkMerged(r)
	}
	w.p.src.found.HiddenSkipped = w.p.m.opts.SkipHidden
	hidden := w.p.src.found.Hidden
	if hidden == 0 {
		return
	}
	problem := track.Problem{Position: w.place(), Message: fmt.Sprintf("%d rows are hidden and are read too", hidden),
		Hint: "--skip-hidden leaves them out"}
	switch skip := w.p.m.opts.SkipHidden; {
	case skip && hidden == 1:
		problem.Message, problem.Hint = "1 hidden row is left out", ""
	case skip:
		problem.Message, problem.Hint = fmt.Sprintf("%d hidden rows are left out", hidden), ""
	case hidden == 1:
		problem.Message, problem.Hint = "1 row is hidden and is read too", "--skip-hidden leaves it out"
	}
	if slices.ContainsFunc(w.p.src.shape.Columns, isMarks) && problem.Hint != "" {
		problem.Hint = "the filter of " + track.ColumnMarks + " shows only the marked ones"
	}
	w.p.m.warnings.add(hiddenParts, problem)
}

// place is that of the sheet.
func (w *worksheet) place() track.Position { return track.Position{File: w.p.src.name, Sheet: w.name} }

// checkMerged refuses a merged range that reaches over several rows of a column that is
// used: whether its value is meant for all of them is a guess.
func (w *worksheet) checkMerged(r workbook.Range) {
	if r.LastRow <= w.headerRow || r.FirstRow == r.LastRow {
		return
	}
	for column := r.FirstColumn; column <= r.LastColumn && column < len(w.holds); column++ {
		if field := w.holds[column]; field >= 0 {
			at := w.place()
			at.Cell = workbook.CellName(column, max(r.FirstRow, 1))
			w.p.complain(track.Problem{Position: at, Field: fieldNames[field],
				Message: "the cells " + r.String() + " are merged: whether their value is meant for every row is " +
					"a guess",
				Hint: "unmerge them, and fill in each row"})
			return
		}
	}
}

// countHidden counts a hidden row. Only the first pass counts.
func (p *pass) countHidden() {
	if p.check {
		p.src.found.Hidden++
	}
}

// noteHiddenColumns says which of the columns that are used are hidden.
func (w *worksheet) noteHiddenColumns() {
	if !w.p.check {
		return
	}
	for _, r := range w.rows.HiddenColumns() {
		for column := r.FirstColumn; column <= r.LastColumn && column < len(w.holds); column++ {
			if field := w.holds[column]; field >= 0 {
				w.p.m.warnings.add(hiddenParts, track.Problem{Position: w.cell(column), Field: fieldNames[field],
					Message: "the column is hidden and is read too"})
			}
		}
	}
}
