//go:build unix

package cli

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"tracksync/internal/sandbox"
)

// Pipes in different directories may have the same name; each is copied.
func TestPipesOfOneName(t *testing.T) {
	env, box := serve(t, sandbox.Config{})
	dir := t.TempDir()
	args := []string{"sync", "--yes", "--input-format", "csv", "--out", filepath.Join(dir, "run")}
	for _, id := range []string{"1", "2"} {
		path := filepath.Join(dir, id, "x")
		if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
		go func() { _ = os.WriteFile(path, []byte("id,volume\n"+id+",5\n"), 0o600) }() // blocks until it is read
		args = append(args, path)
	}
	if got := (call{args: args, env: env}).run(t); got.code != exitOK || box.Stats().Applied != 2 {
		t.Fatalf("exit %d\n%s", got.code, got.err)
	}
	again := call{args: []string{"sync", "--yes", "--resume", filepath.Join(dir, "run")}, env: env}.run(t)
	if again.code != exitOK || box.Stats().Applied != 2 {
		t.Errorf("exit %d, %d applied\n%s", again.code, box.Stats().Applied, again.err)
	}
	copies, err := filepath.Glob(filepath.Join(dir, "run", "*-x-input.csv"))
	if err != nil || len(copies) != 2 {
		t.Errorf("kept %v, %v", copies, err)
	}
}

// A signal ends the wait for a key that nobody writes.
func TestSilentKeyFile(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "key")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	signals := make(chan os.Signal, 1)
	signals <- syscall.SIGTERM
	got := call{args: []string{"sync", "--yes", "--api-key-file", pipe, "tracks.csv"}, signals: signals}.run(t)
	if got.code != exitTerminated || !strings.Contains(got.err, "interrupted; nothing was sent") {
		t.Errorf("%d: %s", got.code, got.err)
	}
}
