package report

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"tracksync/internal/display"
	"tracksync/internal/track"
)

// checkedManifest is a manifest with everything that is not plain.
var checkedManifest = Manifest{
	File: "tracks\x1b[31m.xlsx", Format: "xlsx",
	ManifestLayout: ManifestLayout{Gzip: true, Encoding: "windows-1252", BOM: true, Delimiter: "~", Sheet: "Tab \x07le",
		HeaderRow: 4, RowsAbove: 1, Columns: []Column{
			{"id", "id", "name"}, {"Track, \"title\"", "name", "synonym"}, {"", "", "nameless"},
			{"Lautst\u00e4rke", "volume", "guess"}, {"status", "", "report"}, {"x", "", "refused"},
		}},
	ManifestRows: ManifestRows{Rows: 1204, Invalid: 1, Blank: 1, Hidden: 12, LowestID: 17, HighestID: 90213,
		Sets: Sets{Name: 1200, Project: 7}, ProjectNull: 3},
}

func problemsAt(lines ...int) (list []track.Problem) {
	for _, line := range lines {
		list = append(list, track.Problem{Position: track.Position{File: "m.csv", Line: line, Column: 1},
			Message: fmt.Sprintf("volume %d is more than 100", line), Hint: "hint"})
	}
	return list
}

func TestWriteChecked(t *testing.T) {
	c := Checked{Manifests: []Manifest{checkedManifest, {File: "none.xls"}}, Ungrouped: 7, Groups: []Group{
		NewGroup(2, 2, track.Problem{}, problemsAt(5, 9), true),
		NewGroup(1412, 1412, track.Problem{Message: "volume … is more than 100", Hint: "hint"}, problemsAt(7, 8, 10, 11), false),
		NewGroup(6, 0, track.Problem{Message: "this item cannot be read"}, problemsAt(12, 13, 14, 15, 16), false),
	}}
	var b bytes.Buffer
	if err := WriteChecked(&b, c, display.Style{}); err != nil {
		t.Fatal(err)
	}
	want := `tracks\x1b[31m.xlsx
  format   XLSX, windows-1252 with a byte order mark, delimiter "~", sheet "Tab \x07le", packed with gzip
  header   row 4; 1 row above it is not read
  columns  id, "Track, \"title\"" → name, Lautstärke → volume (a guess)
  ignored  status, x (see below)
  rows     1,204, of which 1 is invalid; 12 hidden are read too; 1 blank is skipped
  ids      17 to 90213
  sets     name of 1,200, project_id of 7 (3 null)

none.xls
  format   not known
  rows     0
  sets     nothing

m.csv:5:1: volume 5 is more than 100 (hint)

1,412 rows: volume … is more than 100, first at m.csv:7:1
  hint
  m.csv:7:1: volume 7 is more than 100
  m.csv:8:1: volume 8 is more than 100
  m.csv:10:1: volume 10 is more than 100
  and 1,409 more

m.csv:9:1: volume 9 is more than 100 (hint)

6 problems: this item cannot be read, first at m.csv:12:1
  m.csv:12:1: volume 12 is more than 100
  m.csv:13:1: volume 13 is more than 100
  m.csv:14:1: volume 14 is more than 100
  and 3 more
and 7 problems of other kinds
`
	if got := b.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	b.Reset()
	if err := WriteChecked(&b, c, display.Style{Color: true, Width: 60}); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		if n := display.Columns(strings.TrimSpace(regexp.MustCompile(`\x1b\[[0-9;]*m`).ReplaceAllString(line, ""))); n > 60 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	if !strings.Contains(b.String(), "\x1b[31m1,412 rows") {
		t.Errorf("without colours:\n%s", b.String())
	}
}

func TestRemarkable(t *testing.T) {
	const want = `tracks\x1b[31m.xlsx: encoding windows-1252, sheet "Tab \x07le", header in row 4, ` +
		`column "Track, \"title\"" is read as name, column "status" is ignored`
	if got := checkedManifest.Remarkable(); got != want {
		t.Errorf("got %s", got)
	}
	plain := Manifest{File: "m.csv", ManifestLayout: ManifestLayout{Encoding: "UTF-8", BOM: true, Delimiter: ";", HeaderRow: 3,
		Columns: []Column{{"ID", "id", "name"}, {"#x", "", "comment"}, {"Level", "volume", "map"}, {"y", "", "unknown"}}}}
	if got := plain.Remarkable(); got != "" {
		t.Errorf("got %s", got)
	}
}

// A wide table takes few lines.
func TestManyColumns(t *testing.T) {
	m := Manifest{File: "m.csv"}
	for i := range 1000 {
		m.Columns = append(m.Columns, Column{Header: fmt.Sprint("column", i), Why: "unknown"})
	}
	if text := strings.Join(m.facts(), "|"); !strings.Contains(text, "columns|none|") ||
		!strings.Contains(text, ", and 970 more|") || len(text) > 1500 {
		t.Error(text)
	}
}

// After an error of the problems the document is no JSON.
func TestValidationIsCutOff(t *testing.T) {
	failed := errors.New("changed")
	v := Validation{Problems: func(yield func(track.Problem, error) bool) {
		_ = yield(problemsAt(5)[0], nil) && yield(track.Problem{}, failed)
	}}
	var b bytes.Buffer
	if err := v.Encode(&b); err != failed || strings.HasSuffix(b.String(), "}\n") {
		t.Errorf("%v\n%s", err, b.String())
	}
}
