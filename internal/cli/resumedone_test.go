package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tracksync/internal/sandbox"
)

// A resumed run that has nothing left to do sends nothing. The file of results stays the
// same, unless rows have moved.
func TestResumeOfARunThatIsDone(t *testing.T) {
	env, box := serve(t, sandbox.Config{})
	dir := t.TempDir()
	run, manifest := filepath.Join(dir, "run"), filepath.Join(dir, "tracks.csv")
	results := filepath.Join(run, "results.jsonl")
	const header, rows = "id,volume,media_url\n", "2,5,https://example.com/2.mp3\n1,6,\n"
	for _, session := range []struct {
		name, manifest string
		args           []string
		same           bool
		requests       int
	}{
		{"first", header + rows, []string{"--out", run, manifest}, false, 2},
		{"as it was", header + rows, []string{"--resume", run}, true, 2},
		{"once more", header + rows, []string{"--resume", run}, true, 2},
		{"a blank line", header + "\n" + rows, []string{"--resume", run}, false, 2},
		{"with the blank line", header + "\n" + rows, []string{"--resume", run}, true, 2},
		{"a new state file", header + "\n" + rows, []string{"--state", filepath.Join(dir, "state"), "--resume", run},
			true, 2},
		{"a row that asks nothing", header + rows + "3,,\n", []string{"--resume", run}, false, 2},
		{"a row more", header + rows + "3,7,\n", []string{"--resume", run}, false, 3},
	} {
		if err := os.WriteFile(manifest, []byte(session.manifest), 0o600); err != nil {
			t.Fatal(err)
		}
		before, _ := os.Stat(results)
		_ = before != nil && os.SameFile(before, before) // on Windows, only this looks which file it is
		got := call{args: append([]string{"sync", "--yes"}, session.args...), env: env}.run(t)
		after, err := os.Stat(results)
		if got.code != exitOK || err != nil {
			t.Fatalf("%s: exit %d, %v\n%s", session.name, got.code, err, got.err)
		}
		if n := box.Stats().Requests; n != session.requests {
			t.Errorf("%s: %d requests so far, want %d", session.name, n, session.requests)
		}
		if same := before != nil && os.SameFile(before, after); same != session.same {
			t.Errorf("%s: the same file: %v", session.name, same)
		}
		b, err := os.ReadFile(results)
		if err != nil || strings.Count(string(b),
			"\n") != strings.Count(strings.ReplaceAll(session.manifest, "\n\n", "\n"), "\n")-1 {
			t.Errorf("%s: %v, results are\n%s", session.name, err, b)
		}
	}
}
