package safe

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// Lock takes the lock of the file that f is, if it is free. It is let go when f
// is closed, or the process ends. Where the file system knows no locks, the
// error Is errors.ErrUnsupported.
func Lock(f *os.File) (taken bool, err error) {
	err = windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY,
		0, 1, 0, &windows.Overlapped{})
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, windows.ERROR_LOCK_VIOLATION), errors.Is(err, windows.ERROR_IO_PENDING):
		return false, nil
	}
	return false, &os.PathError{Op: "lock", Path: f.Name(), Err: err}
}
