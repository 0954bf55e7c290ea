package cli

import (
	"errors"
	"fmt"

	"tracksync/internal/run"
	"tracksync/internal/track"
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
		return usage(fmt.Errorf("--state: %s: %w", path, err), "name another file with --state; this one was left as it is")
	case errors.Is(err, current.ErrDamaged):
		return usage(fmt.Errorf("%s: %w", path, err), "remove the file: what it knew is found out again, and media is sent once more")
	}
	return usage(err, "name a file that can be read with --state")
}

// openState opens the state file, if there is to be one.
func (r *syncRun) openState() (err error) {
	if r.stateFile == "" {
		return nil
	}
	if r.stateFile, err = fileToReplace(r.stateFile); err != nil {
		return usage(fmt.Errorf("--state: %w", err), "name a file that can be written with --state")
	}
	r.state, err = run.OpenState(r.stateFile, r.account, r.salt, r.started)
	return stateFailure(r.stateFile, err)
}

// wanted are the tracks whose state is read before the first row; nil: of none.
func (r *syncRun) wanted() []track.ID {
	left, ids := r.summary, r.manifest.IDs()
	if r.resumed != nil {
		left, ids = r.resumed.left, r.resumed.ids
	}
	if len(ids) == 0 || !r.skipUnchanged && left.Expecting < left.Valid-left.Skipped {
		return nil // the few that expect something are read when their turn comes
	}
	return ids
}
