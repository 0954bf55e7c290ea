//go:build unix && !aix && !solaris

package safe

import (
	"errors"
	"os"
	"syscall"
)

// Lock locks the file f without waiting, and reports whether it did. The lock is
// released when f is closed or the process ends. Where the file system has no locks,
// the error is errors.ErrUnsupported.
func Lock(f *os.File) (taken bool, err error) { return flock(f, syscall.LOCK_EX) }

// LockShared is like Lock, but other processes may call it for the same file too.
func LockShared(f *os.File) (taken bool, err error) { return flock(f, syscall.LOCK_SH) }

func flock(f *os.File, how int) (taken bool, err error) {
	for {
		err = syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
		if err != syscall.EINTR {
			break
		}
	}
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, syscall.EWOULDBLOCK):
		return false, nil
	case errors.Is(err, syscall.ENOLCK):
		err = errors.ErrUnsupported
	}
	return false, &os.PathError{Op: "lock", Path: f.Name(), Err: err}
}
