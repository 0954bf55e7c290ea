package cli

import (
	"errors"
	"io/fs"
	"strings"
)

// inWords says an error without the name of the system call that failed, which is
// nothing that the user has asked for.
func inWords(err error) string {
	var path *fs.PathError
	if !errors.As(err, &path) {
		return err.Error()
	}
	words := path.Path + ": " + path.Err.Error()
	if errors.Is(path, fs.ErrNotExist) {
		words = "there is no such file or directory: " + path.Path
	}
	return strings.Replace(err.Error(), path.Error(), words, 1)
}
