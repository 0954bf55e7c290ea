package input

import (
	"bytes"
	"iter"
	"strconv"
	"strings"

	"tracksync/internal/track"
)

// rawRecord is the bytes of the current record of a csvReader, and their position in
// the text.
type rawRecord struct {
	raw      []byte
	single   bool  // raw is one line that ends with an LF alone
	lines    int   // number of LFs in raw before lineOff
	lineOff  int   // offset in raw of the line that was looked up last
	start    place // where raw begins
	startLF  int   // number of LFs before raw
	startOff int64 // number of bytes before raw, as encoding/csv counts them
	row      int   // the row number that a spreadsheet shows
	width    int   // number of cells
}

// release moves past the current record.
func (r *rawRecord) release() {
	if r.single {
		r.start.nextLine()
		r.startLF++
	} else {
		r.start.advance(r.raw)
		r.startLF += bytes.Count(r.raw, lf)
	}
	r.startOff += int64(len(r.raw))
	r.lines, r.lineOff = 0, 0
}

// skip moves past blank lines, for which encoding/csv returns no record.
func (r *rawRecord) skip(lines []byte) {
	r.start.advance(lines)
	n := bytes.Count(lines, lf)
	r.startLF += n
	r.row += n
	r.startOff += int64(len(lines))
}

// offset is where a column's cell begins in raw.
func (c *csvReader) offset(column int) int {
	if c.starts != nil {
		return c.starts[column]
	}
	line, col := c.csv.FieldPos(column)
	before := line - c.startLF - 1
	if before < c.lines {
		c.lines, c.lineOff = 0, 0
	}
	// Cells are usually looked up in order, so the search continues where it stopped.
	for ; c.lines < before; c.lines++ {
		c.lineOff += bytes.IndexByte(c.raw[c.lineOff:], '\n') + 1
	}
	return c.lineOff + col - 1
}

func (c *csvReader) position(offset int) track.Position {
	return c.p.position(c.start.after(c.raw[:offset]))
}

// within is the position of an offset in raw that is in a column's cell.
func (c *csvReader) within(offset, column int) track.Position {
	at := c.position(offset)
	at.Cell = columnLetters(column) + strconv.Itoa(c.row)
	return at
}

// columnLetters is a spreadsheet's name for a column: A, B, …, Z, AA.
func columnLetters(column int) string {
	letters := ""
	for n := column + 1; n > 0; n = (n - 1) / 26 {
		letters = string(rune('A'+(n-1)%26)) + letters
	}
	return letters
}

// The recordPlace of the current record.

func (c *csvReader) recordAt() track.Position       { return c.position(0) }
func (c *csvReader) cell(column int) track.Position { return c.within(c.offset(column), column) }

// faults reports carriage returns of which it is unclear whether they end a row.
func (c *csvReader) faults() []recordError {
	if c.single {
		return nil
	}
	var list []recordError
	for offset, column := range c.bareCRs(c.width) {
		message := "a carriage return alone, outside quotation marks"
		hint := "end rows with a line feed, or put the cell in quotation marks"
		if offset == len(c.raw)-len(crcrlf) && bytes.HasSuffix(c.raw, crcrlf) {
			message, hint = twiceConverted("the row ends"), twiceConvertedHint
		}
		list = append(list, *c.atOffset(offset, column, message, hint, false))
	}
	return list
}

// bareCRs yields, for each cell, the first carriage return that is outside quotation
// marks and not part of a CRLF: its offset in raw, and the cell's column.
func (c *csvReader) bareCRs(columns int) iter.Seq2[int, int] {
	return func(yield func(offset, column int) bool) {
		line := bytes.TrimSuffix(bytes.TrimSuffix(c.raw, lf), cr)
		if bytes.Count(line, cr) == bytes.Count(line, crlf) {
			return
		}
		for column := range columns {
			from, to := c.offset(column), len(line)
			if column+1 < columns {
				to = c.offset(column + 1)
			}
			if i := bytes.IndexByte(line[from:to], '\r'); i >= 0 && line[from] != '"' && !yield(from+i, column) {
				return
			}
		}
	}
}

// linesWithin splits the lines of a record after the first one into cells.
func (c *csvReader) linesWithin() iter.Seq2[int, []string] {
	if c.single {
		return nil
	}
	first := bytes.IndexByte(c.raw, '\n') + 1
	if first == 0 || first == len(c.raw) {
		return nil
	}
	return func(yield func(int, []string) bool) {
		column := 0
		for begin := first; begin < len(c.raw); {
			for column+1 < c.width && c.offset(column+1) <= begin {
				column++
			}
			line := c.raw[begin:]
			if end := bytes.IndexByte(line, '\n') + 1; end > 0 {
				line = line[:end]
			}
			if !yield(column, strings.Split(string(line), string(c.csv.Comma))) {
				return
			}
			begin += len(line)
		}
	}
}
