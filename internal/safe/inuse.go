package safe

import (
	"errors"
	"os"
	"slices"
	"syscall"
	"time"
)

// ErrInUse means that another program has a file open. Windows and file servers then let
// nobody rename, replace or remove it.
var ErrInUse = errors.New("another program may have it open, for example Excel: close it there")

// Virus scanners and search indexes have a file open for a moment, Excel until it is closed.
const (
	inUseFirst    = 5 * time.Millisecond // until the second try
	inUseLongest  = 200 * time.Millisecond
	inUsePatience = 2 * time.Second // for all tries together
)

// Rename is os.Rename. While another program has one of the files open it tries again, for
// two seconds at most. Then the error is ErrInUse, as with Remove and RemoveAll.
func Rename(from, to string) error {
	return whileInUse(to, func() error { return os.Rename(from, to) })
}

// Remove is os.Remove, see Rename.
func Remove(name string) error { return whileInUse(name, func() error { return os.Remove(name) }) }

// RemoveAll is os.RemoveAll, see Rename.
func RemoveAll(path string) error { return whileInUse("", func() error { return os.RemoveAll(path) }) }

// whileInUse repeats what fails because a file is in use. Windows gives the same error if
// path, which is to be replaced or removed, is a directory or a read-only file.
func whileInUse(path string, try func() error) error {
	end := time.Now().Add(inUsePatience)
	for wait := inUseFirst; ; wait = min(2*wait, inUseLongest) {
		err := try()
		if !isInUse(err) || isInTheWay(path) {
			return err
		}
		if time.Now().Add(wait).After(end) {
			return inUseError{err}
		}
		time.Sleep(wait)
	}
}

func isInTheWay(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && (info.IsDir() || info.Mode().Perm()&0o200 == 0)
}

func isInUse(err error) bool {
	var n syscall.Errno
	return errors.Is(err, ErrInUse) || errors.As(err, &n) && slices.Contains(inUse, n)
}

// inUseError is the system's error, and what it means.
type inUseError struct{ err error }

func (e inUseError) Error() string        { return e.err.Error() + " (" + ErrInUse.Error() + ")" }
func (e inUseError) Unwrap() error        { return e.err }
func (e inUseError) Is(target error) bool { return target == ErrInUse }
