package safe

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tracksync/internal/testkit"
)

func TestReadFileAndReadSmall(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("0123456789"), 0o640); err != nil {
		t.Fatal(err)
	}
	for most, want := range map[int64]error{10: nil, 11: nil, 9: ErrTooLong} {
		text, err := ReadFile(path, most)
		if !errors.Is(err, want) || err == nil && string(text) != "0123456789" {
			t.Errorf("ReadFile of at most %d: %q, %v", most, text, err)
		}
		small, err := ReadSmall(context.Background(), path, most, time.Hour)
		if !errors.Is(err, want) || err == nil && (string(small.Text) != "0123456789" || !small.Info.Mode().IsRegular()) {
			t.Errorf("ReadSmall of at most %d: %q, %v", most, small.Text, err)
		}
	}
	if _, err := Open(path + ".none"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if _, err := ReadSmall(context.Background(), path+".none", 10, time.Hour); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

// Within a directory that others may write in, not even a link beside is
// followed.
func TestOpenIn(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	testkit.Symlink(t, "file", filepath.Join(dir, "link"))
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	f, err := OpenIn(root, "file", os.O_RDWR)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if _, err := OpenIn(root, "link", os.O_RDONLY); !errors.Is(err, ErrNotRegular) {
		t.Errorf("a link: %v", err)
	}
	if _, err := OpenIn(root, "none", os.O_RDONLY); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nothing: %v", err)
	}
}
