package input

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"

	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// tableLayout is one entry a record.
type tableLayout struct {
	columns []string
	cells   []string
	text    bytes.Buffer // what csv has written
	csv     *csv.Writer
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

func (t *tableLayout) begin(b []byte, o WriterOptions) ([]byte, error) {
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
	return t.record(b, t.columns)
}

// lacks is the first thing of an entry that no column holds.
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
	for i, column := range t.columns {
		switch column {
		case track.FieldID:
			t.cells[i] = e.Update.ID.String()
		case track.FieldName:
			t.cells[i] = e.Update.Name.String()
		case track.FieldVolume:
			t.cells[i] = e.Update.Volume.String()
		case track.FieldProject:
			t.cells[i] = e.Update.Project.String()
		case track.FieldMedia:
			t.cells[i] = e.Update.Media.String()
		case ColumnShownMedia:
			media, _ := e.ShownMedia.Get()
			t.cells[i] = safe.Cell(media, 0)
		case ColumnComment:
			t.cells[i] = safe.Cell(e.Comment, 0)
		}
	}
	return t.record(b, t.cells)
}

func (t *tableLayout) record(b []byte, cells []string) ([]byte, error) {
	t.text.Reset()
	if err := t.csv.Write(cells); err != nil {
		return nil, err
	}
	t.csv.Flush()
	return append(b, t.text.Bytes()...), t.csv.Error()
}

func (t *tableLayout) end(b []byte, _ int) []byte { return b }
