package report

import (
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/gocarina/gocsv"
	"golang.org/x/text/encoding/unicode"

	"tracksync/internal/safe"
	"tracksync/internal/track"
)

const maxError = 300 // characters of an error

// failedRow is a row of a list in canonical columns. gocsv writes the header and the
// cells by its tags.
type failedRow struct {
	track.Texts
	Source string `csv:"#source"`
	Line   string `csv:"#line"`
	Error  string `csv:"#error"` // track.ColumnError
}

// WriteFailed writes failed.csv: those of rows whose final status is failed, unknown,
// invalid or not_applied. It returns how many they are. A manifest's reader always
// ignores the columns that are added here, so the file is a manifest itself.
//
// If the manifest was one table, the file has that table's columns, delimiter and line
// ends, and each row has its own Cells. Its encoding is UTF-16 if the table's is, otherwise
// UTF-8 (see track.Table). With a nil table the columns are the canonical
// ones, then #source and #line; a valid row's cells are made from its Update, and an
// invalid row's Cells must be in canonical columns. Such a file begins with a byte order
// mark: without one Excel would show wrong characters, and someone who corrects a cell
// would save and send them. The last column is the error.
//
// Cells are kept byte for byte, even if a spreadsheet takes one for a formula, because
// they will be sent. A cell never moves to another column. Cells beyond the last column
// of the manifest come after the error, where they have no column either.
//
// rows come in the order of the manifest. results are final ones in the order of the
// rows, at least those that RunAgain accepts. A row without a result is left out, and
// so is a row with an expectation: a table cannot express it, and the row must not be
// sent unconditionally.
func WriteFailed(w io.Writer, table *track.Table, rows iter.Seq2[track.WrittenRow, error],
	results iter.Seq2[track.Result, error]) (n int, err error) {
	list := newFailedList(w, table)
	if err := list.writeHead(); err != nil {
		return 0, err
	}
	next, stop := iter.Pull2(results)
	defer stop()
	result, err, more := next()
	for row, rowErr := range rows {
		if rowErr != nil {
			return n, rowErr
		}
		for more && err == nil && result.Row < row.Number {
			result, err, more = next()
		}
		if err != nil {
			return n, err
		}
		if !more { // whatever comes after that is left out
			return n, nil
		}
		if result.Row != row.Number || !RunAgain(result.Status) || row.Conditional() {
			continue
		}
		if err := list.add(row, result); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// RunAgain reports whether a row of status s belongs in failed.csv. A drifted row does
// not, because it would drift again; for a row that was not attempted, resume the run.
func RunAgain(s track.Status) bool {
	switch s {
	case track.Failed, track.Unknown, track.Invalid, track.NotApplied:
		return true
	}
	return false
}

// failedList is one failed.csv.
type failedList struct {
	table *track.Table // nil: canonical columns
	out   *lineWriter
}

func newFailedList(out io.Writer, table *track.Table) *failedList {
	if table == nil {
		return &failedList{out: &lineWriter{out: out, delimiter: ',', end: "\n"}}
	}
	if table.UTF16 {
		out = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().Writer(out)
	}
	return &failedList{table, &lineWriter{out: out, delimiter: table.Delimiter, end: table.LineEnd}}
}

// writeHead writes what comes before the rows.
func (l *failedList) writeHead() error {
	if l.table == nil {
		l.out.put("\ufeff")
		return gocsv.MarshalCSV([]failedRow{}, l.out)
	}
	if l.table.BOM {
		l.out.put("\ufeff")
	}
	if l.table.Sep {
		l.out.put("sep=" + string(l.table.Delimiter) + l.table.LineEnd)
	}
	return l.out.Write(append(slices.Clone(l.table.Columns), l.table.Error))
}

// add writes a row and its error.
func (l *failedList) add(row track.WrittenRow, result track.Result) error {
	if l.table == nil {
		return l.addCanonical(row, result)
	}
	cells, marked := row.Cells()
	for len(cells) < len(l.table.Columns) {
		cells = append(cells, "")
	}
	return l.out.Write(slices.Insert(cells, len(l.table.Columns), errorText(result, marked)))
}

func (l *failedList) addCanonical(row track.WrittenRow, result track.Result) error {
	r := failedRow{Texts: track.TextsOf(row.Update), Source: safe.Cell(source(row.Position), maxError)}
	marked := false
	if len(row.Problems) > 0 {
		var c []string
		c, marked = row.Cells()
		r.Texts = track.Texts{ID: c[0], Name: c[1], Volume: c[2], Project: c[3], Media: c[4]}
	}
	if row.Position.Line > 0 {
		r.Line = strconv.Itoa(row.Position.Line)
	}
	r.Error = errorText(result, marked)
	return gocsv.MarshalCSVWithoutHeaders([]failedRow{r}, l.out)
}

// WriteMarked writes a table with one more column, Table.Error, in which the second value of
// rows stands. Surplus cells come after it.
func WriteMarked(w io.Writer, table *track.Table, rows func(yield func(cells []string, text string,
	err error) bool)) error {
	list := newFailedList(w, table)
	err := list.writeHead()
	if err != nil {
		return err
	}
	rows(func(cells []string, text string, rowErr error) bool {
		if err = rowErr; err == nil {
			for len(cells) < len(table.Columns) {
				cells = append(cells, "")
			}
			err = list.out.Write(slices.Insert(cells, len(table.Columns), safe.Cell(text, maxError)))
		}
		return err == nil
	})
	return err
}

// lineWriter writes the lines of a table. It is a gocsv.CSVWriter: encoding/csv
// would write the line breaks in a cell like those between rows.
type lineWriter struct {
	out       io.Writer
	delimiter rune
	end       string
	line      []byte // not written yet
}

// put adds text to the beginning of the next line.
func (w *lineWriter) put(text string) { w.line = append(w.line, text...) }

// Write writes a line.
func (w *lineWriter) Write(cells []string) error {
	special := "\"\r\n" + string(w.delimiter)
	for i, cell := range cells {
		if i > 0 {
			w.put(string(w.delimiter))
		}
		if strings.ContainsAny(cell, special) {
			cell = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
		}
		w.put(cell)
	}
	w.put(w.end)
	_, err := w.out.Write(w.line)
	w.line = w.line[:0]
	return err
}

// Flush has nothing to do: every line is written at once.
func (w *lineWriter) Flush() {}

// Error is nil: Write has returned what there was.
func (w *lineWriter) Error() error { return nil }

// source is the file of p, with the cell in a workbook.
func source(p track.Position) string {
	p.Line, p.Column = 0, 0
	return p.String()
}

// errorText tells why r did not succeed, for the column of errors. If the row is marked,
// it also explains the mark.
func errorText(r track.Result, marked bool) string {
	text := string(r.Status)
	if e := r.Error; e != nil && (e.Code != "" || e.Message != "") {
		text = strings.TrimSuffix(strings.TrimPrefix(fmt.Sprintf("%s: %s", e.Code, e.Message), ": "), ": ")
	}
	const explained = " (" + track.MarkHint + ")"
	text = safe.Cell(strings.TrimSuffix(text, explained), maxError)
	if marked {
		text += explained
	}
	return text
}
