//go:build unix

package input

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A pipe can be read only once, so it is copied like standard input.
func TestPipe(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	written := make(chan error, 1)
	go func() {
		w, err := os.OpenFile(pipe, os.O_WRONLY, 0)
		if err == nil {
			_, err = w.WriteString("id,name\n17,a\n")
			err = errors.Join(err, w.Close())
		}
		written <- err
	}()
	m, err := Open(context.Background(), []string{pipe}, nil, spool, Options{})
	if err := errors.Join(err, <-written); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Check(context.Background()); err != nil {
		t.Fatal(err)
	}
	if rows := rowsOf(t, m); len(rows) != 1 || says(rows[0]) != "1 "+pipe+`:2:1 id=17 name="a"` {
		t.Errorf("%v", rows)
	}
	if err := m.Close(); err != nil {
		t.Error(err)
	}
}

// Opening a pipe without a writer blocks, and so does reading from a silent writer. Both
// end when the context ends.
func TestSilentPipe(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Open(ctx, []string{pipe}, nil, spool, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	w, err := os.OpenFile(pipe, os.O_WRONLY, 0) // lets the blocked open return
	if err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
}
