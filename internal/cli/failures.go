package cli

import (
	"cmp"
	"errors"
	"fmt"

	"tracksync/internal/defect"
	"tracksync/internal/run"
	"tracksync/internal/safe"
	"tracksync/sync/current"
)

// failure is an error with an exit code.
type failure struct {
	code int
	err  error // nil: there is nothing to say
	hint string
	said bool // it was reported before
}

func (f *failure) Error() string {
	if f.err == nil {
		return ""
	}
	return f.err.Error()
}

func (f *failure) Unwrap() error { return f.err }

// isFailure reports whether an error has an exit code of its own.
func isFailure(err error) bool {
	var f *failure
	return errors.As(err, &f)
}

// isHeld reports whether an error means that another run holds a lock.
func isHeld(err error) bool {
	var f *failure
	return errors.As(err, &f) && f.code == exitHeld
}

// usage is a failure of the command line. Nothing was sent.
func usage(err error, hint string) error { return &failure{code: exitUsage, err: err, hint: hint} }

// asUsage turns err into a usage failure, unless it is a failure already. Nothing may have
// been sent yet.
func asUsage(err error, hint string) error {
	if err == nil || isFailure(err) {
		return err
	}
	return usage(err, hint)
}

// replaceable is the file that a flag names, after links are followed. "" stays as it is.
func replaceable(flag, name string) (string, error) {
	if name == "" {
		return "", nil
	}
	file, err := safe.FileToReplace(run.FollowLatest(name))
	if err != nil {
		return "", usage(fmt.Errorf("%s: %w", flag, err), "name a file that can be written with "+flag)
	}
	return file, nil
}

// localFailure gives an error of this machine an exit code, unless it has one. Nothing may
// have been sent yet. A shortage may be over at the next try; any other error is considered
// one of the command line.
func localFailure(err error, hint string) error {
	switch {
	case err == nil, isFailure(err), defect.Is(err):
		return err
	case errors.Is(err, safe.ErrInUse):
		return &failure{code: exitStopped, err: err, hint: "nothing was sent; close the file, and run the same command again"}
	case safe.IsShortage(err):
		return &failure{code: exitStopped, err: err,
			hint: "nothing was sent; make room or raise the limit, and run the same command again"}
	}
	return usage(err, hint)
}

// stateFailure is the failure for a state file that cannot be used.
func stateFailure(path string, err error) error {
	var unwritable *run.UnwritableError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &unwritable):
		return localFailure(err, "name a file that can be written with --state")
	case errors.Is(err, current.ErrOtherAccount):
		return usage(fmt.Errorf("%s: %w", path, err), "name another file with --state: each account has its own")
	case errors.Is(err, current.ErrNotState):
		return usage(fmt.Errorf("--state: %s: %w", path, err),
			"name another file with --state; this one was left as it is")
	case errors.Is(err, current.ErrDamaged):
		return usage(fmt.Errorf("%s: %w", path, err),
			"remove the file: tracksync learns its contents again and sends media once more")
	}
	return localFailure(err, "name a file that can be read with --state")
}

// lockPlaceFailure is the failure for a missing directory of locks.
func (a *app) lockPlaceFailure(err error) error {
	hint := "set " + run.StateVariable + " or " + run.LockVariable + " to a directory of your own, or pass --no-lock"
	if a.Getenv(run.LockVariable) != "" {
		hint = "name another with " + run.LockVariable + ", or pass --no-lock"
	}
	return localFailure(fmt.Errorf("the directory of locks: %w", err), either(dirHint(err), hint))
}

// dirHint is what to do about a directory that is not safe to write into.
func dirHint(err error) string {
	var refused *safe.DirError
	if errors.As(err, &refused) {
		return refused.Hint
	}
	return ""
}

// either is two hints in one, either of which may be missing.
func either(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; or " + b
}

// lockFailure is the failure for something that cannot be locked. hint says what to do if
// another process holds the lock.
func lockFailure(err error, what, hint string) error {
	var held *run.HeldError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &held):
		return &failure{code: exitHeld, err: fmt.Errorf("%s is %w", what, held), hint: hint + "; nothing was sent"}
	case run.IsUnlockable(err):
		return usage(fmt.Errorf("%s cannot be locked: the file system has no locks", what),
			"make sure that it is used only once at a time, and pass --no-lock")
	}
	return localFailure(fmt.Errorf("%s cannot be locked: %w", what, err),
		either(cmp.Or(dirHint(err), "fix that"), "make sure that it is used only once at a time and pass --no-lock"))
}
