package safe

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
)

// What is written in pieces is redacted as a whole, and nothing is held back
// longer than its line.
func TestOutput(t *testing.T) {
	h := &Secrets{}
	h.Add(testKey)
	for _, size := range []int{1, 3, 7, 1000} {
		var got bytes.Buffer
		out := NewOutput(h, &got)
		text := "one " + testKey + "\ntwo\n\nno end " + testKey
		for at := 0; at < len(text); at += size {
			part := text[at:min(at+size, len(text))]
			if n, err := out.Write([]byte(part)); n != len(part) || err != nil {
				t.Fatal(n, err)
			}
			if done := strings.LastIndexByte(text[:at+len(part)], '\n'); done > 0 &&
				strings.Count(got.String(), "\n") != strings.Count(text[:done+1], "\n") {
				t.Errorf("in pieces of %d: %q is held back", size, text[:done+1])
			}
		}
		if err := out.Flush(); err != nil {
			t.Fatal(err)
		}
		if want := "one [redacted]\ntwo\n\nno end [redacted]"; got.String() != want {
			t.Errorf("in pieces of %d: %q", size, got.String())
		}
	}
	failing := NewOutput(nil, failingWriter{})
	if _, err := failing.Write([]byte("x\n")); !errors.Is(err, os.ErrClosed) {
		t.Error(err)
	}
	failing = NewOutput(nil, failingWriter{})
	if _, err := failing.Write([]byte("x")); err != nil {
		t.Error(err)
	}
	if err := failing.Flush(); !errors.Is(err, os.ErrClosed) {
		t.Error(err)
	}
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, os.ErrClosed }
