package cli

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"tracksync/internal/run"
	"tracksync/internal/safe"
	"tracksync/internal/track"
	"tracksync/sync/current"
)

// loadState reads a state file. One that is not there is empty.
func loadState(path string, a run.Account) (s *current.State, err error) {
	owner := current.Account{BaseURL: a.ShownBase(), Fingerprint: a.Fingerprint}
	f, err := safe.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return current.NewState(owner, rand.Reader)
	}
	if err == nil {
		defer func() { err = errors.Join(err, f.Close()) }()
		s, err = current.LoadState(f, owner)
	}
	switch {
	case errors.Is(err, current.ErrOtherAccount):
		return nil, usage(fmt.Errorf("%s: %w", path, err), "name another file with --state: each account has its own")
	case errors.Is(err, current.ErrNotState):
		return nil, usage(fmt.Errorf("--state: %s: %w", path, err), "name another file with --state; this one was left as it is")
	case errors.Is(err, current.ErrDamaged):
		return nil, usage(fmt.Errorf("%s: %w", path, err), "remove the file: what it knew is found out again, and media is sent once more")
	case err != nil:
		return nil, usage(err, "name a file that can be read with --state")
	}
	return s, nil
}

func (r *syncRun) saveState() error {
	if r.state == nil {
		return nil
	}
	r.state.Complete(time.Now())
	return safe.WriteFile(r.stateFile, r.state.Save)
}

// openState reads the state file and writes it as it is to be found if the
// process dies. That it cannot be written is better known now than when everything
// was sent. It is called with the locks held: what another run learns until it
// ends must not be lost.
func (r *syncRun) openState() (err error) {
	if r.stateFile == "" {
		return nil
	}
	if r.stateFile, err = fileToReplace(r.stateFile); err != nil {
		return usage(fmt.Errorf("--state: %w", err), "name a file that can be written with --state")
	}
	if r.state, err = loadState(r.stateFile, r.account); err != nil {
		return err
	}
	r.state.TakeOver(r.salt, r.started)
	if err := safe.WriteFile(r.stateFile, r.state.SaveSettled); err != nil {
		return usage(err, "name a file that can be written with --state")
	}
	return nil
}

// remember takes over what an earlier session applied and could not write into
// the state file. What another run may have overtaken since is not taken for what
// the track has.
func (r *syncRun) remember(result track.Result) {
	sent, ok := result.Changes.Media.To.Get()
	if !ok || !r.stateLacks(result.FinishedAt) {
		return
	}
	if result.Status == track.Updated {
		r.state.Applied(result.ID, sent, result.Changes.Media.From, result.AnsweredMedia)
	} else {
		r.state.Forget(result.ID)
	}
}

// stateLacks reports whether what ended then is not known to the state file.
func (r *syncRun) stateLacks(at time.Time) bool { return r.state != nil && r.state.Lacks(at) }

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
