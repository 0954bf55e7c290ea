package input

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"strings"

	"tracksync/internal/track"
)

// emit makes a row of a record, unless all its cells are empty.
func (t *table) emit(rec *record, others map[string]string) error {
	if len(t.raw) > maxRecord {
		return t.tooLong()
	}
	d := draft{text: t.texts(rec), at: t.fieldAt}
	if blank(d.text[:]) && blankMap(others) {
		return nil
	}
	d.row.Position = t.at(0)
	t.nameless(&d, others)
	t.bareCR(&d)
	if t.p.cells {
		d.row.Cells = make([]string, len(t.columns))
		for column, field := range t.columns {
			if field >= 0 {
				d.row.Cells[column] = d.text[field]
			} else {
				d.row.Cells[column] = t.restore(column, others[t.others[column]])
			}
		}
	}
	return t.p.finish(&d)
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
		}
	}
}

// bareCR complains about carriage returns that may or may not have been meant
// to end a row.
func (t *table) bareCR(d *draft) {
	line := bytes.TrimSuffix(bytes.TrimSuffix(t.raw, lf), cr)
	if bytes.Count(line, cr) == bytes.Count(line, crlf) {
		return
	}
	for column := range t.columns {
		from, to := t.offset(column), len(line)
		if column+1 < len(t.columns) {
			to = t.offset(column + 1)
		}
		if i := bytes.IndexByte(line[from:to], '\r'); i >= 0 && line[from] != '"' {
			d.row.Problems = append(d.row.Problems, track.Problem{
				Position: t.position(from + i),
				Message:  "a carriage return alone, outside quotation marks",
				Hint:     "end rows with a line feed, or put the cell in quotation marks",
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
	offset, message, hint := quoteFault(t.raw, string(t.csv.Comma))
	if hint == "" {
		return t.fatal(offset, message, "close it")
	}
	t.p.complain(track.Problem{Position: t.position(offset), Message: message, Hint: hint})
	return nil
}

func (t *table) tooLong() error {
	if offset, message, hint := quoteFault(t.raw, string(t.csv.Comma)); message != "" && hint == "" {
		return t.fatal(offset, message, "close it")
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
	d.row.Position = t.at(0)
	place, hint := d.row.Position, "empty cells need their delimiters too"
	if len(cells) > len(t.columns) {
		place, hint = t.at(len(t.columns)), "put a cell that holds the delimiter in quotation marks"
	}
	d.row.Problems = []track.Problem{{
		Position: place,
		Message:  fmt.Sprintf("the row has %s, the header has %d", plural(len(cells), "cell"), len(t.columns)),
		Hint:     hint,
	}}
	if t.p.cells {
		d.row.Cells = cells
	}
	return t.p.finish(&d)
}

// quoteFault finds the first quotation mark of a record that is out of place:
// where, what, and what to do about it. An empty hint means that the record's
// end is not known.
func quoteFault(raw []byte, delimiter string) (offset int, message, hint string) {
	lineEnd := -1 // of the line in which i stands, once a cell needed it
	for i := 0; i < len(raw); {
		if raw[i] != '"' {
			if lineEnd < i {
				lineEnd = lineEndAfter(raw, i)
			}
			end := fieldEnd(raw[:lineEnd], i, delimiter)
			if q := bytes.IndexByte(raw[i:end], '"'); q >= 0 {
				return i + q, "a quotation mark inside a cell that does not begin with one",
					"put the whole cell in quotation marks and double those inside"
			}
			i = end
		} else {
			open := i
			for i++; ; i += 2 {
				q := bytes.IndexByte(raw[i:], '"')
				if q < 0 {
					return open, "the quotation mark that opens here is never closed", ""
				}
				if i += q; i+1 >= len(raw) || raw[i+1] != '"' {
					break
				}
			}
			i++
			if !atFieldEnd(raw[i:], delimiter) {
				return i - 1, "a quotation mark inside a quoted cell", "double it if it is part of the value"
			}
		}
		switch {
		case bytes.HasPrefix(raw[i:], []byte(delimiter)):
			i += len(delimiter)
		case i < len(raw): // a line break
			i++
		}
	}
	return 0, "", "look at its quotation marks"
}

// lineEndAfter is where the next LF stands, or the end.
func lineEndAfter(raw []byte, from int) int {
	if i := bytes.IndexByte(raw[from:], '\n'); i >= 0 {
		return from + i
	}
	return len(raw)
}

// fieldEnd is where a cell of a line ends that is not quoted.
func fieldEnd(line []byte, from int, delimiter string) int {
	if i := bytes.Index(line[from:], []byte(delimiter)); i >= 0 {
		return from + i
	}
	return len(line)
}

func atFieldEnd(rest []byte, delimiter string) bool {
	return len(rest) == 0 || bytes.HasPrefix(rest, []byte(delimiter)) || rest[0] == '\n' || bytes.HasPrefix(rest, crlf) ||
		len(rest) == 1 && rest[0] == '\r'
}

// offset is where a column's cell begins in raw. A record that is shorter has
// its end there.
func (t *table) offset(column int) int {
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

func (t *table) at(column int) track.Position { return t.position(t.offset(column)) }

func (t *table) fieldAt(field int) track.Position { return t.at(max(0, t.where[field])) }

func (t *table) position(offset int) track.Position {
	return t.p.position(t.start.after(t.raw[:offset]))
}

// fatal is a problem at an offset in raw after which nothing can be read.
func (t *table) fatal(offset int, message, hint string) error {
	if hint != "" {
		hint += "; "
	}
	return &fileError{track.Problem{
		Position: t.position(offset), Message: message, Hint: hint + "the rest of the file was not checked",
	}}
}

// loneCR tells a CR from the first half of a CRLF.
func (t *table) loneCR(i int) bool { return i+1 >= len(t.raw) || t.raw[i+1] != '\n' }

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
