package safe

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// ForeignOwner tells, of an error about a permission, which file or directory belongs to
// another user; nil if none does, or if the system does not say. It is what lacks in a
// container that runs as another user than the owner of a mounted directory.
func ForeignOwner(err error) *DirError {
	var at *fs.PathError
	if !errors.Is(err, fs.ErrPermission) || !errors.As(err, &at) {
		return nil
	}
	if strings.HasSuffix(at.Op, "at") && !strings.HasSuffix(at.Op, "stat") {
		return nil // the path of openat and its like begins in a directory that is not known here
	}
	path, err := filepath.Abs(at.Path)
	if err != nil {
		return nil
	}
	info, err := os.Stat(path)
	for err != nil && path != filepath.Dir(path) {
		path = filepath.Dir(path)
		info, err = os.Stat(path)
	}
	if err != nil {
		return nil
	}
	return foreign(path, info)
}

// foreign is the error for a file or directory of another user; nil if it is this user's.
func foreign(path string, info fs.FileInfo) *DirError {
	uid, known := Owner(info)
	me := os.Geteuid()
	if !known || uid == me {
		return nil
	}
	e := &DirError{Path: path, Why: fmt.Sprintf("belongs to another user (uid %d, and this is %d)", uid, me)}
	if uid != 0 {
		e.Hint = fmt.Sprintf("run it as that user (in a container: --user %d)", uid)
	}
	return e
}
