package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tracksync/internal/sandbox"
)

// A run that was stopped can be taken up again, and may be all that knows the way
// back: --keep leaves it.
func TestKeepLeavesRunsThatWereStopped(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, end := range map[string]string{
		"20261123T150405Z-000001": "completed", "20261123T150405Z-000002": "interrupted", "20261123T150405Z-000003": "",
	} {
		path := filepath.Join(runsDir, name)
		if err := os.MkdirAll(path, 0o700); err != nil {
			t.Fatal(err)
		}
		if end == "" {
			continue // it was killed
		}
		if err := os.WriteFile(filepath.Join(path, summaryFile), []byte(`{"started_at":"2026-11-23T15:04:05Z","end":"`+end+`"}`), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := pruneRuns(1, ""); n != 1 || err != nil {
		t.Errorf("removed %d, %v", n, err)
	}
	entries, err := os.ReadDir(runsDir)
	if err != nil || len(entries) != 2 || entries[0].Name() != "20261123T150405Z-000002" || entries[1].Name() != "20261123T150405Z-000003" {
		t.Errorf("%v, %v", entries, err)
	}
}

// A state file that cannot be written is said before anything is sent, and the
// directory can be named again.
func TestAStateFileThatCannotBeWritten(t *testing.T) {
	env, box := serve(t, sandbox.Config{})
	dir := t.TempDir()
	args := []string{"sync", "--yes", "--out", filepath.Join(dir, "run"), "--state", filepath.Join(dir, "nothing", "x.state"), "-"}
	for range 2 {
		got := call{args: args, in: "id,volume\n1,5\n", env: env}.run(t)
		if got.code != exitUsage || !strings.Contains(got.err, "--state") || box.Stats().Requests > 0 {
			t.Fatalf("exit %d\n%s", got.code, got.err)
		}
	}
}

// Rows that a resumed run does not have any more are said, also those that it
// never came to.
func TestAResumedRunSaysThatItHasFewerRows(t *testing.T) {
	env, _ := serve(t, sandbox.Config{Fail: map[int64]int{2: 401}})
	run := filepath.Join(t.TempDir(), "run")
	const three = "id,volume\n2,5\n1,5\n3,5\n"
	if got := (call{args: []string{"sync", "--yes", "--concurrency", "1", "--out", run, "-"}, in: three, env: env}).run(t); got.code != exitKey {
		t.Fatalf("exit %d\n%s", got.code, got.err)
	}
	for _, now := range []struct {
		only string
		said bool
	}{{"1,2,3", false}, {"1", true}} {
		got := call{args: []string{"sync", "--yes", "--resume", run, "--only", now.only, "-"}, in: three, env: env}.run(t)
		if said := strings.Contains(got.err, "fewer rows than before"); said != now.said {
			t.Errorf("%s: %v\n%s", now.only, said, got.err)
		}
	}
}
