package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"tracksync/internal/run"
	"tracksync/internal/sandbox"
)

// A run that was killed before it began leaves some of the files that it writes first. The same
// command starts it anew, or continues it once there is a run.json.
func TestContinueAfterAKillAtTheStart(t *testing.T) {
	env, box := serve(t, sandbox.Config{})
	dir := t.TempDir()
	whole := filepath.Join(dir, "whole")
	start := func(out string, flags ...string) output {
		args := append([]string{"sync", "--yes", "--out", out}, flags...)
		return call{args: append(args, "-"), in: threeRows, env: env}.run(t)
	}
	if got := start(whole); got.code != exitOK {
		t.Fatalf("exit %d\n%s", got.code, got.err)
	}
	// In the order in which they are written.
	written := []string{"lock", "lock.json", ".stdin-input.csv.tmp-1", ".stats.json.tmp-2", ".run.json.tmp-3",
		"stdin-input.csv", run.StatsFile, run.DescriptionFile, run.ResultsFile, run.SentFile}
	for n := range len(written) + 1 {
		for _, flags := range [][]string{{"--continue"}, nil} {
			begun := slices.Contains(written[:n], run.DescriptionFile)
			if begun && flags == nil {
				continue
			}
			killed := filepath.Join(t.TempDir(), "run")
			leave(t, whole, killed, written[:n])
			before := box.Stats().Requests
			got := start(killed, flags...)
			if got.code != exitOK || box.Stats().Requests != before+3 {
				t.Errorf("after %v, %v: exit %d, %d requests\n%s", written[:n], flags, got.code,
					box.Stats().Requests-before, got.err)
			}
			if again := start(killed, "--continue"); again.code != exitOK || box.Stats().Requests != before+3 {
				t.Errorf("after %v, again: exit %d\n%s", written[:n], again.code, again.err)
			}
		}
	}
}

// While a question waits, another process may begin a run in the directory, and end it. Whatever
// comes first, every row is sent once, and the other one continues the run or ends with 6.
func TestContinueWhereAnotherBegins(t *testing.T) {
	env, box := serve(t, sandbox.Config{})
	out := filepath.Join(t.TempDir(), "run")
	args := []string{"sync", "--out", out, "--continue", manifest(t, threeRows)}
	other := make(chan output, 1)
	var once sync.Once
	asked := call{args: args, env: env, terminal: true, in: "y\n"}
	asked.onErr = func(text string) {
		if strings.Contains(text, "Start?") {
			once.Do(func() { other <- call{args: append(args, "--yes"), env: env}.run(t) })
		}
	}
	for _, got := range []output{asked.run(t), <-other} {
		if got.code != exitOK && got.code != exitHeld {
			t.Errorf("exit %d\n%s", got.code, got.err)
		}
	}
	if got := asked.run(t); got.code != exitOK || box.Stats().ByMethod["PUT"] != 3 {
		t.Errorf("in the end: exit %d, %d updates\n%s", got.code, box.Stats().ByMethod["PUT"], got.err)
	}
}

// leave makes the directory of a killed run: files of another run, and empty ones that it does
// not have.
func leave(t *testing.T, from, to string, names []string) {
	t.Helper()
	if err := os.Mkdir(to, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		b, _ := os.ReadFile(filepath.Join(from, name))
		if name == run.ResultsFile {
			b = nil // not one row has ended
		}
		if err := os.WriteFile(filepath.Join(to, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
