package cli

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"tracksync/internal/sandbox"
)

// On a terminal the first failures are shown as they come, each with place, id and name, and the
// others are counted. A log lists them at its end.
func TestFailuresAsTheyCome(t *testing.T) {
	fail := map[int64]int{}
	rows := "id,name,volume\n"
	for id := range int64(maxFailuresSaid + 3) {
		fail[id+1] = 404
		rows += fmt.Sprintf("%d,Song %d,10\n", id+1, id+1)
	}
	rows += "100,Song 100,10\n"
	few := maps.Clone(fail)
	maps.DeleteFunc(few, func(id int64, _ int) bool { return id > maxFailuresSaid })
	for _, tc := range []struct {
		fail     map[int64]int
		terminal bool
		lines    int
		more     int
	}{
		{fail, true, maxFailuresSaid, 1},
		{few, true, maxFailuresSaid, 0},
		{fail, false, 0, 0},
	} {
		env, _ := serve(t, sandbox.Config{Fail: tc.fail})
		t.Chdir(t.TempDir()) // so that the name of the manifest is short
		const file = "tracks.csv"
		write(t, file, rows)
		got := call{args: []string{"sync", "--yes", "--concurrency", "1", "--color", "never", "--out", t.TempDir(), file}, env: env,
			terminal: tc.terminal, width: 400}.run(t)
		lines := strings.Count(got.err, " failed: not_found: Not Found\n")
		if got.code != exitRows || lines != tc.lines || strings.Count(got.err, "further failures are only counted") != tc.more {
			t.Errorf("%d failures, terminal %v: exit %d, %d lines\n%s", len(tc.fail), tc.terminal, got.code, lines, got.err)
		}
		if tc.terminal && (!strings.Contains(got.err, file+`:2: track 1 "Song 1" failed: not_found`) ||
			!strings.Contains(got.err, `for example `+file+`:2, track 1 "Song 1"`)) {
			t.Errorf("no place, id and name:\n%s", got.err)
		}
	}
}
