// Package defect turns a panic into an error. After a fault of the program itself, a run
// must end as after any other error: with its results, its reports, and a message that a
// person can act on. A panic in any goroutine would end the whole process, so every
// goroutine that runs more than a few lines begins with Catch or Do.
//
// Catching a panic repairs nothing: the caller must stop what it was doing.
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
	Value any    // the argument of panic
	Place string // file:line in this module; empty if no code of this module panicked
	Stack []byte // of the goroutine
}

func (e *Error) Error() string {
	at := ""
	if e.Place != "" {
		at = " at " + e.Place
	}
	return fmt.Sprintf("this is a defect of tracksync, please report it: panic%s: %v", at, e.Value)
}

// Catch recovers from a panic and replaces *err by it. Defer it directly:
// defer defect.Catch(&err).
func Catch(err *error) {
	switch v := recover().(type) {
	case nil:
	case *Error: // from HandOn
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

// HandOn panics again if err is a panic that was caught in another goroutine. Call it
// where you wait for that goroutine and treat its errors as ordinary ones.
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

// place is the innermost code of this module that panicked.
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
