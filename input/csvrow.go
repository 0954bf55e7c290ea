package input

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"tracksync/internal/track"
)

// emit makes a row of a record, unless all its cells are empty.
func (t *table) emit(rec *record, others map[string]string) error {
	if len(t.raw) > t.mostBytes() {
		return t.tooLong()
	}
	d := draft{text: t.texts(rec), at: t.fieldAt}
	if blank(d.text[:]) && blankMap(others) {
		return nil
	}
	d.row.Position = t.position(0)
	if t.p.src.noIDs {
		d.settled[fID] = true // said once, of the header
	}
	if t.errors >= 0 && isMarked(d.text[fID]) {
		d.reason = readReason(others[t.others[t.errors]])
	}
	if d.reason == "" {
		t.nameless(&d, others)
		t.bareCR(&d)
		t.judgeTwins(&d, others)
		t.swallowed(&d)
	}
	if t.p.cells && t.p.alone() {
		all := make([]string, len(t.columns))
		for column, field := range t.columns {
			if field >= 0 {
				all[column] = d.text[field]
			} else {
				all[column] = t.restore(column, others[t.others[column]])
			}
		}
		t.giveCells(&d, all)
	}
	return t.p.finish(&d)
}

// mostBytes is how long a record may be. A row that was as long as that before it
// was put into a list of rows to run again has its error there too.
func (t *table) mostBytes() int {
	if t.names != nil && t.errors >= 0 {
		return maxRecord + errorRoom
	}
	return maxRecord
}

// texts are the fields of a record as they were written.
func (t *table) texts(rec *record) [fieldCount]string {
	texts := rec.texts()
	for field, column := range t.where {
		if column >= 0 {
			texts[field] = t.restore(column, texts[field])
		}
	}
	return texts
}

// cells are the cells of a record as they were written.
func (t *table) cells(read []string) []string {
	cells := make([]string, len(read))
	for i, c := range read {
		cells[i] = t.restore(i, c)
	}
	return cells
}

// restore gives a cell of several lines its CRLFs back.
func (t *table) restore(column int, cell string) string {
	if !strings.Contains(cell, "\n") || !bytes.Contains(t.raw, crlf) {
		return cell
	}
	raw := t.raw[t.offset(column):]
	if raw[0] != '"' {
		return cell
	}
	var b strings.Builder
	for i := 1; i < len(raw); i++ {
		if raw[i] == '"' {
			if i++; i == len(raw) || raw[i] != '"' {
				break
			}
		}
		b.WriteByte(raw[i])
	}
	return b.String()
}

// nameless complains about values in columns that have no name.
func (t *table) nameless(d *draft, others map[string]string) {
	for column, field := range t.columns {
		if field != nameless || t.p.m.opts.IgnoreUnknown {
			continue
		}
		if cell := others[t.others[column]]; strings.TrimSpace(cell) != "" {
			d.row.Problems = append(d.row.Problems, track.Problem{
				Position: t.at(column),
				Message:  "the value " + t.p.m.quote(cell) + " stands in a column without a name",
				Hint:     "name the column in the header, or empty it",
			})
			d.lossy = d.lossy || !t.p.alone()
		}
	}
}

// bareCR complains about carriage returns that may or may not have been meant
// to end a row.
func (t *table) bareCR(d *draft) {
	for offset, column := range t.bareCRs(len(t.columns)) {
		problem := track.Problem{
			Position: t.cell(offset, column),
			Message:  "a carriage return alone, outside quotation marks",
			Hint:     "end rows with a line feed, or put the cell in quotation marks",
		}
		if offset == len(t.raw)-len(crcrlf) && bytes.HasSuffix(t.raw, crcrlf) {
			problem.Message, problem.Hint = twiceConverted("the row ends"), twiceConvertedHint
		}
		d.row.Problems = append(d.row.Problems, problem)
		d.lossy = true // the cell is written in quotation marks there
	}
}

// bareCRs are the first carriage return outside quotation marks of each cell
// that is no part of a CRLF: its offset in raw, and the cell's column.
func (t *table) bareCRs(columns int) iter.Seq2[int, int] {
	return func(yield func(offset, column int) bool) {
		line := bytes.TrimSuffix(bytes.TrimSuffix(t.raw, lf), cr)
		if bytes.Count(line, cr) == bytes.Count(line, crlf) {
			return
		}
		for column := range columns {
			from, to := t.offset(column), len(line)
			if column+1 < columns {
				to = t.offset(column + 1)
			}
			if i := bytes.IndexByte(line[from:to], '\r'); i >= 0 && line[from] != '"' && !yield(from+i, column) {
				return
			}
		}
	}
}

// judgeTwins says what is wrong with cells of columns of which another one is
// used: who keeps the one that is not shall not hear of its mistakes later.
func (t *table) judgeTwins(d *draft, others map[string]string) {
	for column, field := range t.twins {
		text := t.restore(column, others[t.others[column]])
		if bad := t.p.m.rules.fault(field, text); bad != nil && strings.TrimSpace(text) != "" {
			d.row.Problems = append(d.row.Problems, track.Problem{
				Position: t.at(column), Field: fieldNames[field], Message: bad.message, Hint: bad.hint,
			})
		}
	}
}

