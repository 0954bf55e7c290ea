package safe

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// Lock locks the file f without waiting, and reports whether it did. The lock is
// released when f is closed or the process ends. Where the file system has no locks,
// the error is errors.ErrUnsupported.
func Lock(f *os.File) (taken bool, err error) { return lockFile(f, windows.LOCKFILE_EXCLUSIVE_LOCK) }

// LockShared is like Lock, but other processes may call it for the same file too.
func LockShared(f *os.File) (taken bool, err error) { return lockFile(f, 0) }

func lockFile(f *os.File, how uint32) (taken bool, err error) {
	err = windows.LockFileEx(windows.Handle(f.Fd()), how|windows.LOCKFILE_FAIL_IMMEDIATELY,
		0, 1, 0, &windows.Overlapped{})
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, windows.ERROR_LOCK_VIOLATION), errors.Is(err, windows.ERROR_IO_PENDING):
		return false, nil
	}
	return false, &os.PathError{Op: "lock", Path: f.Name(), Err: err}
}
