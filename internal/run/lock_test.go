package run

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tracksync/internal/safe"
)

// lockAs acquires a lock in dir, and releases it when the test ends.
func lockAs(t *testing.T, dir, name, run string) (*Lock, error) {
	t.Helper()
	opened, err := safe.OwnDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	l, err := acquireLock(opened, name, self(run), safe.Lock)
	if err == nil {
		t.Cleanup(func() {
			if err := l.Release(); err != nil {
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
	var held *HeldError
	if _, err := lockAs(t, dir, "one", "second"); !errors.As(err, &held) || held.Holder.Run != "first" ||
		held.Holder.PID != os.Getpid() {
		t.Errorf("acquired twice: %v", err)
	}
	if _, err := lockAs(t, dir, "two", "third"); err != nil {
		t.Errorf("another lock: %v", err)
	}
}

// The file that says who holds a lock is always created anew: a link there is not followed.
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
		l, err := acquireLock(opened, "one", self("mine"), safe.Lock)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if text, err := os.ReadFile(victim); err != nil || string(text) != "dear" {
			t.Errorf("%s: the victim is %q, %v", name, text, err)
		}
		if h := l.readHolder(); h.Run != "mine" {
			t.Errorf("%s: %+v", name, h)
		}
		if err := l.Release(); err != nil {
			t.Fatal(err)
		}
	}
}

// A user without a home directory has locks among the temporary files, and the reason is
// reported. A file that somebody else put there is refused.
func TestLocksWithoutAHome(t *testing.T) {
	base := t.TempDir()
	last := filepath.Join(base, "last")
	file := filepath.Join(base, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	place, err := openLockPlace("", errNoHome, last)
	if err != nil || !errors.Is(place.Instead, errNoHome) || place.Name() != last {
		t.Fatalf("%+v, %v", place, err)
	}
	if err := place.dir.Close(); err != nil {
		t.Fatal(err)
	}
	// A directory cannot be made below a file.
	place, err = openLockPlace(filepath.Join(file, "tracksync"), nil, last)
	if err != nil || place.Instead == nil || place.Name() != last {
		t.Fatalf("%+v, %v", place, err)
	}
	if err := place.dir.Close(); err != nil {
		t.Fatal(err)
	}
	for _, last := range []string{file, filepath.Join(file, "below")} {
		if _, err := openLockPlace("", errNoHome, last); !errors.Is(err, errNoHome) {
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
		env := func(name string) string { return map[string]string{StateVariable: tc.state, "HOME": tc.home}[name] }
		if got, err := stateDir(env); err != nil || !strings.HasPrefix(got, tc.want) ||
			filepath.Base(got) != "tracksync" {
			t.Errorf("%+v: %s, %v", tc, got, err)
		}
	}
}
