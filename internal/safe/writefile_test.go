package safe

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "summary.json")
	for _, content := range []string{"first", "second, longer", ""} { // a new file, and over an old one
		if err := WriteFile(path,
			func(w io.Writer) error { _, err := io.WriteString(w, content); return err }); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != content {
			t.Errorf("got %q, %v, want %q", got, err, content)
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode is %v", info.Mode())
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("left in the directory: %v, %v", entries, err)
	}
}

func TestWriteFileInTheWorkingDirectory(t *testing.T) {
	t.Chdir(t.TempDir())
	err := WriteFile("x", func(io.Writer) error {
		if found, _ := filepath.Glob(".x.tmp-*"); len(found) != 1 {
			t.Errorf("the temporary file is not beside: %v", found)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestWriteFileWithoutADirectory(t *testing.T) {
	err := WriteFile(filepath.Join(t.TempDir(), "no\x1b", "x"), func(io.Writer) error { return nil })
	if err == nil || strings.Contains(err.Error(), "\x1b") {
		t.Errorf("got %q", err)
	}
}

// faulty is the disk with one step that fails.
type faulty struct {
	disk
	step   string
	err    error
	closes *int
}

func (f faulty) fail(step string) error {
	if f.step == step {
		return f.err
	}
	return nil
}

func (f faulty) temp(dir, pattern string) (file, error) {
	if err := f.fail("temp"); err != nil {
		return nil, err
	}
	t, err := f.disk.temp(dir, pattern)
	return faultyFile{t, f}, err
}

func (f faulty) rename(from, to string) error {
	if err := f.fail("rename"); err != nil {
		return err
	}
	return f.disk.rename(from, to)
}

func (f faulty) syncDir(string) error { return f.fail("syncDir") }

type faultyFile struct {
	file
	f faulty
}

func (f faultyFile) Write(b []byte) (int, error) {
	if err := f.f.fail("write"); err != nil {
		n, _ := f.file.Write(b[:len(b)/2])
		return n, err
	}
	return f.file.Write(b)
}

func (f faultyFile) Sync() error { return errors.Join(f.f.fail("sync"), f.file.Sync()) }

func (f faultyFile) Close() error {
	*f.f.closes++
	return errors.Join(f.f.fail("close"), f.file.Close())
}

func TestReplaceLeavesTheOldFileWhenAStepFails(t *testing.T) {
	for _, step := range []string{"temp", "write", "sync", "close", "rename", "callback", "panic", "syncDir"} {
		t.Run(step, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "f")
			if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
				t.Fatal(err)
			}
			closes := 0
			err := func() (err error) {
				defer func() {
					if p := recover(); p != nil {
						err = p.(error)
					}
				}()
				return replace(faulty{step: step, err: syscall.ENOSPC, closes: &closes}, path, func(w io.Writer) error {
					if _, err := io.WriteString(w, strings.Repeat("new", 100_000)); err != nil || step == "callback" {
						return errors.Join(err, faulty{step: step, err: syscall.ENOSPC}.fail(step))
					}
					if step == "panic" {
						panic(error(syscall.ENOSPC))
					}
					return nil
				})
			}()
			if !errors.Is(err, syscall.ENOSPC) {
				t.Errorf("got error %v", err)
			}
			if closes != 1 && step != "temp" {
				t.Errorf("the file was closed %d times", closes)
			}
			want := "old"
			if step == "syncDir" {
				want = strings.Repeat("new", 100_000) // renamed already; the error says it may not last
			}
			if got, err := os.ReadFile(path); err != nil || string(got) != want {
				t.Errorf("the file is %.20q, %v", got, err)
			}
			if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
				t.Errorf("left in the directory: %v, %v", entries, err)
			}
		})
	}
}
