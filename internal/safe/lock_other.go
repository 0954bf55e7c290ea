//go:build !windows && (!unix || aix || solaris)

package safe

import (
	"errors"
	"os"
)

// Lock always fails: this system has no locks.
func Lock(f *os.File) (taken bool, err error) {
	return LockShared(f)
}

// LockShared always fails too.
func LockShared(f *os.File) (taken bool, err error) {
	return false, &os.PathError{Op: "lock", Path: f.Name(), Err: errors.ErrUnsupported}
}
