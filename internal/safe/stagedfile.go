package safe

import (
	"io"
)

// Staged is a complete file that has not yet replaced the one at its path. Stage
// several files first, and then commit all of them or none.
type Staged struct {
	path string
	name string // of the temporary file; empty after Commit or Discard
}

// StageFile is WriteFile without the renaming.
func StageFile(path string, write func(io.Writer) error) (*Staged, error) {
	name, err := stage(disk{}, path, write)
	if err != nil {
		return nil, writeError(path, err)
	}
	return &Staged{path, name}, nil
}

// Commit renames the file to its path.
func (s *Staged) Commit() error {
	name := s.name
	s.name = ""
	return writeError(s.path, install(disk{}, name, s.path))
}

// Discard removes the file unless it was committed. On a nil Staged it does nothing.
func (s *Staged) Discard() error {
	if s == nil || s.name == "" {
		return nil
	}
	name := s.name
	s.name = ""
	return Remove(name)
}
