package input

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/gocarina/gocsv"

	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// tableLayout writes one record per entry. gocsv turns an entry into cells by the tags
// of tableEntry, and the layout writes the cells that it has columns for.
type tableLayout struct {
	columns []string
	wanted  []int        // the index of each column among gocsv's cells
	cells   []string     // the record to be written
	text    bytes.Buffer // the output of csv
	csv     *csv.Writer
}

// tableEntry is an entry as text.
type tableEntry struct {
	track.Texts
	ShownMedia string `csv:"#media_url"` // ColumnShownMedia
	Comment    string `csv:"#comment"`   // ColumnComment
}

func writeCSV(o WriterOptions) layout { return newTableLayout(',', o.Columns) }
func writeTSV(o WriterOptions) layout { return newTableLayout('\t', o.Columns) }

func newTableLayout(delimiter rune, columns []string) *tableLayout {
	if len(columns) == 0 {
		columns = track.Columns()
	}
	t := &tableLayout{columns: slices.Clone(columns), cells: make([]string, len(columns))}
	t.csv = csv.NewWriter(&t.text)
	t.csv.Comma = delimiter
	return t
}

func (t *tableLayout) limit() int { return maxRecord }

func (t *tableLayout) head(b []byte, o WriterOptions) ([]byte, error) {
	if err := checkColumns(t.columns); err != nil {
		return nil, err
	}
	if o.BOM {
		b = append(b, "\ufeff"...)
	}
	return t.marshal(b, nil, gocsv.MarshalCSV)
}

// checkColumns checks WriterOptions.Columns.
func checkColumns(columns []string) error {
	known := append(track.Columns(), ColumnShownMedia, ColumnComment)
	for i, c := range columns {
		switch {
		case !slices.Contains(known, c):
			return fmt.Errorf("a manifest has no column %s: use %s", show(c), strings.Join(known, ", "))
		case slices.Contains(columns[:i], c):
			return fmt.Errorf("column %s is named twice", c)
		}
	}
	if !slices.Contains(columns, track.FieldID) {
		return fmt.Errorf("the column %s is missing: every row names its track", track.FieldID)
	}
	return nil
}

func (t *tableLayout) refuse(e *Entry) *RoundTripError { return lacksColumn(t.columns, e) }

// lacksColumn refuses the first field of an entry for which there is no column.
func lacksColumn(columns []string, e *Entry) *RoundTripError {
	bad := &RoundTripError{Message: "there is no column for it", Hint: "write YAML or JSON, or leave it out"}
	for _, f := range e.Update.Fields() {
		if !slices.Contains(columns, f) {
			bad.Field = f
			return bad
		}
	}
	bad.Expected = true
	for _, v := range e.Expect {
		for _, f := range v.Fields() {
			bad.Field = f
			return bad
		}
	}
	if !e.ExpectMedia.IsZero() {
		bad.Field = track.FieldMedia
		return bad
	}
	return nil
}

func (t *tableLayout) entry(b []byte, e *Entry, _ bool) ([]byte, error) {
	media, _ := e.ShownMedia.Get()
	row := tableEntry{track.TextsOf(e.Update), safe.Cell(media, 0), safe.Cell(e.Comment, 0)}
	return t.marshal(b, []tableEntry{row}, gocsv.MarshalCSVWithoutHeaders)
}

// marshal appends what gocsv writes.
func (t *tableLayout) marshal(b []byte, rows []tableEntry, by func(any, gocsv.CSVWriter) error) ([]byte, error) {
	t.text.Reset()
	if err := by(rows, t); err != nil {
		return nil, err
	}
	return append(b, t.text.Bytes()...), nil
}

// Write implements gocsv.CSVWriter. Its first record is the header.
func (t *tableLayout) Write(all []string) error {
	if t.wanted == nil {
		for _, column := range t.columns {
			t.wanted = append(t.wanted, slices.Index(all, column))
		}
	}
	for i, from := range t.wanted {
		t.cells[i] = all[from]
	}
	return t.csv.Write(t.cells)
}

// Flush implements gocsv.CSVWriter.
func (t *tableLayout) Flush() { t.csv.Flush() }

// Error implements gocsv.CSVWriter.
func (t *tableLayout) Error() error { return t.csv.Error() }

func (t *tableLayout) end(io.Writer, int) error { return nil }
