package report

import (
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"tracksync/internal/safe"
	"tracksync/internal/track"
)

const (
	columnSource = "#source"
	columnLine   = "#line"
	maxError     = 300 // characters of an error
)

// WriteFailed writes failed.csv: of rows, which come in manifest order, those
// whose final status is failed, unknown, invalid or not_applied. It returns
// how many they are. The columns that it adds are ones that a manifest's reader
// always ignores, so the file is a manifest as it is.
//
// table is the one that was the manifest: the file then has its columns, its
// delimiter and its line ends, and each row is its Cells as they were written.
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
// lookup gives a row's final result; a row without one is left out. So is a row
// that expects something: a table cannot say so, and to send it unconditionally
// is not what was asked.
func WriteFailed(w io.Writer, table *track.Table, rows iter.Seq2[track.Row, error], lookup func(row int) (track.Result, bool, error)) (n int, err error) {
	t := newFailedTable(table)
	if _, err := w.Write(t.head()); err != nil {
		return 0, err
	}
	var line []byte
	for row, err := range rows {
		if err != nil {
			return n, err
		}
		result, ok, err := lookup(row.Number)
		if err != nil {
			return n, err
		}
		if !ok || !runAgain(result.Status) || row.Conditional() {
			continue
		}
		line = t.record(line[:0], t.cells(row, errorText(result, row.Marked)))
		if _, err := w.Write(line); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// runAgain reports whether a row of status s belongs into failed.csv. A
// drifted one does not: it would only drift again. One not attempted is what
// resuming is for.
func runAgain(s track.Status) bool {
	switch s {
	case track.Failed, track.Unknown, track.Invalid, track.NotApplied:
		return true
	}
	return false
}

// failedTable is the shape of one failed.csv.
type failedTable struct {
	track.Table
	canonical bool
}

func newFailedTable(table *track.Table) failedTable {
	if table != nil {
		return failedTable{Table: *table}
	}
	columns := append(track.Columns(), columnSource, columnLine)
	return failedTable{track.Table{
		Columns: columns, Error: track.ColumnError, Delimiter: ',', LineEnd: "\n", BOM: true,
	}, true}
}

// head is what stands before the rows.
func (t failedTable) head() []byte {
	var b []byte
	if t.BOM {
		b = append(b, "\ufeff"...)
	}
	if t.Sep {
		b = append(b, "sep="...)
		b = utf8.AppendRune(b, t.Delimiter)
		b = append(b, t.LineEnd...)
	}
	return t.record(b, append(slices.Clone(t.Columns), t.Error))
}

// cells are those of a row, with why in the column of errors.
func (t failedTable) cells(row track.Row, why string) []string {
	cells := slices.Clone(row.Cells)
	if t.canonical {
		if len(row.Problems) == 0 {
			cells = canonicalCells(row.Update)
		}
		line := ""
		if row.Position.Line > 0 {
			line = strconv.Itoa(row.Position.Line)
		}
		cells = append(cells, safe.Cell(source(row.Position), maxError), line)
	}
	for len(cells) < len(t.Columns) {
		cells = append(cells, "")
	}
	return slices.Insert(cells, len(t.Columns), why)
}

// record appends a line of the table to b. encoding/csv would write the line
// breaks in a cell like those between rows.
func (t failedTable) record(b []byte, cells []string) []byte {
	special := "\"\r\n" + string(t.Delimiter)
	for i, cell := range cells {
		if i > 0 {
			b = utf8.AppendRune(b, t.Delimiter)
		}
		if !strings.ContainsAny(cell, special) {
			b = append(b, cell...)
			continue
		}
		b = append(b, '"')
		b = append(b, strings.ReplaceAll(cell, `"`, `""`)...)
		b = append(b, '"')
	}
	return append(b, t.LineEnd...)
}

// canonicalCells says u in the columns of track.Columns.
func canonicalCells(u track.Update) []string {
	return []string{u.ID.String(), u.Name.String(), u.Volume.String(), u.Project.String(), u.Media.String()}
}

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
