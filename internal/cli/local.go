package cli

import (
	"errors"
	"slices"
	"syscall"
)

// localFailure gives an error of this machine its exit code, unless it has one:
// before anything was sent. Where something has run short a retry may do, else it
// is how the command was called.
func localFailure(err error, hint string) error {
	switch {
	case err == nil, isFailure(err), isDefect(err):
		return err
	case isShortage(err):
		return &failure{exitStopped, err, "nothing was sent; make room, and run the same command again"}
	}
	return usage(err, hint)
}

// isShortage reports whether an error is that this machine has run short of
// something: of room on a disk, of open files, of memory; or that a disk fails.
func isShortage(err error) bool {
	var n syscall.Errno
	return errors.As(err, &n) && slices.Contains(shortages, n)
}
