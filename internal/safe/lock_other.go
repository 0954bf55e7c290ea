//go:build !windows && (!unix || aix || solaris)

package safe

import (
	"errors"
	"os"
)

// Lock says that there are no locks on this system.
func Lock(f *os.File) (taken bool, err error) {
	return false, &os.PathError{Op: "lock", Path: f.Name(), Err: errors.ErrUnsupported}
}
