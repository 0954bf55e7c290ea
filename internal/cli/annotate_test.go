package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func notesIn(t *testing.T, f *excelize.File, sheet string) string {
	t.Helper()
	list, err := f.GetComments(sheet)
	if err != nil {
		t.Fatal(err)
	}
	var cells []string
	for _, c := range list {
		cells = append(cells, c.Cell)
	}
	return strings.Join(cells, " ")
}

// A sheet comes back with its mistakes marked, is fixed in place, and is synced.
func TestAnnotateWorkbook(t *testing.T) {
	path := workbookFile(t, "tracks.xlsx", []any{"id", "name", "volume"}, []any{17, "a", 10}, []any{18, "b", 200},
		[]any{18, "c", 30}, []any{"x", " ", 40})
	out := filepath.Join(t.TempDir(), "marked.xlsx")
	got := call{args: []string{"validate", "--annotate", out, path}}.run(t)
	if got.code != exitUsage || !got.says("3 rows marked in "+out+", the first at C3") {
		t.Fatalf("exit %d\n%s%s", got.code, got.out, got.err)
	}
	f, rows := openBook(t, out)
	if notes := notesIn(t, f, "Sheet1"); notes != "C3 A4 A5 B5" {
		t.Errorf("notes at %s", notes)
	}
	for i, want := range []string{"#tracksync", "", "✗ volume 200", "✗ id 18", "✗ "} {
		text := ""
		if len(rows[i]) > 3 {
			text = rows[i][3]
		}
		if !strings.HasPrefix(text, want) || want == "" && text != "" {
			t.Errorf("row %d: %q", i+1, rows[i])
		}
	}
	for cell, value := range map[string]any{"C3": 20, "A4": 19, "A5": 20, "B5": "d"} {
		if err := f.SetCellValue("Sheet1", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Save(); err != nil {
		t.Fatal(err)
	}
	if got := (call{args: []string{"validate", out}}).run(t); got.code != exitOK {
		t.Errorf("exit %d\n%s%s", got.code, got.out, got.err)
	}
	// It was edited, so it is not replaced. Marked again, it has no marks any more.
	if got := (call{args: []string{"validate", "--annotate", out, path}}).run(t); got.code != exitUsage ||
		!strings.Contains(got.err, "is there already") {
		t.Errorf("exit %d\n%s", got.code, got.err)
	}
	clean := filepath.Join(t.TempDir(), "clean.xlsx")
	got = call{args: []string{"validate", "--annotate", clean, out}}.run(t)
	f, rows = openBook(t, clean)
	if notes := notesIn(t, f, "Sheet1"); got.code != exitOK || notes != "" || len(rows[2]) != 3 {
		t.Errorf("exit %d, notes at %s, %q\n%s", got.code, notes, rows, got.err)
	}
	// What nobody has edited is replaced.
	if got := (call{args: []string{"validate", "--annotate", clean, out}}).run(t); got.code != exitOK {
		t.Errorf("exit %d\n%s", got.code, got.err)
	}
}

// A CSV file becomes a workbook, with texts as they are.
func TestAnnotateCSV(t *testing.T) {
	path := manifest(t,
		"id;name;volume;#mine\n17;=1+1;10;x\n\n18;\"a\nb\";200;\n123456789012345678;c;30;007\n19;d\n;e;5;\n")
	out := filepath.Join(t.TempDir(), "marked.xlsx")
	got := call{args: []string{"validate", "--annotate", out, path}}.run(t)
	if got.code != exitUsage || !got.says("3 rows marked in "+out+", the first at C3") {
		t.Fatalf("exit %d\n%s%s", got.code, got.out, got.err)
	}
	f, err := excelize.OpenFile(out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("tracks")
	want := [][]string{{"id", "name", "volume", "#mine", "#tracksync"}, {"17", "=1+1", "10", "x"}, {"18", "a\nb",
		"200", ""},
		{"123456789012345678", "c", "30", "007"}, {"19", "d", "", ""}, {"", "e", "5", ""}}
	for i, row := range want {
		if len(rows) != len(want) || fmt.Sprint(rows[i][:len(row)]) != fmt.Sprint(row) {
			t.Fatalf("%v: %q", err, rows)
		}
	}
	if notes := notesIn(t, f, "tracks"); notes != "C3 A5 A6" {
		t.Errorf("notes at %s", notes)
	}
}

func TestAnnotateRefuses(t *testing.T) {
	csv, dir := manifest(t, threeRows), t.TempDir()
	xlsx := workbookFile(t, "tracks.xlsx", []any{"id", "volume"}, []any{17, 10})
	yaml, foreign := filepath.Join(dir, "a.yaml"), filepath.Join(dir, "mine.xlsx")
	for name, text := range map[string]string{yaml: "- {id: 17, volume: 5}\n", foreign: "mine", filepath.Join(dir,
		"a.xlsm"): ""} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out := filepath.Join(dir, "out.xlsx")
	for says, args := range map[string][]string{
		"annotate one at a time":    {"--annotate", out, csv, csv},
		"must be called .xlsx":      {"--annotate", filepath.Join(dir, "out.csv"), csv},
		"must be called .xlsm":      {"--annotate", out, filepath.Join(dir, "a.xlsm")},
		"is the manifest itself":    {"--annotate", xlsx, xlsx},
		"the file is there already": {"--annotate", foreign, csv},
		"and the manifest is YAML":  {"--annotate", out, yaml},
		"no sheet of the workbook can": {"--annotate", out, workbookFile(t, "b.xlsx", []any{"title"}), "--sheet",
			"Gone"},
	} {
		got := call{args: append([]string{"validate"}, args...)}.run(t)
		if got.code != exitUsage || !strings.Contains(got.err, says) {
			t.Errorf("%s: exit %d\n%s", says, got.code, got.err)
		}
		if _, err := os.Stat(out); err == nil {
			t.Errorf("%s: a file was written", says)
		}
	}
	if b, err := os.ReadFile(foreign); err != nil || string(b) != "mine" {
		t.Error("a file was replaced")
	}
}

// A table that is too large for marks comes back as CSV.
func TestAnnotateLargeTable(t *testing.T) {
	var b strings.Builder
	b.WriteString("id,volume\n")
	for id := range 50_001 {
		fmt.Fprintf(&b, "%d,%d\n", id+1, id%102)
	}
	dir := t.TempDir()
	got := call{args: []string{"validate", "--annotate", filepath.Join(dir, "out.xlsx"), manifest(t,
		b.String())}}.run(t)
	if got.code != exitUsage || !strings.Contains(got.err, "more than 50,000 rows") || !strings.Contains(got.err,
		"CSV is written instead") {
		t.Errorf("exit %d\n%s", got.code, got.err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "out.csv"))
	if err != nil || !strings.HasPrefix(string(text), "id,volume,#tracksync\n1,0,\n") ||
		!strings.Contains(string(text),
			"\n102,101,volume 101 is more than 100 (--max-volume raises this limit)\n103,0,\n") {
		t.Errorf("%v\n%.300s", err, text)
	}
	if _, err := os.Stat(filepath.Join(dir, "out.xlsx")); err == nil {
		t.Error("a workbook was written too")
	}
	// The CSV is a manifest itself.
	if got := (call{args: []string{"validate", "--on-invalid", "skip", filepath.Join(dir,
		"out.csv")}}).run(t); got.code != exitOK {
		t.Errorf("exit %d\n%.500s", got.code, got.err)
	}
}

// A name that is too long for a cell is not cut.
func TestAnnotateLongName(t *testing.T) {
	dir := t.TempDir()
	path := manifest(t, "id,name\n17,"+strings.Repeat("x", 40_000)+"\n18,\n18,\n")
	got := call{args: []string{"validate", "--annotate", filepath.Join(dir, "out.xlsx"), path}}.run(t)
	if got.code != exitUsage || !strings.Contains(got.err,
		"B2: a cell holds at most 32,767 characters, so CSV is written instead") {
		t.Errorf("exit %d\n%s", got.code, got.err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "out.csv")); err != nil || !strings.Contains(string(text),
		"\n18,,") {
		t.Error(err)
	}
}

// A mistake stays one in the workbook that is made of a table, and is not turned into a name
// that is valid.
func TestAnnotatedControlCharacters(t *testing.T) {
	dir := t.TempDir()
	table, book := filepath.Join(dir, "m.csv"), filepath.Join(dir, "m.xlsx")
	if err := os.WriteFile(table, []byte("id,name\n17,a\x01b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	call{args: []string{"validate", "--annotate", book, table}}.run(t)
	got := call{args: []string{"validate", book}}.run(t)
	if got.code != exitUsage || !strings.Contains(got.out, `the name "a\x01b" contains the control character U+0001`) {
		t.Errorf("exit %d\n%s%s", got.code, got.out, got.err)
	}
}
