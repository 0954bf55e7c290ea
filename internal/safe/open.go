package safe

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// ErrNotRegular means that a path leads to something else than a regular file.
var ErrNotRegular = errors.New("not a regular file")

// errReplaced means that the file was replaced between two looks at it.
var errReplaced = errors.New("the file was replaced while it was being opened")

// Open opens the regular file at path for reading. Use it instead of os.Open for
// paths that other users may control.
func Open(path string) (*os.File, error) { return OpenFile(path, os.O_RDONLY, 0) }

// OpenFile is os.OpenFile for regular files.
func OpenFile(path string, flag int, perm fs.FileMode) (*os.File, error) {
	// Check before opening too: opening a device can have an effect.
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, notRegular(path, info.Mode())
	}
	f, err := os.OpenFile(path, flag|dontWait, perm)
	if err != nil {
		return nil, err
	}
	if err := checkRegular(path, f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// OpenIn opens the regular file name in root. Unlike Open it refuses links: a user who
// can write in the directory could point one at another file there.
func OpenIn(root *os.Root, name string, flag int) (*os.File, error) {
	was, err := root.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !was.Mode().IsRegular() {
		return nil, notRegular(name, was.Mode())
	}
	f, err := root.OpenFile(name, flag|dontWait, 0)
	if err != nil {
		return nil, err
	}
	is, err := f.Stat()
	if err == nil && !os.SameFile(was, is) {
		err = errReplaced
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// ReadFile reads the regular file at path. A file of more than most bytes is refused.
func ReadFile(path string, most int64) ([]byte, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	b, err := readAll(f, path, most)
	return b, errors.Join(err, f.Close())
}

func checkRegular(path string, f *os.File) error {
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = notRegular(path, info.Mode())
	}
	return err
}

// notRegular tells what was found instead of a file.
func notRegular(path string, mode fs.FileMode) error {
	return &fs.PathError{Op: "open", Path: path, Err: kindError(kindOf(mode))}
}

// kindError describes something that is not a regular file.
type kindError string

func (k kindError) Error() string        { return "this is " + string(k) + ", not a file" }
func (k kindError) Is(target error) bool { return target == ErrNotRegular }

func kindOf(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a directory"
	case mode&fs.ModeSymlink != 0:
		return "a link"
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	}
	return fmt.Sprintf("something else (%s)", mode)
}
