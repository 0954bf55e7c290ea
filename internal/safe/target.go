package safe

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// FileToReplace finds out whether WriteFile can write a file that the user has named:
// a new one, or in place of a regular one. A link leads to the file to replace, because
// the link itself is the user's and stays.
func FileToReplace(name string) (string, error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, os.ErrNotExist):
		if _, err := os.Lstat(name); err == nil {
			return "", fmt.Errorf("%s is a link to nothing", name)
		}
	case err != nil:
		return "", err
	case info.IsDir():
		return "", fmt.Errorf("%s is a directory, not a regular file", name)
	case !info.Mode().IsRegular():
		// A device or a pipe would be replaced, not written to.
		return "", fmt.Errorf("%s is not a regular file", name)
	case info.Mode().Perm()&0o200 == 0:
		return "", fmt.Errorf("%s is read-only", name)
	default:
		if name, err = filepath.EvalSymlinks(name); err != nil {
			return "", err
		}
	}
	probe, err := os.CreateTemp(filepath.Dir(name), ".tracksync-*")
	if err != nil {
		var why *fs.PathError
		if errors.As(err, &why) {
			err = why.Err // the name is not one that anybody has given
		}
		if errors.Is(err, fs.ErrNotExist) {
			err = errors.New("there is no such directory")
		}
		return "", fmt.Errorf("no file can be made in %s: %w", filepath.Dir(name), err)
	}
	return AsOperand(name), errors.Join(probe.Close(), Remove(probe.Name()))
}

// AsOperand is a path that no command takes for a flag: -y is ./-y.
func AsOperand(path string) string {
	if strings.HasPrefix(path, "-") {
		return "." + string(filepath.Separator) + path
	}
	return path
}