// mishap says what is wrong with a record that was refused. It returns nil
// when the records after it can be read.
func (t *table) mishap(err error) error {
	var pe *csv.ParseError
	switch {
	case errors.Is(err, errTooLong):
		return t.tooLong()
	case !errors.As(err, &pe):
		return err
	case errors.Is(err, csv.ErrFieldCount):
		return t.ragged()
	}
	bad := t.quoteFault()
	if bad.open {
		return t.fatalAt(t.cell(bad.offset, bad.column), bad.message, bad.hint)
	}
	t.p.complain(track.Problem{Position: t.cell(bad.offset, bad.column), Message: bad.message, Hint: bad.hint})
	t.p.src.partly = t.p.src.partly || t.names != nil
	return nil
}

func (t *table) quoteFault() quoteFault { return t.p.m.findQuoteFault(t.raw, string(t.csv.Comma)) }

func (t *table) tooLong() error {
	if bad := t.quoteFault(); bad.open {
		return t.fatalAt(t.cell(bad.offset, bad.column), bad.message, bad.hint)
	}
	if i := bytes.IndexByte(t.tee.kept(), '\r'); t.names == nil && i >= 0 && bytes.IndexByte(t.tee.kept(), '\n') < 0 {
		return t.fatalAt(t.p.position(t.start.after(t.tee.kept()[:i])), oldMac, saveAsUTF8)
	}
	if t.names == nil {
		return t.fatal(0, fmt.Sprintf("a header of more than %d bytes", maxHeader), "leave out the columns that are not needed")
	}
	return t.fatal(0, fmt.Sprintf("more than %d bytes without the end of a row", maxRecord), "look whether a quotation mark is missing")
}

// ragged makes an invalid row of one that has not the header's columns, and
// nothing of one that is empty.
func (t *table) ragged() error {
	r := csv.NewReader(bytes.NewReader(t.raw))
	r.Comma = t.csv.Comma
	r.FieldsPerRecord = -1
	cells, err := r.Read()
	if err != nil {
		return t.fatal(0, "the row cannot be read", "")
	}
	if blank(cells) {
		return nil
	}
	cells = t.cells(cells)
	d := draft{at: t.fieldAt, settled: [fieldCount]bool{true, true, true, true, true}}
	d.row.Position = t.position(0)
	place, hint := t.at(0), "empty cells need their delimiters too"
	if len(cells) > len(t.columns) {
		place, hint = t.at(len(t.columns)), "put a cell that holds the delimiter in quotation marks"
	}
	d.row.Problems = []track.Problem{{
		Position: place,
		Message:  fmt.Sprintf("the row has %s, the header has %d", plural(len(cells), "cell"), len(t.columns)),
		Hint:     hint,
	}}
	t.likelyIDs(&d, cells)
	d.lossy = !t.p.alone() || len(cells) < len(t.columns)
	if t.p.cells {
		t.giveCells(&d, cells)
	}
	return t.p.finish(&d)
}

// offset is where a column's cell begins in raw. A record that is shorter has
// its end there.
func (t *table) offset(column int) int {
	if t.starts != nil {
		return t.starts[column]
	}
	line, col := t.csv.FieldPos(column)
	before := line - t.startLF - 1
	if before < t.lines {
		t.lines, t.lineOff = 0, 0
	}
	// Cells are mostly asked for in their order: no line is searched twice.
	for ; t.lines < before; t.lines++ {
		t.lineOff += bytes.IndexByte(t.raw[t.lineOff:], '\n') + 1
	}
	return t.lineOff + col - 1
}

// at is the place of a column's cell.
func (t *table) at(column int) track.Position { return t.cell(t.offset(column), column) }

func (t *table) fieldAt(field int) track.Position {
	if t.where[field] < 0 {
		return t.position(0)
	}
	return t.at(t.where[field])
}

// cell is a place at an offset in raw, in a column's cell.
func (t *table) cell(offset, column int) track.Position {
	at := t.position(offset)
	at.Cell = columnLetters(column) + strconv.Itoa(t.row)
	if column < len(t.labels) {
		at.Header = t.labels[column]
	}
	return at
}

// columnLetters is what a spreadsheet calls a column: A, B, …, Z, AA.
func columnLetters(column int) string {
	letters := ""
	for n := column + 1; n > 0; n = (n - 1) / 26 {
		letters = string(rune('A'+(n-1)%26)) + letters
	}
	return letters
}

// label keeps the names of the columns for places.
func (t *table) label() {
	t.labels = make([]string, len(t.names))
	for i, name := range t.names {
		t.labels[i] = t.p.m.plain(strings.Join(strings.Fields(name), " "))
	}
}

func (t *table) position(offset int) track.Position {
	return t.p.position(t.start.after(t.raw[:offset]))
}

// fatal is a problem of the current record after which nothing can be read.
func (t *table) fatal(offset int, message, hint string) error {
	return t.fatalAt(t.position(offset), message, hint)
}

func (t *table) fatalAt(at track.Position, message, hint string) error {
	if hint != "" {
		hint += "; "
	}
	return &fileError{track.Problem{
		Position: at, Message: message, Hint: hint + "the rest of the file was not checked",
	}}
}

func blank(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

func blankMap(cells map[string]string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}
