package run

import (
	"errors"
	"io/fs"
	"os"

	"tracksync/internal/safe"
)

// IsHeld reports whether a process holds the lock of a run directory, and whether there is a
// lock at all: a run with --no-lock has none. It changes nothing. It holds the lock for a
// moment if nobody else does, as there is no other way to find out.
func IsHeld(d Dir) (held, lockable bool, err error) {
	root, err := os.OpenRoot(d.Path)
	if err != nil {
		return false, false, err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	f, err := safe.OpenIn(root, lockFile, os.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return false, false, nil
	}
	if err != nil {
		return false, false, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	locked, err := safe.Lock(f)
	if IsUnlockable(err) {
		return false, false, nil
	}
	return err == nil && !locked, true, err
}
