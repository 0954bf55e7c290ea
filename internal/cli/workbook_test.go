package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"tracksync/internal/sandbox"
)

// saveWorkbook writes a workbook with the same table in some sheets.
func saveWorkbook(t *testing.T, path string, table [][]any, sheets ...string) {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	percent, err := f.NewStyle(&excelize.Style{NumFmt: 9})
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range sheets {
		if i == 0 {
			err = f.SetSheetName("Sheet1", name)
		} else {
			_, err = f.NewSheet(name)
		}
		if err != nil {
			t.Fatal(err)
		}
		for row, cells := range table {
			if err := f.SetSheetRow(name, "A"+string(rune('1'+row)), &cells); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.SetCellStyle(name, "B1", "B9", percent); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
}

// A run of a workbook: its places, its rows to run again, and its sheet, which a resumed run
// reads although another one could now be meant.
func TestRunOfAWorkbook(t *testing.T) {
	env, box := serve(t, sandbox.Config{})
	dir := t.TempDir()
	run, manifest := filepath.Join(dir, "run"), filepath.Join(dir, "tracks.xlsx")
	table := [][]any{{"Tracks of 2026"}, {"id", "volume", "name"}, {1, 0.55, "a"}, {2, 55, "b"}, {3, 0.4, "c"}}
	saveWorkbook(t, manifest, table, "My tracks")
	got := call{args: []string{"sync", "--yes", "--on-invalid", "skip", "--out", run, manifest}, env: env}.run(t)
	if got.code != exitRows || box.Stats().Requests != 2 {
		t.Fatalf("exit %d, %d requests\n%s", got.code, box.Stats().Requests, got.err)
	}
	for name, wants := range map[string][]string{
		"results.jsonl": {`"source":"` + strings.ReplaceAll(manifest, `\`, `\\`) + `","sheet":"My tracks","cell":"A3","id":1,"status":"updated"`,
			`"sheet":"My tracks","cell":"A4","id":2,"status":"invalid"`, "so it shows 5500%"},
		"run.json":   {`"format": "xlsx"`, `"sheet": "My tracks"`, `"header_row": 2`},
		"failed.csv": {"\ufeffid,volume,name,#error\n2?,5500%,b,"},
	} {
		b, err := os.ReadFile(filepath.Join(run, name))
		for _, want := range wants {
			if err != nil || !strings.Contains(string(b), want) {
				t.Errorf("%v, %s lacks %s:\n%s", err, name, want, b)
			}
		}
	}
	if !strings.Contains(got.err, "tracks.xlsx:'My tracks'!B4: the cell contains 55") {
		t.Errorf("no place in\n%s", got.err)
	}
	table[3][1] = 0.6
	saveWorkbook(t, manifest, append(table, []any{4, 0.1, "d"}), "Newer", "My tracks")
	got = call{args: []string{"sync", "--yes", "--resume", run}, env: env}.run(t)
	if got.code != exitOK || box.Stats().Requests != 4 {
		t.Fatalf("exit %d, %d requests\n%s", got.code, box.Stats().Requests, got.err)
	}
	got = call{args: []string{"validate", manifest}, env: env}.run(t)
	if got.code != exitUsage || !strings.Contains(got.out+got.err, "2 sheets have an id column") {
		t.Errorf("exit %d\n%s", got.code, got.err)
	}
	got = call{args: []string{"plan", "--sheet", "2", manifest}, env: env}.run(t)
	if got.code != exitOK || !strings.Contains(got.err+got.out, "planned: nothing would change") {
		t.Errorf("exit %d\n%s", got.code, got.err+got.out)
	}
	// A workbook from a pipe is kept, and read again from there.
	b, err := os.ReadFile(manifest)
	if err != nil {
		t.Fatal(err)
	}
	piped := filepath.Join(dir, "piped")
	got = call{args: []string{"sync", "--yes", "--sheet", "Newer", "--limit", "1", "--out", piped, "-"},
		in: string(b), env: env}.run(t)
	if _, err := os.Stat(filepath.Join(piped, "stdin-input.xlsx")); got.code != exitOK || err != nil {
		t.Errorf("exit %d, %v\n%s", got.code, err, got.err)
	}
}
