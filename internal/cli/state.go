package cli

import (
	"errors"
	"fmt"

	"tracksync/internal/run"
	"tracksync/sync/current"
)

// stateFailure words why a state file cannot be used.
func stateFailure(path string, err error) error {
	var unwritable *run.UnwritableError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &unwritable):
		return usage(err, "name a file that can be written with --state")
	case errors.Is(err, current.ErrOtherAccount):
		return usage(fmt.Errorf("%s: %w", path, err), "name another file with --state: each account has its own")
	case errors.Is(err, current.ErrNotState):
		return usage(fmt.Errorf("--state: %s: %w", path, err),
			"name another file with --state; this one was left as it is")
	case errors.Is(err, current.ErrDamaged):
		return usage(fmt.Errorf("%s: %w", path, err),
			"remove the file: tracksync learns its contents again and sends media once more")
	}
	return usage(err, "name a file that can be read with --state")
}
