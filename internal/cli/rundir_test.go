package cli

import (
	"path/filepath"
	"strings"
	"testing"

	"tracksync/internal/sandbox"
)

// A state file that cannot be written is reported before anything is sent, and the
// directory can be used again.
func TestAStateFileThatCannotBeWritten(t *testing.T) {
	env, box := serve(t, sandbox.Config{})
	dir := t.TempDir()
	args := []string{"sync", "--yes", "--out", filepath.Join(dir, "run"), "--state",
		filepath.Join(dir, "nothing", "x.state"), "-"}
	for range 2 {
		got := call{args: args, in: "id,volume\n1,5\n", env: env}.run(t)
		if got.code != exitUsage || !strings.Contains(got.err, "--state") || box.Stats().Requests > 0 {
			t.Fatalf("exit %d\n%s", got.code, got.err)
		}
	}
}

// A resumed run reports the rows that its manifest no longer has, even those that it
// never reached.
func TestAResumedRunSaysThatItHasFewerRows(t *testing.T) {
	env, _ := serve(t, sandbox.Config{Fail: map[int64]int{2: 401}})
	run := filepath.Join(t.TempDir(), "run")
	const three = "id,volume\n2,5\n1,5\n3,5\n"
	if got := (call{args: []string{"sync", "--yes", "--concurrency", "1", "--out", run, "-"}, in: three,
		env: env}).run(t); got.code != exitKey {
		t.Fatalf("exit %d\n%s", got.code, got.err)
	}
	for _, now := range []struct {
		only string
		said bool
	}{{"1,2,3", false}, {"1", true}} {
		got := call{args: []string{"sync", "--yes", "--resume", run, "--only", now.only, "-"}, in: three,
			env: env}.run(t)
		if said := strings.Contains(got.err, "fewer rows than before"); said != now.said {
			t.Errorf("%s: %v\n%s", now.only, said, got.err)
		}
	}
}
