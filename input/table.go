package input

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"tracksync/internal/track"
)

// table turns the records of a table into rows. It is the same for every format of
// tables: it knows what the columns hold. Only the record knows the positions.
type table struct {
	p           *pass
	reader      tableReader
	record      record // the current one
	raw         rawRow // the row of the current record
	names       []string
	labels      []string        // the names as positions show them
	columns     []int           // what each column holds: a field's index, ignored or nameless
	where       [fieldCount]int // column of each field, or -1
	repeated    map[int]int     // columns that repeat a field that another one holds, and the field
	listed      []int           // columns that a list of rows to run again has
	errorColumn int             // the column of errors, if this is such a list; otherwise -1
	marks       int             // the column track.ColumnMarks of a workbook; otherwise -1
	binder      *binder
}

// readTable reads a table to its end.
func (p *pass) readTable(reader tableReader) error {
	t := &table{p: p, reader: reader, errorColumn: -1}
	t.raw.at = t.fieldAt
	if err := t.readHeader(); err == io.EOF {
		return nil
	} else if err != nil {
		return err
	}
	defer t.binder.close()
	for {
		if err := p.interrupted(); err != nil {
			return err
		}
		var err error
		t.record, err = reader.next()
		switch {
		case err == io.EOF:
			p.warnOfDone()
			return nil
		case err != nil:
			p.src.found.partly = true
			err = t.refuseRow(err)
		default:
			err = t.row()
		}
		if err != nil {
			return err
		}
	}
}

// refuse complains about a record that cannot be read. It returns an error when
// nothing after it can be read either.
func (t *table) refuse(err error) error {
	var bad *recordError
	if !errors.As(err, &bad) {
		return err
	}
	problem := t.labelled(*bad)
	if bad.ends {
		return restNotChecked(&fileError{problem})
	}
	t.p.complain(problem)
	return nil
}

// refuseRow counts a record that cannot be read as an invalid row. It is not certain
// that the row ends where the record does, so the file cannot be used.
func (t *table) refuseRow(err error) error {
	var bad *recordError
	if !errors.As(err, &bad) || bad.ends {
		return t.refuse(err)
	}
	problem := t.labelled(*bad)
	raw := unreadable(problem.Position, problem)
	raw.refusesFile = true
	return t.p.finishRow(raw)
}

// readHeader finds out what the columns hold. After a mistake in the header the rows
// are still checked.
func (t *table) readHeader() (err error) {
	t.record, err = t.reader.header()
	if err == io.EOF {
		return err
	}
	if err != nil {
		if err := t.refuse(err); err != nil {
			return err
		}
	}
	t.names = append([]string(nil), t.record.cells...)
	if len(t.names) > maxColumns {
		return restNotChecked(&fileError{track.Problem{Position: t.record.recordAt(),
			Message: fmt.Sprintf("the header has %d columns", len(t.names)),
			Hint:    fmt.Sprintf("at most %d are allowed", maxColumns)}})
	}
	t.columns, t.repeated = t.p.header(t.names, t.record.cell)
	t.labels = make([]string, len(t.names))
	for i, name := range t.names {
		t.labels[i] = t.p.m.plain(strings.Join(strings.Fields(name), " "))
	}
	t.where = [fieldCount]int{-1, -1, -1, -1, -1}
	for column, field := range t.columns {
		if isErrorColumn(t.names[column], field) {
			t.errorColumn = column
		}
		if field >= 0 {
			t.where[field] = column
		}
	}
	t.marks = t.marksColumn()
	t.binder = newBinder(t.columns)
	t.reader.columns(t.columns)
	if t.errorColumn >= 0 {
		t.reader.allow(errorRoom)
	}
	t.describe(t.style())
	return nil
}

// describe stores how the table is written. The current record is the header.
func (t *table) describe(style *track.Table) {
	at, shape := t.record.recordAt(), &t.p.src.shape
	shape.Delimiter, shape.Sheet, shape.HeaderRow = style.Delimiter, at.Sheet, at.Row()
	shape.table, shape.noIDs = style, t.where[fID] < 0
}

