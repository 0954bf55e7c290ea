package input

import (
	"fmt"
	"io"
	"iter"
	"strings"

	"tracksync/input/workbook"
	"tracksync/internal/track"
)

// worksheet reads a sheet of a workbook as a table. What a cell says depends on the field
// that its column holds, see cellvalue.go.
type worksheet struct {
	p         *pass
	rows      *workbook.Rows
	name      string
	headerRow int

	holds []int // what each column of the header holds
	cells []string
	row   int           // the number of the current row
	bad   []recordError // the faults of the current row
	most  int           // the most bytes of a row's texts
}

// header reads the names of the columns.
func (w *worksheet) header() (record, error) {
	for {
		row, err := w.nextRow()
		switch {
		case err != nil:
			return record{}, err
		case row.Number < w.headerRow:
			continue
		}
		names, err := w.names(row)
		w.row, w.cells = row.Number, names
		return record{names, w}, err
	}
}

// names are the texts of a row, without the empty ones at its end.
func (w *worksheet) names(row *workbook.Row) ([]string, error) {
	names := w.p.textsOf(row)
	if size := textSize(names); size > maxHeader {
		return nil, w.p.workbookProblem(w.name, workbook.CellName(0, row.Number),
			fmt.Sprintf("a header of more than %d bytes", maxHeader), "leave out the columns that are not needed")
	}
	return names, nil
}

// textsOf are the texts of a row that is no row of the table.
func (p *pass) textsOf(row *workbook.Row) []string {
	var texts []string
	for _, cell := range row.Cells {
		text, _ := p.m.rules.cellText(cell, ignored, false)
		if strings.TrimSpace(text) == "" {
			continue
		}
		for len(texts) <= cell.Column {
			texts = append(texts, "")
		}
		texts[cell.Column] = text
	}
	return texts
}

func textSize(texts []string) int {
	size := 0
	for _, text := range texts {
		size += len(text)
	}
	return size
}

func (w *worksheet) columns(holds []int) {
	w.holds = holds
	w.cells = make([]string, len(holds))
	w.noteHiddenColumns()
}

// next reads the next row that has content.
func (w *worksheet) next() (record, error) {
	for {
		row, err := w.nextRow()
		if err == io.EOF {
			w.finish()
		}
		if err != nil {
			return record{}, err
		}
		if row.Number <= w.headerRow || len(row.Cells) == 0 {
			continue
		}
		if row.Hidden {
			w.p.countHidden()
			if w.p.m.opts.SkipHidden {
				w.row++ // it is not blank
				continue
			}
		}
		w.p.skipBlank(row.Number - w.row - 1)
		w.row = row.Number
		if err := w.fill(row); err != nil {
			return record{}, err
		}
		return record{w.cells, w}, nil
	}
}

// nextRow is the next row of the sheet. Very many may be empty, so it can be interrupted.
func (w *worksheet) nextRow() (*workbook.Row, error) {
	row, err := w.rows.Next()
	if err != nil {
		return nil, w.p.readingFailure(err)
	}
	if row.Number%1024 == 0 {
		if err := w.p.interrupted(); err != nil {
			return nil, err
		}
	}
	return row, nil
}

// fill turns a row into the current record.
func (w *worksheet) fill(row *workbook.Row) error {
	clear(w.cells)
	w.bad = w.bad[:0]
	size, beyond := 0, false
	for _, cell := range row.Cells {
		if w.p.isSecret(cell.Text) {
			return w.p.workbookProblem(w.name, workbook.CellName(cell.Column, row.Number), "the API key is here", secretHint)
		}
		if cell.Column >= len(w.holds) {
			if !beyond && !w.p.m.opts.IgnoreUnknown {
				beyond = w.addBeyond(cell)
			}
			continue
		}
		field := w.holds[cell.Column]
		text, bad := w.p.m.rules.cellText(cell, field, w.p.src.book.book.Date1904)
		w.cells[cell.Column] = text
		if bad != nil && field >= 0 {
			w.add(cell.Column, field, *bad)
		}
		size += len(text)
	}
	if size > w.most {
		return &recordError{Problem: track.Problem{Position: w.recordAt(),
			Message: fmt.Sprintf("a row of more than %d bytes", w.most), Hint: "shorten its cells"}, column: -1}
	}
	return nil
}

// addBeyond complains about a value to the right of the header.
func (w *worksheet) addBeyond(cell workbook.Cell) bool {
	text, _ := w.p.m.rules.cellText(cell, ignored, false)
	if strings.TrimSpace(text) == "" {
		return false
	}
	w.bad = append(w.bad, recordError{column: cell.Column, Problem: track.Problem{Position: w.cell(cell.Column),
		Message: "the value " + w.p.m.quote(text) + " is in a column without a name",
		Hint:    namelessHint(cell.Column)}})
	return true
}

// add adds the fault of a cell.
func (w *worksheet) add(column, field int, bad fault) {
	w.bad = append(w.bad, recordError{column: column, decided: true, Problem: track.Problem{
		Position: w.cell(column), Field: fieldNames[field], Message: bad.message, Hint: bad.hint}})
}

// style is how a list of the sheet's rows is written: as CSV that a spreadsheet program
// reads.
func (w *worksheet) style() track.Table { return track.Table{Delimiter: ',', LineEnd: "\n", BOM: true} }

func (w *worksheet) allow(bytes int) { w.most = maxRecord + bytes }

// The recordPlace of the current row.

// recordAt is the place of the row's id.
func (w *worksheet) recordAt() track.Position {
	for column, field := range w.holds {
		if field == fID {
			return w.cell(column)
		}
	}
	return w.cell(0)
}

func (w *worksheet) cell(column int) track.Position {
	return track.Position{File: w.p.src.name, Sheet: w.name, Cell: workbook.CellName(column, w.row)}
}

func (w *worksheet) faults() []recordError { return w.bad }

func (w *worksheet) linesWithin() iter.Seq2[int, []string] { return nil }
