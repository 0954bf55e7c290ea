//go:build unix

package journal

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"tracksync/internal/track"
)

// A file that was removed or replaced accepts lines and loses them.
func TestFileIsGone(t *testing.T) {
	for name, remove := range map[string]func(path string) error{
		"removed":            os.Remove,
		"with its directory": func(path string) error { return os.RemoveAll(filepath.Dir(path)) },
		"replaced": func(path string) error {
			return errors.Join(os.Remove(path), os.WriteFile(path, nil, 0o600))
		},
		"moved away":             func(path string) error { return os.Rename(path, path+".old") },
		"gone on with, and then": func(path string) error { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "run", "results.jsonl")
			if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			j, err := createJournal(path, Options{})
			if err != nil {
				t.Fatal(err)
			}
			appendAll(t, j, result(1, track.Updated))
			if err := j.Sync(); err != nil {
				t.Fatal(err)
			}
			if name == "gone on with, and then" {
				if err := j.Close(); err != nil {
					t.Fatal(err)
				}
				if j, err = openJournal(path, j.Whole(), j.rows, Options{}); err != nil {
					t.Fatal(err)
				}
				remove = os.Remove
			}
			if err := remove(path); err != nil {
				t.Fatal(err)
			}
			appendAll(t, j, result(2, track.Updated))
			if err := j.Sync(); !errors.Is(err, ErrGone) {
				t.Errorf("%v, want ErrGone", err)
			}
			if err := j.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
		})
	}
}
