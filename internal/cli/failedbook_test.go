package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"tracksync/internal/sandbox"
)

// workbookFile writes a workbook with one sheet, and returns its path.
func workbookFile(t *testing.T, name string, rows ...[]any) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), name)
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// openBook opens a workbook, with the texts of its first sheet.
func openBook(t *testing.T, path string) (*excelize.File, [][]string) {
	t.Helper()
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	rows, err := f.GetRows("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	return f, rows
}

// putIDs are the ids that the sandbox has been sent.
func putIDs(t *testing.T, dir string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "results.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, m := range regexp.MustCompile(`"id":(\d+)`).FindAllStringSubmatch(string(b), -1) {
		ids = append(ids, m[1])
	}
	slices.Sort(ids)
	return strings.Join(ids, " ")
}

// failed.xlsx is the user's workbook with the rows that need attention marked. It runs
// exactly those again, and those that were edited.
func TestFailedWorkbook(t *testing.T) {
	path := workbookFile(t, "tracks.xlsx", []any{"id", "name", "volume"}, []any{17, "a", 10}, []any{18, "b", 20},
		[]any{19, "c", 30}, []any{20, "d", 400}, []any{21, "e", 50})
	dir := filepath.Join(t.TempDir(), "run")
	env, _ := serve(t, sandbox.Config{Fail: map[int64]int{18: 422}})
	got := call{args: []string{"sync", "--yes", "--rate", "unlimited", "--on-invalid", "skip", "--out", dir, path},
		env: env}.run(t)
	book := filepath.Join(dir, "failed.xlsx")
	if got.code != exitRows || !got.says("fix these rows in "+book) {
		t.Fatalf("exit %d\n%s", got.code, got.err)
	}
	f, rows := openBook(t, book)
	want := [][]string{{"id", "name", "volume", "#tracksync"}, {"17", "a", "10", "✓ updated"}, {"18", "b", "20",
		"✗ failed: body is refused"},
		{"19", "c", "30", "✓ updated"}, {"20", "d", "400",
			"✗ volume 400 is more than 100 (--max-volume raises this limit)"}, {"21", "e", "50", "✓ updated"}}
	for i := range want {
		if i >= len(rows) || fmt.Sprint(rows[i][:3]) != fmt.Sprint(want[i][:3]) || !strings.HasPrefix(rows[i][3],
			want[i][3]) {
			t.Errorf("row %d: %q, want %q", i+1, rows[i], want[i])
		}
	}
	comments, err := f.GetComments("Sheet1")
	if err != nil || len(comments) != 2 || comments[0].Cell != "A3" || comments[1].Cell != "C5" {
		t.Errorf("notes %+v, %v", comments, err)
	}

	// Fixed in place, the very same file is synced again, with a row that is edited.
	for cell, value := range map[string]any{"C5": 40, "C6": 55} {
		if err := f.SetCellValue("Sheet1", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Save(); err != nil {
		t.Fatal(err)
	}
	env, _ = serve(t, sandbox.Config{})
	again := filepath.Join(t.TempDir(), "again")
	got = call{args: []string{"sync", "--yes", "--rate", "unlimited", "--out", again, book}, env: env}.run(t)
	if ids := putIDs(t, again); got.code != exitOK || ids != "18 20 21" {
		t.Errorf("exit %d, ids %s\n%s", got.code, ids, got.err)
	}
	if !strings.Contains(got.err, "2 rows are done already and left out") {
		t.Error(got.err)
	}
}

// A second run of failed.xlsx that fails again makes one in which what was done before is
// still done. So it is with rows that were not part of the run.
func TestFailedWorkbookAgain(t *testing.T) {
	path := workbookFile(t, "tracks.xlsx", []any{"id", "volume"}, []any{17, 10}, []any{18, 20}, []any{19, 30})
	run := func(path string, args ...string) (string, output) {
		dir := filepath.Join(t.TempDir(), "run")
		env, _ := serve(t, sandbox.Config{Fail: map[int64]int{18: 422}})
		got := call{args: append([]string{"sync", "--yes", "--rate", "unlimited", "--out", dir, path}, args...),
			env: env}.run(t)
		return dir, got
	}
	first, got := run(path, "--only", "17,18")
	_, rows := openBook(t, filepath.Join(first, "failed.xlsx"))
	if got.code != exitRows || rows[1][2] != "✓ updated" || !strings.HasPrefix(rows[2][2], "✗ failed") ||
		rows[3][2] != "✓ left out of the run" {
		t.Errorf("exit %d, %q", got.code, rows)
	}
	second, got := run(filepath.Join(first, "failed.xlsx"))
	_, rows = openBook(t, filepath.Join(second, "failed.xlsx"))
	if ids := putIDs(t, second); got.code != exitRows || ids != "18" || rows[1][2] != "✓ done before" ||
		rows[3][2] != "✓ done before" {
		t.Errorf("exit %d, ids %s, %q", got.code, ids, rows)
	}
	third, _ := run(filepath.Join(second, "failed.xlsx"))
	if ids := putIDs(t, third); ids != "18" {
		t.Errorf("ids %s", ids)
	}
	if b, err := os.ReadFile(filepath.Join(first, "failed.csv")); err != nil || !bytes.Contains(b, []byte("18,20")) {
		t.Errorf("failed.csv: %s, %v", b, err)
	}
}

// Values that --set gave to rows belong to what is done. Rows that are asked for other values
// run again.
func TestFailedWorkbookWithSet(t *testing.T) {
	path := workbookFile(t, "tracks.xlsx", []any{"id", "name", "volume"}, []any{17, "a", nil}, []any{18, "b", nil}, []any{19, "c", 30})
	run := func(path string, args ...string) (string, output) {
		dir := filepath.Join(t.TempDir(), "run")
		env, _ := serve(t, sandbox.Config{Fail: map[int64]int{18: 422}})
		got := call{args: append([]string{"sync", "--yes", "--rate", "unlimited", "--out", dir, path}, args...), env: env}.run(t)
		return dir, got
	}
	first, _ := run(path, "--set", "volume=40")
	for args, want := range map[string]string{"--set=volume=40": "18", "--skip-hidden=false": "18", "--set=volume=50": "17 18"} {
		again, got := run(filepath.Join(first, "failed.xlsx"), args)
		if ids := putIDs(t, again); ids != want {
			t.Errorf("%s: ids %s, want %s\n%s", args, ids, want, got.err)
		}
	}
	second, _ := run(filepath.Join(first, "failed.xlsx"), "--set", "volume=40")
	third, _ := run(filepath.Join(second, "failed.xlsx"), "--set", "volume=40")
	fourth, _ := run(filepath.Join(second, "failed.xlsx"))
	if ids := putIDs(t, third) + ", " + putIDs(t, fourth); ids != "18, 18" {
		t.Errorf("ids %s", ids)
	}
}
