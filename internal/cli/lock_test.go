package cli

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"tracksync/internal/safe"
)

// lockAs takes a lock in dir, and lets it go when the test ends.
func lockAs(t *testing.T, dir, name, run string) (*lock, error) {
	t.Helper()
	opened, err := safe.OwnDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	l, err := takeLock(opened, name, self(run))
	if err == nil {
		t.Cleanup(func() {
			if err := l.release(); err != nil {
				t.Error(err)
			}
		})
	}
	return l, err
}

func TestLockSaysWhoHasIt(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "for", "it")
	if _, err := lockAs(t, dir, "one", "first"); err != nil {
		t.Fatal(err)
	}
	var held *heldError
	if _, err := lockAs(t, dir, "one", "second"); !errors.As(err, &held) || held.holder.Run != "first" || held.holder.PID != os.Getpid() {
		t.Errorf("taken twice: %v", err)
	}
	if _, err := lockAs(t, dir, "two", "third"); err != nil {
		t.Errorf("another lock: %v", err)
	}
}

// What stands where a lock tells who has it is made anew, and not written
// through.
func TestLockInfoIsMadeAnew(t *testing.T) {
	dir := t.TempDir()
	victim := filepath.Join(t.TempDir(), "victim")
	if err := os.WriteFile(victim, []byte("dear"), 0o600); err != nil {
		t.Fatal(err)
	}
	info := filepath.Join(dir, "one"+lockInfo)
	for name, plant := range map[string]func() error{
		"a link":      func() error { return os.Symlink(victim, info) },
		"a hard link": func() error { return os.Link(victim, info) },
	} {
		if err := plant(); err != nil {
			t.Skipf("%s: %v", name, err)
		}
		opened, err := safe.OwnDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		l, err := takeLock(opened, "one", self("mine"))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if text, err := os.ReadFile(victim); err != nil || string(text) != "dear" {
			t.Errorf("%s: the victim is %q, %v", name, text, err)
		}
		if h := l.holder(); h.Run != "mine" {
			t.Errorf("%s: %+v", name, h)
		}
		if err := l.release(); err != nil {
			t.Fatal(err)
		}
	}
}

// A user without a home has locks in the place of temporary files, and is told
// what to set; what others have put there is no place for locks.
func TestLocksWithoutAHome(t *testing.T) {
	base := t.TempDir()
	file := filepath.Join(base, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	a := &app{log: zerolog.New(&log)}
	last := filepath.Join(base, "last")
	for range 2 { // one is told once
		dir, err := a.ownLocks("", errNoHome, last)
		if err != nil {
			t.Fatal(err)
		}
		if dir.Name() != last || dir.Close() != nil {
			t.Errorf("in %s", dir.Name())
		}
	}
	said := log.String()
	if strings.Count(said, "set XDG_STATE_HOME or TRACKSYNC_LOCK_DIR to a directory of your own") != 1 || !strings.Contains(said, errNoHome.Error()) {
		t.Errorf("said %s", said)
	}
	// Nor can one be made below a file.
	dir, err := a.ownLocks(filepath.Join(file, "tracksync"), nil, last)
	if err != nil {
		t.Fatal(err)
	}
	if err := dir.Close(); err != nil {
		t.Fatal(err)
	}
	for _, last := range []string{file, filepath.Join(file, "below")} {
		_, err := a.ownLocks("", errNoHome, last)
		var f *failure
		if !errors.As(err, &f) || f.code != exitUsage || !strings.Contains(f.hint, lockVariable) {
			t.Errorf("%s: %v", last, err)
		}
	}
}

func TestStateDir(t *testing.T) {
	if os.Getenv("LocalAppData") != "" {
		t.Skip("it stands elsewhere on Windows")
	}
	for _, tc := range []struct{ state, home, want string }{
		{"/state", "/nowhere", "/state/tracksync"},
		{"relative", "/nowhere", "/nowhere/"},
		{"", "/nowhere", "/nowhere/"},
	} {
		a := &app{Streams: Streams{Getenv: func(name string) string { return map[string]string{stateVariable: tc.state, "HOME": tc.home}[name] }}}
		if got, err := a.stateDir(); err != nil || !strings.HasPrefix(got, tc.want) || filepath.Base(got) != "tracksync" {
			t.Errorf("%+v: %s, %v", tc, got, err)
		}
	}
}
