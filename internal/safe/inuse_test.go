package safe

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestWhileInUse(t *testing.T) {
	held := &fs.PathError{Op: "remove", Path: "failed.csv", Err: inUse[0]}
	file := filepath.Join(t.TempDir(), "failed.csv")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		until time.Duration // when the other program closes the file
		err   error         // while it is open
		path  string        // what is to be replaced
		waits time.Duration // at least
		want  error
	}{
		"not in use":   {0, held, file, 0, nil},
		"for a moment": {time.Second, held, file, time.Second, nil},
		"for long":     {time.Hour, held, file, 1700 * time.Millisecond, ErrInUse},
		"a new file":   {time.Hour, held, file + "-new", 1700 * time.Millisecond, ErrInUse},
		"a directory":  {time.Hour, held, t.TempDir(), 0, inUse[0]},
		"other error":  {time.Hour, fs.ErrNotExist, file, 0, fs.ErrNotExist},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begun := time.Now()
				err := whileInUse(tc.path, func() error {
					if time.Since(begun) < tc.until {
						return tc.err
					}
					return nil
				})
				if took := time.Since(begun); took < tc.waits || took > inUsePatience {
					t.Errorf("it took %v", took)
				}
				if !errors.Is(err, tc.want) {
					t.Errorf("got %v, want %v", err, tc.want)
				}
				if tc.want == ErrInUse && (!errors.Is(err, inUse[0]) || !strings.Contains(err.Error(), "failed.csv: ") ||
					!strings.HasSuffix(err.Error(), "(another program may have it open, for example Excel: close it there)")) {
					t.Errorf("got %q", err)
				}
			})
		})
	}
}

// A file that stays open keeps its old content, and nothing is left beside it.
func TestReplaceWhatIsInUse(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "failed.csv")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	closes := 0
	err := writeError(path, replace(faulty{step: "rename", err: inUseError{inUse[0]}, closes: &closes}, path, func(io.Writer) error { return nil }))
	if !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), "close it there") {
		t.Errorf("got %v", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("left in the directory: %v, %v", entries, err)
	}
}
