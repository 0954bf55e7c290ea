// Package defect turns a panic into an error. A fault of the program itself must
// end like any other: with the results that there are, with reports, and with a
// message that a person can act on. A goroutine that panics takes the whole
// process with it, so every goroutine that runs code of any length begins with
// Catch or Do.
//
// What is caught is not repaired: whoever catches stops what it was doing.
package defect

import (
	"errors"
	"fmt"
	"path"
	"runtime"
	"runtime/debug"
	"strings"
)

// Error is a panic that was caught.
type Error struct {
	Value any    // what the panic said
	Place string // file:line of the code of this module that panicked; empty if none did
	Stack []byte // of the goroutine
}

func (e *Error) Error() string {
	at := ""
	if e.Place != "" {
		at = " at " + e.Place
	}
	return fmt.Sprintf("this is a defect of tracksync, please report it: panic%s: %v", at, e.Value)
}

// Catch puts a panic into err, in place of what it held. It must be deferred
// itself: defer defect.Catch(&err).
func Catch(err *error) {
	switch v := recover().(type) {
	case nil:
	case *Error: // handed on
		*err = v
	default:
		*err = &Error{Value: v, Place: place(), Stack: debug.Stack()}
	}
}

// Is reports whether an error is a panic that was caught.
func Is(err error) bool {
	var d *Error
	return errors.As(err, &d)
}

// HandOn panics anew if err is a panic that was caught in another goroutine, whose
// work the caller waits for: where errors are judged, a panic is none of them.
func HandOn(err error) {
	if d, ok := err.(*Error); ok {
		panic(d)
	}
}

// Do returns the error of f, or its panic as an error.
func Do(f func() error) (err error) {
	defer Catch(&err)
	return f()
}

// place is where the innermost code of this module stands that panics.
func place() string {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])]) // beyond Callers, place and Catch
	for {
		frame, more := frames.Next()
		name, ours := strings.CutPrefix(frame.Function, "tracksync/")
		if ours || strings.HasPrefix(frame.Function, "main.") {
			dir := ""
			if slash := strings.LastIndexByte(name, '/'); ours {
				pkg, _, _ := strings.Cut(name[slash+1:], ".")
				dir = path.Join(name[:slash+1], pkg)
			}
			return fmt.Sprintf("%s:%d", path.Join(dir, path.Base(frame.File)), frame.Line)
		}
		if !more {
			return ""
		}
	}
}
