package safe

import (
	"errors"
	"slices"
	"syscall"
)

// IsShortage reports whether an error means that this machine has run short of
// something, such as room on a disk, open files or memory, or that a disk fails.
func IsShortage(err error) bool {
	var n syscall.Errno
	return errors.As(err, &n) && slices.Contains(shortages, n)
}