// row turns the current record into a row, unless all its cells are empty.
func (t *table) row() error {
	cells := t.record.cells
	if blank(cells) {
		t.p.skipBlank(1)
		return nil
	}
	if t.marks < 0 && t.p.leavesOut() { // what is done is known by its content
		return nil
	}
	t.raw = rawRow{at: t.raw.at, listing: listing{table: t}}
	raw := &t.raw
	raw.row.Position, raw.saysDone = t.record.recordAt(), t.saysDone()
	if len(cells) != len(t.columns) {
		t.ragged(raw)
		return t.p.finishRow(raw)
	}
	texts, err := t.binder.bind(cells)
	if err != nil {
		return err
	}
	raw.text = [fieldCount]string{texts.ID, texts.Name, texts.Volume, texts.Project, texts.Media}
	if t.where[fID] < 0 {
		raw.validated[fID] = true // the header has the problem
	}
	if t.errorColumn >= 0 && isMarked(raw.text[fID]) {
		raw.reason = readReason(cells[t.errorColumn])
	}
	if raw.reason == "" {
		t.checkNameless(raw)
		for _, bad := range t.record.faults() {
			t.addFault(raw, bad)
		}
		t.checkRepeated(raw)
		t.findSwallowed(raw)
		t.findEscapes(raw)
	}
	return t.p.finishRow(raw)
}

// addFault adds a mistake in how the record is written to the row's problems.
func (t *table) addFault(raw *rawRow, bad recordError) {
	raw.row.Problems = append(raw.row.Problems, t.labelled(bad))
	raw.notRepresentable = true
	if !bad.decided {
		return
	}
	field := t.columns[bad.column]
	if raw.validated[field] = true; field == fID {
		raw.mayBeAbout(raw.text[fID])
	}
}

// checkNameless complains about values in columns that have no name.
func (t *table) checkNameless(raw *rawRow) {
	for column, field := range t.columns {
		if field != nameless || t.p.m.opts.IgnoreUnknown {
			continue
		}
		if cell := t.record.cells[column]; strings.TrimSpace(cell) != "" {
			raw.row.Problems = append(raw.row.Problems, track.Problem{
				Position: t.at(column),
				Message:  "the value " + t.p.m.quote(cell) + " is in a column without a name",
				Hint:     namelessHint(column),
			})
			raw.notRepresentable = raw.notRepresentable || !t.p.isOnlySource()
		}
	}
}

// namelessHint says what to do about a value in a column without a name.
func namelessHint(column int) string {
	const hint = "name the column in the header, empty it, or use --ignore-unknown"
	if column == 0 {
		return hint + "; pandas and R write row numbers there, unless told index=False, or row.names=FALSE"
	}
	return hint
}

// checkRepeated checks the cells of columns that repeat a field. The user must remove
// one of the two columns, and may keep either.
func (t *table) checkRepeated(raw *rawRow) {
	if len(t.repeated) == 0 {
		return
	}
	for column, field := range t.repeated {
		text := t.record.cells[column]
		if bad := t.p.m.rules.fault(field, text); bad != nil && strings.TrimSpace(text) != "" {
			raw.row.Problems = append(raw.row.Problems, track.Problem{
				Position: t.at(column), Field: fieldNames[field], Message: bad.message, Hint: bad.hint,
			})
		}
	}
}

// ragged makes raw the invalid row of a record that has more or fewer cells than the
// header.
func (t *table) ragged(raw *rawRow) {
	cells := t.record.cells
	raw.validated = allFields
	place, hint := t.at(0), "empty cells need their delimiters too"
	if len(cells) > len(t.columns) {
		place, hint = t.at(len(t.columns)), "put a cell that contains the delimiter in quotation marks"
	}
	if endsInBackslash(cells) {
		hint = "a backslash at the end of a cell looks like the escape of a database; " + escapesHint
	}
	raw.row.Problems = []track.Problem{{
		Position: place,
		Message:  fmt.Sprintf("the row has %s, the header has %d", plural(len(cells), "cell"), len(t.columns)),
		Hint:     hint,
	}}
	t.likelyIDs(raw)
	raw.notRepresentable = !t.p.isOnlySource() || len(cells) < len(t.columns)
	for field, column := range t.where {
		if column >= 0 && column < len(cells) {
			raw.substitutes[field] = cells[column]
		}
	}
}

// at is the position of a column's cell.
func (t *table) at(column int) track.Position {
	at := t.record.cell(column)
	if column < len(t.labels) {
		at.Header = t.labels[column]
	}
	return at
}

func (t *table) fieldAt(field int) track.Position {
	if t.where[field] < 0 {
		return t.record.recordAt()
	}
	return t.at(t.where[field])
}

// labelled is the problem of a recordError with the name of its column.
func (t *table) labelled(bad recordError) track.Problem {
	if bad.column >= 0 && bad.column < len(t.labels) {
		bad.Position.Header = t.labels[bad.column]
	}
	return bad.Problem
}

func blank(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}
