package safe

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// Lock locks the file f without waiting, and reports whether it did. The lock is
// released when f is closed or the process ends. Where the file system has no locks,
// the error is errors.ErrUnsupported.
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
