package input

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/gocarina/gocsv"
)

// record is a table's row as text. gocsv fills it by the header; what the
// text may be is for the rules to say.
type record struct {
	ID      string `csv:"id"`
	Name    string `csv:"name"`
	Volume  string `csv:"volume"`
	Project string `csv:"project_id"`
	Media   string `csv:"media_url"`
}

func (r *record) texts() [fieldCount]string {
	return [fieldCount]string{r.ID, r.Name, r.Volume, r.Project, r.Media}
}

// table reads CSV and TSV. Beside the reader it keeps the bytes of the
// current record: encoding/csv counts bytes and LFs and makes LF of CRLF also
// between quotation marks, while positions count characters and names are kept
// as they are.
type table struct {
	p       *pass
	tee     *tee
	csv     *csv.Reader
	rows    *gocsv.Unmarshaller
	columns []int           // what each column holds: a field's index, ignored or nameless
	where   [fieldCount]int // column of each field, or -1
	others  map[int]string  // keys of the columns that hold no field
	names   []string

	raw      []byte // the current record, with blank lines before it
	lines    int    // LFs before lineOff in raw
	lineOff  int    // where a line of raw begins that was asked for
	start    place  // where raw begins
	startLF  int    // LFs before raw
	startOff int64  // bytes before raw, as csv counts them
}

// readTable reads a table to its end.
func (p *pass) readTable(text *bufio.Reader) error {
	t := &table{p: p, start: origin()}
	delimiter, empty, err := t.preamble(text)
	if err != nil || empty {
		return err
	}
	t.tee = &tee{r: text, most: maxHeader}
	t.csv = csv.NewReader(bufio.NewReaderSize(t.tee, readAhead))
	t.csv.Comma = delimiter
	p.src.delimiter = delimiter
	usable, err := t.readHeader()
	t.tee.most = maxRecord
	if err != nil || !usable {
		return err
	}
	for {
		if err := p.alive(); err != nil {
			return err
		}
		row, others, err := t.read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			err = t.mishap(err)
		} else {
			err = t.emit(row, others)
		}
		if err != nil {
			return err
		}
	}
}

// preamble skips what stands before the header (lines without content, and
// the sep= line that Excel understands), and finds the delimiter.
func (t *table) preamble(text *bufio.Reader) (delimiter rune, empty bool, err error) {
	delimiter = t.p.m.opts.Delimiter
	if delimiter == 0 && t.p.src.format == TSV {
		delimiter = '\t'
	}
	for {
		ahead, err := peekLine(text)
		if err != nil && err != io.EOF && len(ahead) == 0 {
			return 0, false, err
		}
		if len(ahead) == 0 {
			return 0, true, nil
		}
		line := firstLine(ahead)
		content := strings.TrimSpace(string(line))
		said, isSep := sepLine(content)
		if !isSep && strings.Trim(content, `,;|"`+"\t ") != "" {
			if delimiter == 0 {
				delimiter = t.p.findDelimiter(content)
			}
			return delimiter, false, nil
		}
		if isSep && delimiter == 0 {
			delimiter = said
		}
		t.start.advance(line)
		if _, err := text.Discard(len(line)); err != nil {
			return 0, false, err
		}
	}
}

// peekLine returns what is buffered if that is a line and more, else as much as
// can be buffered. (To fill the buffer for every line would move all of it for
// each of very many blank ones.)
func peekLine(text *bufio.Reader) ([]byte, error) {
	if ahead, err := text.Peek(text.Buffered()); err == nil {
		if i := bytes.IndexAny(ahead, "\r\n"); i >= 0 && i+1 < len(ahead) {
			return ahead, nil
		}
	}
	return text.Peek(text.Size())
}

// firstLine is b up to and with its first line break.
func firstLine(b []byte) []byte {
	i := bytes.IndexAny(b, "\r\n")
	switch {
	case i < 0:
		return b
	case b[i] == '\r' && i+1 < len(b) && b[i+1] == '\n':
		return b[:i+2]
	}
	return b[:i+1]
}

// sepLine reads Excel's "sep=;".
func sepLine(line string) (rune, bool) {
	line = strings.Trim(line, `"`)
	if len(line) < 4 || !strings.EqualFold(line[:4], "sep=") {
		if strings.EqualFold(line, "sep=") { // a tab, trimmed as a blank
			return '\t', true
		}
		return 0, false
	}
	r, n := utf8.DecodeRuneInString(line[4:])
	if len(line) == 4 {
		return '\t', true
	}
	return r, n == len(line)-4 && usableDelimiter(r)
}

func (t *table) readHeader() (usable bool, err error) {
	t.rows, err = gocsv.NewUnmarshaller(t.csv, &record{})
	t.take()
	if err != nil {
		if err == io.EOF {
			return false, nil
		}
		if err := t.mishap(err); err != nil {
			return false, err
		}
		return false, t.fatal(0, "the header cannot be read", "mend its quotation marks")
	}
	t.names = t.cells(t.rows.Headers)
	if len(t.names) > maxColumns {
		return false, t.fatal(0, fmt.Sprintf("the header has %d columns", len(t.names)), fmt.Sprintf("the most is %d", maxColumns))
	}
	if i := bytes.IndexByte(bytes.TrimRight(t.raw, "\r\n"), '\r'); i >= 0 && t.loneCR(i) {
		return false, t.fatal(i, "lines end with a carriage return alone (CSV Macintosh)", "save as CSV UTF-8")
	}
	t.p.src.header = t.names
	t.columns, usable = t.p.header(t.names, t.at)
	if !usable {
		return false, nil
	}
	t.where = [fieldCount]int{-1, -1, -1, -1, -1}
	t.others = make(map[int]string)
	for column, field := range t.columns {
		if field >= 0 {
			t.where[field] = column
		} else {
			t.others[column] = fmt.Sprintf("#%d", column)
		}
	}
	return true, t.rows.RenormalizeHeaders(func([]string) []string { return t.keys() })
}

// keys names the columns for gocsv: the fields by their tags, the others by
// numbers, so that no two are the same.
func (t *table) keys() []string {
	keys := make([]string, len(t.columns))
	for i, field := range t.columns {
		if field >= 0 {
			keys[i] = fieldNames[field]
		} else {
			keys[i] = t.others[i]
		}
	}
	return keys
}

// read reads the next record: its fields, and its other cells where there are
// such columns.
func (t *table) read() (row *record, others map[string]string, err error) {
	var value any
	if len(t.others) > 0 {
		value, others, err = t.rows.ReadUnmatched()
	} else {
		value, err = t.rows.Read()
	}
	t.take()
	if err != nil {
		return nil, nil, err
	}
	return value.(*record), others, nil
}

// take makes the bytes just read the current record.
func (t *table) take() {
	t.start.advance(t.raw)
	t.lines, t.lineOff = 0, 0
	t.startLF += bytes.Count(t.raw, lf)
	t.tee.drop(len(t.raw))
	end := t.csv.InputOffset()
	t.raw = t.tee.kept()[:end-t.startOff]
	t.startOff = end
}
