package terminal

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// reader is a reader that takes what it is given only when it is let.
type reader struct {
	let chan struct{}
	got bytes.Buffer
}

func newReader() *reader { return &reader{let: make(chan struct{})} }

func (r *reader) Write(b []byte) (int, error) {
	<-r.let
	return r.got.Write(b)
}

func leftOut(n int) []byte { return fmt.Appendf(nil, "%d left out\n", n) }

// A log that nobody reads takes what there is room for, never waits in a hurry, and
// says what is missing where it is missing.
func TestLogThatNobodyReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReader()
		l := NewLog(r, NewPatience(), leftOut)
		l.Hurry()
		line := strings.Repeat("x", 1023) + "\n"
		const writes = 3000
		for range writes {
			if n, err := l.Write([]byte(line)); n != len(line) || err != nil {
				t.Fatal(n, err)
			}
			synctest.Wait()
		}
		if l.Try([]byte("status")) {
			t.Error("a status was taken behind what waits")
		}
		close(r.let)
		synctest.Wait()
		_, _ = l.Write([]byte("and on\n"))
		l.Drain()
		kept := 1 + logRoom/len(line) // the first is with the reader
		want := strings.Repeat(line, kept) + fmt.Sprintf("%d left out\nand on\n", writes-kept)
		if r.got.String() != want {
			t.Errorf("%d bytes, want %d; the end is %q", r.got.Len(), len(want), r.got.String()[r.got.Len()-40:])
		}
		if !l.Try([]byte("status")) {
			t.Error("a status was not taken")
		}
		l.Drain()
	})
}

// Without a hurry nothing is left out: a write waits for its reader, until patience
// ends.
func TestLogWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, p := newReader(), NewPatience()
		l := NewLog(r, p, leftOut)
		big := bytes.Repeat([]byte("y"), logRoom)
		write := func(b []byte) <-chan struct{} {
			done := make(chan struct{})
			go func() { defer close(done); _, _ = l.Write(b) }()
			synctest.Wait()
			return done
		}
		<-write(big)         // with the reader
		<-write(big)         // waits
		third := write(big)  // finds no room
		fourth := write(big) // nor does this one
		open := func(c <-chan struct{}) bool {
			select {
			case <-c:
				return false
			default:
				return true
			}
		}
		if !open(third) || !open(fourth) {
			t.Fatal("a write did not wait")
		}
		r.let <- struct{}{}
		synctest.Wait()
		if open(third) == open(fourth) {
			t.Error("one of the two has room now")
		}
		p.End()
		<-third
		<-fourth
		begun := time.Now()
		l.Drain()
		if took := time.Since(begun); took != lastWait {
			t.Errorf("waited %v for a reader that is stuck", took)
		}
		close(r.let)
		synctest.Wait()
		if want := 3*logRoom + len("1 left out\n"); r.got.Len() != want {
			t.Errorf("%d bytes, want %d", r.got.Len(), want)
		}
	})
}

// Output waits for its reader until patience ends, and does not write behind what it
// gave up.
func TestOutput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, p := newReader(), NewPatience()
		o := NewOutput(r, p)
		go func() { time.Sleep(time.Hour); r.let <- struct{}{} }()
		if n, err := o.Write([]byte("one ")); n != 4 || err != nil {
			t.Fatal(n, err)
		}
		p.End()
		begun := time.Now()
		for range 3 {
			if n, err := o.Write([]byte("two ")); n != 0 || !errors.Is(err, ErrUnread) {
				t.Error(n, err)
			}
		}
		if took := time.Since(begun); took != lastWait {
			t.Errorf("gave up after %v", took)
		}
		close(r.let)
		synctest.Wait()
		if _, err := o.Write([]byte("three")); err != nil || r.got.String() != "one two three" {
			t.Errorf("%v, %q", err, r.got.String())
		}
	})
}
