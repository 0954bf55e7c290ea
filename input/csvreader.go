package input

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"tracksync/internal/track"
)

// csvReader reads CSV and TSV. encoding/csv parses the records. But it counts bytes
// where our positions count characters, and it turns CRLF into LF even between
// quotation marks, where names must not change. So csvReader also stores the bytes of
// the current record.
type csvReader struct {
	p      *pass
	csv    *csv.Reader
	buffer *recordBuffer
	most   int   // the most bytes that a record may have
	inBody bool  // the header has been read
	sep    bool  // the table begins with a sep= line
	crlf   bool  // the header ends with CRLF
	starts []int // offsets of the names in raw, while the current record is a repaired header

	rawRecord
}

func (p *pass) readCSV(text *bufio.Reader) error { return p.readDelimited(text, 0) }
func (p *pass) readTSV(text *bufio.Reader) error { return p.readDelimited(text, '\t') }

// readDelimited reads a table. The delimiter is that of Options if there is one,
// otherwise usual. If usual is 0, the delimiter is found from the header.
func (p *pass) readDelimited(text *bufio.Reader, usual rune) error {
	c := &csvReader{p: p, most: maxRecord, rawRecord: rawRecord{start: origin()}}
	delimiter, empty, err := c.preamble(text, usual)
	if err != nil || empty {
		return err
	}
	c.buffer = &recordBuffer{r: text, most: maxHeader, blank: c.skipBlank}
	if ahead, _ := text.Peek(text.Size()); bytes.HasSuffix(firstLF(ahead), crcrlf) {
		c.buffer.r = &singleCRReader{r: text}
		end := c.start.after(bytes.TrimSuffix(firstLF(ahead), crcrlf))
		p.complain(track.Problem{Position: p.position(end), Message: twiceConverted("lines end"),
			Hint: twiceConvertedHint})
		c.start.doubled = true
	}
	c.csv = csv.NewReader(bufio.NewReaderSize(c.buffer, readAhead))
	c.csv.Comma = delimiter
	c.csv.FieldsPerRecord = -1
	c.csv.ReuseRecord = true
	return p.readTable(c)
}

// skipBlank moves past blank lines, and counts those below the header.
func (c *csvReader) skipBlank(lines []byte) {
	c.skip(lines)
	if c.inBody {
		c.p.skipBlank(bytes.Count(lines, lf))
	}
}

// header reads the names of the columns.
func (c *csvReader) header() (record, error) {
	cells, err := c.read()
	if err == io.EOF {
		return record{}, err
	}
	var bad *recordError
	if err != nil {
		if bad = c.refused(err); bad == nil {
			return record{}, err
		}
		if bad.ends {
			return record{}, bad
		}
		cells, c.starts, _ = splitHeader(string(c.raw), c.csv.Comma)
	}
	for offset := range c.bareCRs(len(cells)) {
		return record{}, c.atOffset(offset, -1, oldMac, saveAsUTF8, true)
	}
	c.crlf = bytes.HasSuffix(c.raw, crlf)
	c.buffer.most = c.most
	c.inBody = true
	if bad != nil {
		return record{cells, c}, bad
	}
	return record{cells, c}, nil
}

// next reads the next record.
func (c *csvReader) next() (record, error) {
	cells, err := c.read()
	switch {
	case err == nil && len(c.raw) > c.most:
		return record{}, c.tooLong()
	case err == nil:
		return record{cells, c}, nil
	}
	if bad := c.refused(err); bad != nil {
		return record{}, bad
	}
	return record{}, err
}

func (c *csvReader) style() track.Table {
	t := track.Table{Delimiter: c.csv.Comma, LineEnd: "\n", Sep: c.sep}
	if c.crlf {
		t.LineEnd = "\r\n"
	}
	return t
}

func (c *csvReader) columns([]int) {}

func (c *csvReader) allow(bytes int) {
	c.most = maxRecord + bytes
	c.buffer.most = c.most
}

// read makes the next record the current one and drops the previous one.
func (c *csvReader) read() ([]string, error) {
	c.release()
	c.buffer.drop(len(c.raw))
	c.raw, c.starts, c.single = nil, nil, false
	cells, err := c.csv.Read()
	end := c.csv.InputOffset()
	c.buffer.dropBlank(end - c.startOff)
	c.raw = c.buffer.stored()[:end-c.startOff]
	c.row++
	c.width = len(cells)
	c.single = !c.start.afterCR && isLine(c.raw)
	if err == nil && !c.single && bytes.Contains(c.raw, crlf) {
		for i, cell := range cells {
			if strings.Contains(cell, "\n") {
				cells[i] = c.restore(i, cell)
			}
		}
	}
	return cells, err
}

// restore puts back the CRLFs that encoding/csv replaced in a cell of several lines.
func (c *csvReader) restore(column int, cell string) string {
	raw := c.raw[c.offset(column):]
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

const (
	oldMac     = "lines end with a carriage return alone (CSV Macintosh)"
	saveAsUTF8 = "save as CSV UTF-8"
)

// refused says why encoding/csv refused a record. It returns nil for an error of
// reading.
func (c *csvReader) refused(err error) *recordError {
	var pe *csv.ParseError
	switch {
	case errors.Is(err, errTooLong):
		return c.tooLong()
	case !errors.As(err, &pe):
		return nil
	}
	return c.atQuote(c.quoteFault())
}

func (c *csvReader) quoteFault() quoteFault { return c.p.m.findQuoteFault(c.raw, string(c.csv.Comma)) }

func (c *csvReader) atQuote(bad quoteFault) *recordError {
	return c.atOffset(bad.offset, bad.column, bad.message, bad.hint, bad.open)
}

// atOffset is a problem at an offset of the current record. It is about the cell of a
// column, or about the whole record if column is -1.
func (c *csvReader) atOffset(offset, column int, message, hint string, ends bool) *recordError {
	at := c.position(offset)
	if column >= 0 {
		at = c.within(offset, column)
	}
	return &recordError{track.Problem{Position: at, Message: message, Hint: hint}, column, ends, false}
}

func (c *csvReader) tooLong() *recordError {
	if bad := c.quoteFault(); bad.open {
		return c.atQuote(bad)
	}
	stored := c.buffer.stored()
	switch i := bytes.IndexByte(stored, '\r'); {
	case c.inBody:
		return c.atOffset(0, -1, fmt.Sprintf("more than %d bytes without the end of a row", maxRecord),
			"check whether a quotation mark is missing", true)
	case i >= 0 && bytes.IndexByte(stored, '\n') < 0:
		return &recordError{track.Problem{Position: c.p.position(c.start.after(stored[:i])), Message: oldMac,
			Hint: saveAsUTF8}, -1, true, false}
	}
	return c.atOffset(0, -1, fmt.Sprintf("a header of more than %d bytes", maxHeader),
		"leave out the columns that are not needed", true)
}
