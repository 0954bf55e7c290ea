package report

import (
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/gocarina/gocsv"

	"tracksync/internal/safe"
	"tracksync/internal/track"
)

const maxError = 300 // characters of an error

// failedRow is a row of a list in canonical columns. By its tags gocsv writes the
// header and the cells.
type failedRow struct {
	track.Texts
	Source string `csv:"#source"`
	Line   string `csv:"#line"`
	Error  string `csv:"#error"` // track.ColumnError
}

// WriteFailed writes failed.csv: of rows, which come in manifest order, those
// whose final status is failed, unknown, invalid or not_applied. It returns
// how many they are. The columns that it adds are ones that a manifest's reader
// always ignores, so the file is a manifest as it is.
//
// table is the one that was the manifest: the file then has its columns, its
// delimiter and its line ends, and each row is its Cells.
// With a nil table the columns are the canonical ones, then #source and #line;
// a valid row's cells are made from its Update, and an invalid one's Cells must
// be in canonical columns. Such a file begins with a byte order mark: without
// one Excel reads other characters than were written, and whoever corrects a
// cell there would save and send them. The last column is the error.
//
// Cells are kept byte for byte, even one that a spreadsheet takes for a formula,
// because they are what will be sent. No cell ever stands in another column than
// in the manifest; those that had none there stand behind the error, where they
// have none again.
//
// results are final ones by row, at least those that RunAgain accepts; a row without
// one is left out. So is a row that expects something: a table cannot say so, and to
// send it unconditionally is not what was asked.
func WriteFailed(w io.Writer, table *track.Table, rows iter.Seq2[track.WrittenRow, error], results iter.Seq2[track.Result, error]) (n int, err error) {
	list := newFailedList(w, table)
	if err := list.begin(); err != nil {
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
		if !more || result.Row != row.Number || !RunAgain(result.Status) || row.Conditional() {
			continue
		}
		if err := list.add(row, result); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// RunAgain reports whether a row of status s belongs in failed.csv. A
// drifted one does not: it would only drift again. One not attempted is what
// resuming is for.
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
	return &failedList{table, &lineWriter{out: out, delimiter: table.Delimiter, end: table.LineEnd}}
}

// begin writes what stands before the rows.
func (l *failedList) begin() error {
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

// add writes a row, with why it is in the list.
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

// lineWriter writes the lines of a table. It is a gocsv.CSVWriter: encoding/csv
// would write the line breaks in a cell like those between rows.
type lineWriter struct {
	out       io.Writer
	delimiter rune
	end       string
	line      []byte // what is not written yet
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

// source is the file of p, with the cell where there is no line.
func source(p track.Position) string {
	p.Line, p.Column = 0, 0
	return p.String()
}

// errorText is why r did not succeed, for the column of errors. marked says that
// its row is, which is explained.
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
