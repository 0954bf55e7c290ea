package input

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"tracksync/input/workbook"
	"tracksync/internal/track"
)

// This file is about the rows of a marked workbook that are done (see package
// report/markup): those that say so in the column track.ColumnMarks, and whose values are
// still those that track.DoneSheet has for their ids.

// doneRow is an id and the fingerprint of the values with which it is done.
type doneRow struct{ id, fingerprint string }

// readDone reads the sheet of rows that are done. A sheet that cannot be read lists none:
// then every row runs again.
func (p *pass) readDone(b *openBook) error {
	i := slices.IndexFunc(b.book.Sheets, func(s workbook.Sheet) bool { return s.Name == track.DoneSheet && s.Cells })
	if i < 0 || i == b.sheet {
		return nil
	}
	rows, err := b.book.Read(i)
	if err != nil {
		return p.workbookFailure(err)
	}
	defer rows.Close()
	b.done = make(map[doneRow]struct{})
	for {
		row, err := rows.Next()
		if err == io.EOF {
			return nil
		}
		if err == nil && row.Number%1024 == 0 {
			err = p.interrupted()
		}
		if err != nil {
			return p.workbookFailure(err)
		}
		if texts := p.textsOf(row); len(texts) == 2 {
			b.done[doneRow{texts[0], texts[1]}] = struct{}{}
		}
	}
}

// marksColumn is the column track.ColumnMarks, or -1.
func (t *table) marksColumn() int {
	if t.p.src.book == nil {
		return -1
	}
	return slices.IndexFunc(t.p.src.shape.Columns, isMarks)
}

func isMarks(c Column) bool { return strings.TrimSpace(c.Name) == track.ColumnMarks }

// saysDone reports whether the current record says that it is done.
func (t *table) saysDone() bool {
	return t.marks >= 0 && t.marks < len(t.record.cells) &&
		strings.HasPrefix(strings.TrimSpace(t.record.cells[t.marks]), track.MarkDone)
}

// isDone reports whether a row says that it is done, and asks for the values with which it
// is: it was not edited since, and Options.Set gives it no other values.
func (p *pass) isDone(raw *rawRow) bool {
	if !raw.saysDone || len(raw.row.Problems) > 0 {
		return false
	}
	_, done := p.src.book.done[doneRow{raw.row.Update.ID.String(), p.m.withSet(raw.own).Fingerprint()}]
	return done
}

// skipDone counts a row that is done, and passes it on to whoever wants all rows.
func (p *pass) skipDone(raw *rawRow) error {
	if p.check {
		p.src.found.Done++
	}
	if p.done != nil {
		return p.done(raw)
	}
	return nil
}

// warnOfDone says how many rows are left out because they are done.
func (p *pass) warnOfDone() {
	n := p.src.found.Done
	if !p.check || n == 0 {
		return
	}
	message := fmt.Sprintf("%d rows are done already and left out", n)
	if n == 1 {
		message = "1 row is done already and left out"
	}
	p.m.warnings.add(doneBefore, track.Problem{
		Position: track.Position{File: p.src.name, Sheet: p.src.book.name()}, Message: message,
		Hint: "a row runs again if it is edited, or if its " + track.MarkDone + " in " + track.ColumnMarks +
			" is deleted",
	})
}
