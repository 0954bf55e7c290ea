package cli

import (
	"path/filepath"
	"strings"
	"testing"

	"tracksync/internal/sandbox"
)

// A number that would be misunderstood is an error, which says how to switch the flag
// off.
func TestNumbersThatCannotBeMeant(t *testing.T) {
	file := manifest(t, threeRows)
	for _, tc := range []struct{ command, flag, number string }{
		{"sync", "limit", "0"}, {"sync", "limit", "-1"}, {"sync", "limit", "1.5"}, {"sync", "canary", "0"},
		{"sync", "keep", "0"},
		{"sync", "deadline", "0"}, {"sync", "deadline", "-5s"}, {"sync", "grace", "0"}, {"sync", "timeout", "0"},
		{"sync", "max-outage", "0"},
		{"sync", "concurrency", "0"}, {"sync", "max-attempts", "0"}, {"sync", "max-failures", "0"},
		{"sync", "rate", "0"}, {"sync", "max-rate", "0"},
		{"sync", "only", "0"}, {"sync", "max-volume", "-1"}, {"plan", "limit", "0"}, {"plan", "deadline", "0s"},
		{"validate", "limit", "0"},
		{"sandbox", "page-size", "0"},
	} {
		got := call{args: []string{tc.command, "--" + tc.flag + "=" + tc.number, file},
			env: environment("http://127.0.0.1:1")}.run(t)
		if got.code != exitUsage || !strings.Contains(got.err, tc.flag) {
			t.Errorf("%s --%s %s: exit %d\n%s", tc.command, tc.flag, tc.number, got.code, got.err)
		}
	}
}

// Off is the default, is in the help, and switches off what a resumed run has recorded.
func TestOff(t *testing.T) {
	help := call{args: []string{"sync", "--help"}}.run(t)
	if n := strings.Count(help.out, "(default off)"); n < 5 {
		t.Errorf("%d flags are off\n%s", n, help.out)
	}
	env, box := serve(t, sandbox.Config{Fail: map[int64]int{2: 422}})
	run, file := filepath.Join(t.TempDir(), "run"), manifest(t, threeRows)
	args := []string{"sync", "--yes", "--limit", "2", "--canary", "1", "--deadline", "1h", "--out", run, file}
	if got := (call{args: args, env: env}).run(t); got.code != exitStopped && got.code != exitRows {
		t.Fatalf("exit %d\n%s", got.code, got.err)
	}
	args = []string{"sync", "--yes", "--limit", "off", "--canary", "off", "--deadline", "off", "--resume", run}
	got := call{args: args, env: env}.run(t)
	if now, _ := box.Track(3); got.code != exitRows || now.Track.Volume != 30 {
		t.Errorf("exit %d, volume %d\n%s", got.code, now.Track.Volume, got.err)
	}
}

// A missing value is described in words.
func TestWhatIsNotThere(t *testing.T) {
	file, nothing := manifest(t, threeRows), filepath.Join(t.TempDir(), "nothing")
	for _, args := range [][]string{
		{"sync", "--resume", nothing}, {"sync", "--api-key-file", nothing, file}, {"sync", "--ca-file", nothing, file},
		{"sync", nothing},
		{"sandbox", "--request-log", filepath.Join(nothing, "x")},
	} {
		got := call{args: args, env: environment("http://127.0.0.1:1")}.run(t)
		if got.code != exitUsage || !strings.Contains(got.err, "there is no such") ||
			strings.Contains(got.err, "stat ") || strings.Contains(got.err, "open ") {
			t.Errorf("%s: exit %d\n%s", args, got.code, got.err)
		}
	}
}
