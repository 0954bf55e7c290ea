package safe

import (
	"io"
	"os"
	"path/filepath"
	"testing"
)

// What a process leaves that is killed while it writes is found and removed, and
// nothing else is.
func TestRemoveLeftovers(t *testing.T) {
	dir := t.TempDir()
	var unfinished string
	err := WriteFile(filepath.Join(dir, "summary.json"), func(io.Writer) error {
		found, err := filepath.Glob(filepath.Join(dir, ".*"))
		if err != nil || len(found) != 1 {
			t.Fatal(found, err)
		}
		unfinished = filepath.Base(found[0])
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	others := []string{"results.jsonl", ".hidden", ".summary.json.tmp-", ".summary.json.tmp-12a", "x.tmp-12",
		".a.tmp-1"}
	for _, name := range append(others, unfinished) {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := RemoveLeftovers(dir); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() == unfinished || e.Name() == ".a.tmp-1" {
			t.Errorf("%s is still there", e.Name())
		}
	}
	if len(entries) != len(others) { // with summary.json, and without one of others
		t.Errorf("left are %v", entries)
	}
	if err := RemoveLeftovers(filepath.Join(dir, "missing")); err == nil {
		t.Error("a directory that is not there is no error")
	}
}
