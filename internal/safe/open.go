package safe

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// ErrNotRegular is what the error Is for something that is no regular file.
var ErrNotRegular = errors.New("not a regular file")

// errReplaced says that a name led to another file a moment later.
var errReplaced = errors.New("the file was replaced while it was being opened")

// Open opens the regular file at path for reading. It is os.Open for files that
// others may have put there.
func Open(path string) (*os.File, error) { return OpenFile(path, os.O_RDONLY, 0) }

// OpenFile is os.OpenFile for a regular file, or one that is made.
func OpenFile(path string, flag int, perm fs.FileMode) (*os.File, error) {
	// To open a device can do something already.
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

// OpenIn opens the regular file called name in root. Unlike Open it refuses a
// link: whoever may write in the directory could lead it to another file there.
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

// ReadFile reads the regular file at path, which is refused when it is longer
// than most bytes.
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

// notRegular says what stands where a file was expected.
func notRegular(path string, mode fs.FileMode) error {
	return &fs.PathError{Op: "open", Path: path, Err: kindError(kindOf(mode))}
}

// kindError is what a file is, when it is no regular one.
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
