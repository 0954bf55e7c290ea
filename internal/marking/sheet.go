package marking

import (
	"maps"
	"slices"
	"strings"

	"tracksync/input"
	"tracksync/internal/track"
	"tracksync/report/markup"
)

// The largest workbook that is marked.
const (
	MaxRows  = 50_000
	MaxBytes = 50_000_000
)

// TooLarge reports whether a source has too much to be marked in a workbook.
func TooLarge(s input.Source) bool { return s.Rows+s.Done > MaxRows || s.Size > MaxBytes }

// list collects the marks of a sheet, by row.
type list struct {
	sheet markup.Sheet
	rows  map[int]*markup.Row
	texts map[int][]string // of the problems of each row
	// fields are the columns of the fields, and id that of the ids; 0: there is none.
	fields map[string]int
	id     int
}

// listOf is a list for the sheet of a source.
func listOf(s input.Source) *list {
	l := &list{rows: map[int]*markup.Row{}, texts: map[int][]string{}, fields: map[string]int{}}
	l.sheet = markup.Sheet{Name: s.Sheet, Header: s.HeaderRow, Unfiltered: s.HiddenSkipped}
	for i, c := range s.Columns {
		switch name := strings.TrimSpace(c.Name); {
		case name == track.ColumnMarks:
			l.sheet.Column = i + 1
		case name != "":
			l.sheet.Last = i + 1
			if l.sheet.First == 0 {
				l.sheet.First = i + 1
			}
		}
		if c.Field != "" {
			l.fields[c.Field] = i + 1
		}
	}
	l.id = l.fields[track.FieldID]
	return l
}

// add marks what a problem is about: its cell, or else the header's.
func (l *list) add(p track.Problem) {
	column, row := markup.ParseCell(p.Position.Cell)
	if column == 0 {
		column, row = max(l.id, 1), max(l.sheet.Header, 1)
	}
	l.mark(row, column, p.Message, p.Hint)
}

// mark marks a cell, once for each message.
func (l *list) mark(row, column int, message, hint string) {
	note, text := message, message
	if hint != "" {
		note, text = message+"\n"+hint, message+" ("+hint+")"
	}
	r := l.row(row)
	r.Bad = true
	if cell := (markup.Cell{Column: column, Note: note}); !slices.Contains(r.Cells, cell) {
		r.Cells = append(r.Cells, cell)
		l.texts[row] = append(l.texts[row], text)
	}
}

// row is the row with a number.
func (l *list) row(number int) *markup.Row {
	if l.rows[number] == nil {
		l.rows[number] = &markup.Row{Number: number}
	}
	return l.rows[number]
}

// done marks a row that a reader skips as long as it has these values: its own with those
// that --set gave it, or its own alone when there is no --set the next time.
func (l *list) done(number int, row input.SheetRow, why string) {
	l.row(number).Text = markup.IsDone + " " + why
	u := row.Row.Update
	l.sheet.Done = append(l.sheet.Done, markup.Done{ID: u.ID, Fingerprint: u.Values.Fingerprint()})
	if row.Own != u.Values {
		l.sheet.Done = append(l.sheet.Done, markup.Done{ID: u.ID, Fingerprint: row.Own.Fingerprint()})
	}
}

// textOf is the text of a row, without what a filter looks for.
func (l *list) textOf(row int) string { return strings.Join(l.texts[row], "; ") }

// marks are all marks in order.
func (l *list) marks() markup.Sheet {
	for _, number := range slices.Sorted(maps.Keys(l.rows)) {
		r := l.rows[number]
		if r.Bad {
			r.Text = markup.Bad + " " + strings.Join(l.texts[number], "; ")
		}
		slices.SortStableFunc(r.Cells, func(a, b markup.Cell) int { return a.Column - b.Column })
		l.sheet.Rows = append(l.sheet.Rows, *r)
	}
	return l.sheet
}
