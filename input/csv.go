package input

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"github.com/gocarina/gocsv"

	"tracksync/internal/track"
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
	twins   map[int]int     // columns that would hold a field which another one holds already
	others  map[int]string  // keys of the columns that hold no field
	names   []string        // nil until the header is read
	labels  []string        // the names as places show them
	starts  []int           // of the names in raw, while a header is read that had to be repaired
	kept    []int           // columns that come back in a list of rows to run again
	errors  int             // the column of an earlier list's errors, or -1
	sep     bool            // the table begins with a sep= line

	raw      []byte // the current record
	lines    int    // LFs before lineOff in raw
	lineOff  int    // where a line of raw begins that was asked for
	start    place  // where raw begins
	startLF  int    // LFs before raw
	startOff int64  // bytes before raw, as csv counts them
	row      int    // of the current record, as a spreadsheet numbers rows
}

func (p *pass) readCSV(text *bufio.Reader) error { return p.readTable(text, 0) }
func (p *pass) readTSV(text *bufio.Reader) error { return p.readTable(text, '\t') }

// readTable reads a table to its end.
func (p *pass) readTable(text *bufio.Reader, usual rune) error {
	t := &table{p: p, start: origin(), errors: -1}
	delimiter, empty, err := t.preamble(text, usual)
	if err != nil || empty {
		return err
	}
	t.tee = &tee{r: text, most: maxHeader, blank: t.skip}
	if ahead, _ := text.Peek(text.Size()); bytes.HasSuffix(firstLF(ahead), crcrlf) {
		t.tee.r = &oneCR{text}
		end := t.start.after(bytes.TrimSuffix(firstLF(ahead), crcrlf))
		p.complain(track.Problem{Position: p.position(end), Message: twiceConverted("lines end"), Hint: twiceConvertedHint})
	}
	t.csv = csv.NewReader(bufio.NewReaderSize(t.tee, readAhead))
	t.csv.Comma = delimiter
	p.src.delimiter = delimiter
	err = t.readHeader()
	t.tee.most = t.mostBytes()
	if err == io.EOF {
		return nil
	}
	if err != nil {
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

// readHeader finds out what the columns hold. What is wrong with them is no
// reason not to look at the rows.
func (t *table) readHeader() (err error) {
	t.release()
	t.rows, err = gocsv.NewUnmarshaller(t.csv, &record{})
	t.take()
	if err == nil {
		t.names = t.cells(t.rows.Headers)
	} else if err = t.repairHeader(err); err != nil {
		return err
	}
	if len(t.names) > maxColumns {
		return t.fatal(0, fmt.Sprintf("the header has %d columns", len(t.names)), fmt.Sprintf("the most is %d", maxColumns))
	}
	if err := t.lineEnds(); err != nil {
		return err
	}
	t.p.src.header = t.names
	t.columns, t.twins = t.p.header(t.names, t.at)
	t.label()
	t.starts = nil
	t.p.src.table = t.describe()
	t.where = [fieldCount]int{-1, -1, -1, -1, -1}
	t.others, t.errors = make(map[int]string), -1
	for column, field := range t.columns {
		if isErrorColumn(t.names[column], field) {
			t.errors = column
		}
		if field >= 0 {
			t.where[field] = column
		} else {
			t.others[column] = fmt.Sprintf("#%d", column)
		}
	}
	t.p.src.noIDs = t.where[fID] < 0
	return t.rows.RenormalizeHeaders(func([]string) []string { return t.keys() })
}

// repairHeader complains about a header that was refused with err, and reads
// it as it was likely meant, so that the rows can be checked. It returns an
// error when they cannot.
func (t *table) repairHeader(err error) error {
	if err == io.EOF {
		return err
	}
	if err := t.mishap(err); err != nil {
		return err
	}
	t.names, t.starts, _ = splitHeader(string(t.raw), t.csv.Comma)
	// An Unmarshaller reads its header from the reader of its rows. So it is
	// given one that holds a header of as many columns, which then becomes the
	// reader of this table.
	stand := csv.NewReader(strings.NewReader(strings.Repeat("x,", len(t.names)-1) + "x\n"))
	if t.rows, err = gocsv.NewUnmarshaller(stand, &record{}); err != nil {
		return err
	}
	t.csv.FieldsPerRecord = len(t.names)
	*stand = *t.csv
	t.csv = stand
	return nil
}

const (
	oldMac     = "lines end with a carriage return alone (CSV Macintosh)"
	saveAsUTF8 = "save as CSV UTF-8"
)

// lineEnds refuses a table of which the lines do not end with LF.
func (t *table) lineEnds() error {
	for offset := range t.bareCRs(len(t.names)) {
		return t.fatal(offset, oldMac, saveAsUTF8)
	}
	return nil
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
	t.release()
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

// release lets go of the record before, so that no more is kept than the next
// one.
func (t *table) release() {
	t.start.advance(t.raw)
	t.startLF += bytes.Count(t.raw, lf)
	t.startOff += int64(len(t.raw))
	t.tee.drop(len(t.raw))
	t.raw = nil
}

// take makes the bytes just read the current record, without the blank lines
// before it.
func (t *table) take() {
	end := t.csv.InputOffset()
	t.tee.dropBlank(end - t.startOff)
	t.raw = t.tee.kept()[:end-t.startOff]
	t.lines, t.lineOff = 0, 0
	t.row++
}

// skip moves past blank lines, of which the reader makes no record.
func (t *table) skip(lines []byte) {
	t.start.advance(lines)
	n := bytes.Count(lines, lf)
	t.startLF += n
	t.row += n
	t.startOff += int64(len(lines))
}
