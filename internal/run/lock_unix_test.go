//go:build unix

package run

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A pipe in place of the file that says who holds a lock blocks nobody.
func TestLockInfoIsAPipe(t *testing.T) {
	dir := t.TempDir()
	if _, err := lockAs(t, dir, "one", "first"); err != nil {
		t.Fatal(err)
	}
	info := filepath.Join(dir, "one"+lockInfo)
	if err := os.Remove(info); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(info, 0o600); err != nil {
		t.Fatal(err)
	}
	var held *HeldError
	if _, err := lockAs(t, dir, "one", "second"); !errors.As(err, &held) || held.Holder.PID != 0 {
		t.Errorf("%v", err)
	}
}

// The permissions of a lock follow those of its directory: only users who may create
// locks there may acquire it.
func TestLockRights(t *testing.T) {
	for dirMode, want := range map[os.FileMode]os.FileMode{0o700: 0o600, 0o755: 0o600, 0o770 | os.ModeSticky: 0o660,
		0o777 | os.ModeSticky: 0o666} {
		dir := t.TempDir()
		if err := os.Chmod(dir, dirMode); err != nil {
			t.Fatal(err)
		}
		if _, err := lockAs(t, dir, "one", "run"); err != nil {
			t.Fatalf("%v: %v", dirMode, err)
		}
		if info, err := os.Stat(filepath.Join(dir, "one")); err != nil || info.Mode() != want {
			t.Errorf("in %v: %v, %v; want %v", dirMode, info.Mode(), err, want)
		}
	}
}

// A holder may remove the file when it releases the lock. Another process must not then
// hold a file that no longer has the lock's name.
func TestLockIsTheNamedFile(t *testing.T) {
	dir := t.TempDir()
	old, err := lockAs(t, dir, "one", "first")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "one")); err != nil {
		t.Fatal(err)
	}
	if old.names(old.file) {
		t.Error("a file that was removed is taken for the lock")
	}
	if _, err := lockAs(t, dir, "one", "second"); err != nil {
		t.Error(err)
	}
}
