//go:build unix

package safe

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestOwnDir(t *testing.T) {
	base := t.TempDir()
	made := func(name string, mode os.FileMode) string {
		path := filepath.Join(base, name)
		if err := errors.Join(os.Mkdir(path, 0o700), os.Chmod(path, mode)); err != nil {
			t.Fatal(err)
		}
		return path
	}
	link, file := filepath.Join(base, "link"), filepath.Join(base, "file")
	if err := errors.Join(os.Symlink(made("target", 0o700), link), os.WriteFile(file, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	foreign := made("foreign", 0o700)
	canChown := os.Chown(foreign, 12345, -1) == nil // root alone may
	for _, tc := range []struct {
		name, path string
		shared     os.FileMode
		good       bool
	}{
		{"not there yet", filepath.Join(base, "a", "b"), 0, true},
		{"one's own", made("own", 0o700), 0, true},
		{"readable", made("readable", 0o755), 0, true},
		{"sticky", made("sticky", 0o777|os.ModeSticky), 0o066, true},
		{"a group's, sticky", made("group-sticky", 0o770|os.ModeSticky), 0o060, true},
		{"a group's", made("group", 0o770), 0, false},
		{"everybody's", made("all", 0o707), 0, false},
		{"a link", link, 0, false},
		{"a link with a slash", link + "/", 0, false},
		{"a file", file, 0, false},
		{"another user's", foreign, 0, !canChown},
	} {
		dir, err := OwnDir(tc.path)
		var refused *DirError
		switch {
		case tc.good && err != nil, !tc.good && !errors.As(err, &refused):
			t.Errorf("%s: %v", tc.name, err)
		case tc.good && dir.Shared != tc.shared:
			t.Errorf("%s: shared with %o", tc.name, dir.Shared)
		}
		if err == nil {
			if err := dir.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	if info, err := os.Stat(filepath.Join(base, "a")); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("what was made is %v, %v", info.Mode(), err)
	}
}
