package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"tracksync/internal/track"
)

const (
	columnError  = "error"
	columnSource = "#source"
	columnLine   = "#line"
	maxError     = 300 // characters of the error column
)

// WriteFailed writes failed.csv: of rows, which come in manifest order, those
// whose final status is failed, unknown, invalid or not_applied. It returns
// how many they are. The columns that it adds are ones that a manifest's reader
// always ignores, so the file is a manifest as it is.
//
// header is that of the one table that was the manifest. Then each row is its
// Cells as they were written, and the error stands in the table's own column
// of that name, or in one more. With a nil header the columns are the
// canonical ones, then #source, #line and error; a valid row's cells are made
// from its Update, an invalid one's Cells must be in canonical columns.
//
// The file is UTF-8 with a byte order mark: without one, Excel reads other
// characters than were written, and whoever corrects a cell there would save
// and send them. Cells are kept byte for byte, even one that a spreadsheet
// takes for a formula, because they are what will be sent. A row with too many
// or too few cells stays so: filled up, its values could stand under other
// columns and be valid there.
//
// lookup gives a row's final result; a row without one is left out. So is a row
// that expects something: a table cannot say so, and to send it unconditionally
// is not what was asked.
func WriteFailed(w io.Writer, header []string, rows iter.Seq2[track.Row, error], lookup func(row int) (track.Result, bool, error)) (n int, err error) {
	table := newFailedTable(header)
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return 0, err
	}
	out := csv.NewWriter(w)
	if err := out.Write(table.header); err != nil {
		return 0, err
	}
	for row, err := range rows {
		if err != nil {
			return n, err
		}
		result, ok, err := lookup(row.Number)
		if err != nil {
			return n, err
		}
		if !ok || !runAgain(result.Status) || !row.Expect.Empty() {
			continue
		}
		if err := out.Write(table.record(row, errorText(result))); err != nil {
			return n, err
		}
		n++
	}
	out.Flush()
	return n, out.Error()
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
	header    []string
	canonical bool
	errorAt   int // the column of the error that the header already had; -1 for none
}

func newFailedTable(header []string) failedTable {
	if header == nil {
		columns := append(track.Columns(), columnSource, columnLine, columnError)
		return failedTable{header: columns, canonical: true, errorAt: -1}
	}
	at := slices.IndexFunc(header, func(h string) bool {
		return strings.EqualFold(strings.TrimSpace(h), columnError)
	})
	if at >= 0 {
		return failedTable{header: header, errorAt: at}
	}
	return failedTable{header: append(slices.Clone(header), columnError), errorAt: -1}
}

func (t failedTable) record(row track.Row, why string) []string {
	cells := slices.Clone(row.Cells)
	if t.canonical {
		if len(row.Problems) == 0 {
			cells = canonicalCells(row.Update)
		}
		line := ""
		if row.Position.Line > 0 {
			line = strconv.Itoa(row.Position.Line)
		}
		cells = append(cells, formulaSafe(Plain(source(row.Position), maxError)), line)
	}
	if t.errorAt >= 0 && t.errorAt < len(cells) {
		cells[t.errorAt] = why
		return cells
	}
	return append(cells, why)
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

// errorText is why r did not succeed, for the error column.
func errorText(r track.Result) string {
	text := string(r.Status)
	if e := r.Error; e != nil && (e.Code != "" || e.Message != "") {
		text = strings.TrimSuffix(strings.TrimPrefix(fmt.Sprintf("%s: %s", e.Code, e.Message), ": "), ": ")
	}
	return formulaSafe(Plain(text, maxError))
}

// formulaSafe keeps a spreadsheet from taking text for a formula: at its start
// by an apostrophe, and after a semicolon, where the spreadsheets of many
// countries end a cell, by writing a comma instead, which gets the cell quoted.
// text went through Plain: it has no tabs and line breaks.
func formulaSafe(text string) string {
	text = strings.ReplaceAll(text, ";", ",")
	start := strings.TrimLeft(text, " \u00a0")
	first, size := utf8.DecodeRuneInString(start)
	if size < len(start) && strings.ContainsRune("=+-@＝＋－＠", first) { // a sign alone is none
		return "'" + text
	}
	return text
}
