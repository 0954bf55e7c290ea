//go:build unix

package safe

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// An error about a permission says whose the directory is, also if it is about a path in it
// that does not exist or cannot be looked at.
func TestForeignOwner(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give a directory away")
	}
	dir := t.TempDir()
	theirs := filepath.Join(dir, "theirs")
	if err := os.Mkdir(theirs, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(theirs, 1000, 1000); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		op, path string
		err      error
		foreign  bool
	}{
		{"mkdir", filepath.Join(theirs, "a", "b"), fs.ErrPermission, true},
		{"open", theirs, fs.ErrPermission, true},
		{"stat", filepath.Join(theirs, "a"), fs.ErrPermission, true},
		{"open", theirs, fs.ErrNotExist, false},
		{"open", filepath.Join(dir, "mine"), fs.ErrPermission, false},
		{"openat", theirs, fs.ErrPermission, false},
	} {
		err := fmt.Errorf("wrapped: %w", &fs.PathError{Op: tt.op, Path: tt.path, Err: tt.err})
		switch got := ForeignOwner(err); {
		case !tt.foreign && got != nil:
			t.Errorf("%v: %v", err, got)
		case tt.foreign && (got == nil || got.Path != theirs || !strings.Contains(got.Error(), "(uid 1000, and this is 0)") ||
			!strings.Contains(got.Hint, "--user 1000")):
			t.Errorf("%v: %#v", err, got)
		}
	}
}
