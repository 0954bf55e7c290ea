package input

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tracksync/internal/track"
)

// file is a manifest in memory.
type file struct{ name, text string }

// openFiles is like Open, for files in memory.
func openFiles(opts Options, files ...file) *Manifest {
	m := newManifest(opts)
	for i, f := range files {
		src := newSource(i, f.name, strings.NewReader(f.text), opts.Format)
		m.sources = append(m.sources, src)
	}
	return m
}

// read checks files and returns their rows or the problems.
func read(t testing.TB, opts Options, files ...file) ([]track.Row, Summary, Problems) {
	t.Helper()
	m := openFiles(opts, files...)
	summary, err := m.Check(context.Background())
	if err != nil {
		var problems Problems
		if !errors.As(err, &problems) {
			t.Fatalf("Check: %v", err)
		}
		return nil, summary, problems
	}
	return rowsOf(t, m), summary, nil
}

func rowsOf(t testing.TB, m *Manifest) []track.Row {
	t.Helper()
	var rows []track.Row
	for row, err := range m.Rows(context.Background()) {
		if err != nil {
			t.Fatalf("Rows: %v", err)
		}
		rows = append(rows, row)
	}
	return rows
}

// writtenOf returns the rows with their cells, which stay valid.
func writtenOf(t testing.TB, m *Manifest) []track.WrittenRow {
	t.Helper()
	var rows []track.WrittenRow
	for row, err := range m.WrittenRows(context.Background(), func(int) bool { return true }) {
		if err != nil {
			t.Fatalf("WrittenRows: %v", err)
		}
		cells, marked := row.Cells()
		row.Cells = func() ([]string, bool) { return slices.Clone(cells), marked }
		rows = append(rows, row)
	}
	return rows
}

// readWritten is like read, but returns the rows with their cells.
func readWritten(t testing.TB, opts Options, files ...file) ([]track.WrittenRow, Summary, Problems) {
	t.Helper()
	m := openFiles(opts, files...)
	summary, err := m.Check(context.Background())
	var problems Problems
	if errors.As(err, &problems) {
		return nil, summary, problems
	}
	if err != nil {
		t.Fatalf("Check: %v", err)
	}
	return writtenOf(t, m), summary, nil
}

// cellsOf is the cells of a row.
func cellsOf(r track.WrittenRow) []string {
	cells, _ := r.Cells()
	return cells
}

// says describes a row in one line.
func says(r track.Row) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %s id=%d", r.Number, r.Position, r.Update.ID)
	saysValues(&b, r.Update.Values)
	for i, v := range r.Expect {
		b.WriteString(map[bool]string{true: " if it has", false: " or"}[i == 0])
		saysValues(&b, v)
	}
	if r.Superseded {
		b.WriteString(" superseded")
	}
	for _, p := range r.Problems {
		fmt.Fprintf(&b, "\n    ! %s", p)
	}
	return b.String()
}

func saysValues(b *strings.Builder, v track.Values) {
	if !v.Name.IsZero() {
		fmt.Fprintf(b, " name=%q", v.Name)
	}
	if !v.Volume.IsZero() {
		fmt.Fprintf(b, " volume=%s", v.Volume)
	}
	if !v.Project.IsZero() {
		fmt.Fprintf(b, " project=%s", v.Project)
	}
	if !v.Media.IsZero() {
		fmt.Fprintf(b, " media=%q", v.Media)
	}
}

// inLines removes the spreadsheet cells from the positions in a message. Most tests
// expect only lines and columns.
func inLines(message string) string { return cellOfPlace.ReplaceAllString(message, "$1") }

var cellOfPlace = regexp.MustCompile(`(:\d+:\d+) \([A-Z]{1,3}\d+(?:, [^()]*)?\)`)

func wantProblems(t *testing.T, got Problems, want ...string) {
	t.Helper()
	for i, w := range want {
		if i >= len(got) {
			t.Errorf("missing problem: %s", w)
		} else if !strings.HasPrefix(got[i].Error(), w) && !strings.HasPrefix(inLines(got[i].Error()), w) {
			t.Errorf("problem %d:\n got %s\nwant %s…", i+1, got[i], w)
		}
	}
	if len(got) > len(want) {
		t.Errorf("surplus problems: %v", got[len(want):])
	}
}
