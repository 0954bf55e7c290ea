package defect

import (
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
)

func TestDo(t *testing.T) {
	if err := Do(func() error { return io.EOF }); err != io.EOF {
		t.Errorf("got %v", err)
	}
	if err := Do(func() error { return nil }); err != nil {
		t.Errorf("got %v", err)
	}
	var nothing *struct{ field int }
	err := Do(func() error { return errors.Join(io.EOF, errors.New(strings.Repeat("x", nothing.field))) })
	var d *Error
	if !errors.As(err, &d) || !strings.Contains(string(d.Stack), "TestDo") {
		t.Fatalf("got %v", err)
	}
	if !regexp.MustCompile(`^internal/defect/defect_test\.go:\d+$`).MatchString(d.Place) {
		t.Errorf("placed at %q", d.Place)
	}
	if text := err.Error(); !strings.Contains(text, "please report it") || !strings.Contains(text, "nil pointer") ||
		strings.Contains(text, "\n") {
		t.Errorf("says %q", text)
	}
}

// A panic that is handed on from another goroutine is still the first one.
func TestHandOn(t *testing.T) {
	HandOn(nil)
	HandOn(io.EOF)
	first := Do(func() error { panic("here") })
	second := Do(func() error { HandOn(first); return nil })
	if second != first {
		t.Errorf("got %v", second)
	}
}
