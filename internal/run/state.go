package run

import (
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"tracksync/internal/safe"
	"tracksync/internal/track"
	"tracksync/sync/current"
)

// State is the state file of a run, in memory and on disk. A run without a state file has
// a nil State, which lacks nothing and is never saved.
type State struct {
	*current.State
	path  string
	write writeFile
}

// besideState ends the name of a state that could not replace its file, because another program
// had it open.
const besideState = ".new"

// UnwritableError means that a state file cannot be written.
type UnwritableError struct{ Err error }

func (e *UnwritableError) Error() string { return e.Err.Error() }
func (e *UnwritableError) Unwrap() error { return e.Err }

// StateOfShard is the state file of a shard: the name that the user gave, with the shard in
// it. Shards run at the same time, and each replaces its file as a whole.
func StateOfShard(path string, s track.Shard) string {
	if path == "" || s.IsWhole() {
		return path
	}
	ext := filepath.Ext(path)
	return strings.TrimSuffix(path, ext) + "." + shardName(s) + ext
}

// LoadState reads a state file. A missing file is like an empty one.
func LoadState(path string, a Account) (s *current.State, err error) {
	owner := current.Account{BaseURL: a.ShownBase(), Fingerprint: a.Fingerprint}
	f, err := safe.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return current.NewState(owner, rand.Reader)
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	newer, missing := safe.Open(path + besideState)
	if missing != nil {
		return current.LoadState(f, owner)
	}
	defer func() { err = errors.Join(err, newer.Close()) }()
	return current.LoadState(newer, owner)
}

// OpenState reads the state file for a run that started at a time, and writes it in the
// form that is right if the process dies. An *UnwritableError is therefore known before
// anything is sent. The caller must hold the account's lock, so that what another run
// learns is not lost.
func OpenState(path string, a Account, salt string, started time.Time) (*State, error) {
	return openState(path, a, salt, started, safe.WriteFile)
}

func openState(path string, a Account, salt string, started time.Time, write writeFile) (*State, error) {
	known, err := LoadState(path, a)
	if err != nil {
		return nil, err
	}
	known.TakeOver(salt, started)
	s := &State{known, path, write}
	if _, err := s.save(known.SaveConfirmed); err != nil {
		return nil, &UnwritableError{err}
	}
	return s, nil
}

// Finish writes the state file at the end of the run. If another program has the file open,
// held is that error, and the state is written beside the file, where LoadState finds it.
func (s *State) Finish(now time.Time) (held, err error) {
	if s == nil {
		return nil, nil
	}
	s.Complete(now)
	return s.save(s.Save)
}

func (s *State) save(content func(io.Writer) error) (held, err error) {
	err = s.write(s.path, content)
	switch {
	case errors.Is(err, safe.ErrInUse):
		return err, s.write(s.path+besideState, content)
	case err != nil:
		return nil, err
	}
	if err := safe.Remove(s.path + besideState); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return nil, nil
}

// Lacks reports whether the state file may lack a row that ended at a time.
func (s *State) Lacks(at time.Time) bool { return s != nil && s.State.Lacks(at) }

// Learn adds what an earlier session of the run applied and could not save. An outcome
// that is not certain removes the track from the state.
func (s *State) Learn(result track.Result) {
	sent, ok := result.Changes.Media.To.Get()
	if !ok || !s.Lacks(result.FinishedAt) {
		return
	}
	if result.Status == track.Updated {
		s.Applied(result.ID, sent, result.Changes.Media.From, result.AnsweredMedia)
	} else {
		s.Forget(result.ID)
	}
}
