package input

import (
	"bytes"
	"encoding/csv"
	"fmt"
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
	known := append(track.Columns(), ColumnShownMedia, ColumnComment)
	for i, c := range t.columns {
		switch {
		case !slices.Contains(known, c):
			return nil, fmt.Errorf("a manifest has no column %s: use %s", show(c), strings.Join(known, ", "))
		case slices.Contains(t.columns[:i], c):
			return nil, fmt.Errorf("column %s is named twice", c)
		}
	}
	if !slices.Contains(t.columns, track.FieldID) {
		return nil, fmt.Errorf("the column %s is missing: every row names its track", track.FieldID)
	}
	if o.BOM {
		b = append(b, "\ufeff"...)
	}
	return t.marshal(b, nil, gocsv.MarshalCSV)
}

// lacks returns the first field of an entry for which there is no column.
func (t *tableLayout) lacks(e *Entry) (field string, expected bool) {
	for _, f := range e.Update.Fields() {
		if !slices.Contains(t.columns, f) {
			return f, false
		}
	}
	for _, v := range e.Expect {
		for _, f := range v.Fields() {
			return f, true
		}
	}
	if !e.ExpectMedia.IsZero() {
		return track.FieldMedia, true
	}
	return "", false
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

func (t *tableLayout) end(b []byte, _ int) []byte { return b }
