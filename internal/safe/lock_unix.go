//go:build unix && !aix && !solaris

package safe

import (
	"errors"
	"os"
	"syscall"
)

// Lock takes the lock of the file that f is, if it is free. It is let go when f
// is closed, or the process ends. Where the file system knows no locks, the
// error Is errors.ErrUnsupported.
func Lock(f *os.File) (taken bool, err error) {
	for {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
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
