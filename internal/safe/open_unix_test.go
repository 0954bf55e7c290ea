//go:build unix

package safe

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// fifo makes a named pipe that nobody writes to.
func fifo(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOpenNeverWaits(t *testing.T) {
	for what, path := range map[string]string{"named pipe": fifo(t), "device": os.DevNull, "directory": t.TempDir()} {
		_, err := Open(path)
		if !errors.Is(err, ErrNotRegular) || !strings.Contains(err.Error(), "this is a "+what) {
			t.Errorf("Open of a %s: %v", what, err)
		}
		if _, err := OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600); !errors.Is(err, ErrNotRegular) {
			t.Errorf("OpenFile of a %s: %v", what, err)
		}
		if _, err := ReadFile(path, 10); !errors.Is(err, ErrNotRegular) {
			t.Errorf("ReadFile of a %s: %v", what, err)
		}
	}
}

// A pipe that takes the file's place between two looks is found out by the
// second.
func TestOpenedPipeIsFoundOut(t *testing.T) {
	path := fifo(t)
	f, err := os.OpenFile(path, os.O_RDONLY|dontWait, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := checkRegular(path, f); !errors.Is(err, ErrNotRegular) {
		t.Error(err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

func TestReadSmallOfAPipe(t *testing.T) {
	path := fifo(t)
	if _, err := ReadSmall(context.Background(), path, 10, time.Millisecond); !errors.Is(err, errSilent) {
		t.Errorf("nobody writes: %v", err)
	}
	stopped, stop := context.WithCancelCause(context.Background())
	reason := errors.New("stopped")
	stop(reason)
	if _, err := ReadSmall(stopped, path, 10, time.Hour); !errors.Is(err, reason) {
		t.Errorf("stopped: %v", err)
	}
	for text, want := range map[string]error{"0123456789": nil, "0123456789a": ErrTooLong} {
		path := fifo(t)
		wrote := make(chan error, 1)
		go func() { wrote <- os.WriteFile(path, []byte(text), 0o600) }()
		got, err := ReadSmall(context.Background(), path, 10, time.Minute)
		if !errors.Is(err, want) || err == nil && (string(got.Text) != text || got.Info.Mode().IsRegular()) {
			t.Errorf("%s: %q, %v", text, got.Text, err)
		}
		if err := <-wrote; err != nil {
			t.Error(err)
		}
	}
	if _, err := ReadSmall(context.Background(), "/dev/zero", 10, time.Hour); !errors.Is(err, ErrNotRegular) {
		t.Errorf("a device: %v", err)
	}
}
