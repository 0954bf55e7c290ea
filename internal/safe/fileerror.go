package safe

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

func writeError(path string, err error) error {
	if err != nil {
		return fileError{fmt.Errorf("write %s: %w", path, err)}
	}
	return nil
}

// fileError shows an error that contains file names as one safe line.
type fileError struct{ err error }

func (e fileError) Error() string { return ErrorLine(e.err) }
func (e fileError) Unwrap() error { return e.err }

// PlainError is the text of an error without the name of the system call that failed,
// which is nothing that a user has asked for.
func PlainError(err error) string {
	var path *fs.PathError
	if !errors.As(err, &path) {
		return err.Error()
	}
	plain := path.Path + ": " + path.Err.Error()
	if errors.Is(path, fs.ErrNotExist) {
		plain = "there is no such file or directory: " + path.Path
	}
	return strings.Replace(err.Error(), path.Error(), plain, 1)
}
