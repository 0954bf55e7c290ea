package input

import (
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
	hidden := w.p.src.found.Hidden
	if hidden == 0 {
		return
	}
	problem := track.Problem{Position: w.place(), Message: plural(hidden, "row") + are(hidden, "hidden and read too"),
		Hint: "--skip-hidden leaves them out"}
	if w.p.m.opts.SkipHidden {
		problem.Message, problem.Hint = plural(hidden, "hidden row")+are(hidden, "left out"), ""
	}
	w.p.m.warnings.add(hiddenParts, problem)
}

// are is " is …" or " are …".
func are(n int, what string) string {
	if n == 1 {
		return " is " + what
	}
	return " are " + what
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
				Message: "the cells " + r.String() + " are merged: whether their value is meant for every row is a guess",
				Hint:    "unmerge them, and fill in each row"})
			return
		}
	}
}

// countHidden counts a hidden row. Only the first pass counts.
func (p *pass) countHidden() {
	if p.check {
		p.src.found.Hidden++
		p.src.found.HiddenSkipped = p.m.opts.SkipHidden
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
					Message: "the column is hidden and read too"})
			}
		}
	}
}
