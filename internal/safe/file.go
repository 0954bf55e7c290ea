package safe

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"syscall"
)

// WriteFile writes the file at path, readable by its owner alone, so that at
// every moment either the whole new file or what was there before has that
// name. It is written beside, synced, closed and renamed; on an error
// nothing is left behind. What write is given is buffered.
func WriteFile(path string, write func(io.Writer) error) error {
	return writeError(path, replace(disk{}, path, write))
}

func writeError(path string, err error) error {
	if err != nil {
		return fileError{fmt.Errorf("write %s: %w", path, err)}
	}
	return nil
}

// Staged is a file that was written whole beside the one that it is to replace. So
// several can be replaced, or none if one of them cannot be written.
type Staged struct {
	path string
	name string // of the file beside; empty once there is none
}

// StageFile is WriteFile but for the renaming.
func StageFile(path string, write func(io.Writer) error) (*Staged, error) {
	name, err := stage(disk{}, path, write)
	if err != nil {
		return nil, writeError(path, err)
	}
	return &Staged{path, name}, nil
}

// Commit gives the file its name.
func (s *Staged) Commit() error {
	name := s.name
	s.name = ""
	return writeError(s.path, install(disk{}, name, s.path))
}

// Discard removes a file that was not committed. A nil Staged is none.
func (s *Staged) Discard() error {
	if s == nil || s.name == "" {
		return nil
	}
	name := s.name
	s.name = ""
	return os.Remove(name)
}

// SyncDir makes the names in a directory durable, where directories can be
// synced: a file that was synced is lost in a power cut when its name is.
func SyncDir(dir string) error {
	if err := (disk{}).syncDir(dir); err != nil {
		return fileError{err}
	}
	return nil
}

// leftover is how the temporary files of WriteFile are called.
var leftover = regexp.MustCompile(`^\..+\.tmp-[0-9]+$`)

// IsLeftover reports whether a file is called as WriteFile calls what it has not
// finished. Where nobody is writing, a process was killed that did.
func IsLeftover(name string) bool { return leftover.MatchString(name) }

// RemoveLeftovers removes what processes that were killed left unfinished in
// dir. Nobody else may be writing there.
func RemoveLeftovers(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range entries {
		if e.Type().IsRegular() && IsLeftover(e.Name()) {
			errs = append(errs, os.Remove(filepath.Join(dir, e.Name())))
		}
	}
	return errors.Join(errs...)
}

// fileError says an error with file names in it on one line, safe to print.
type fileError struct{ err error }

func (e fileError) Error() string { return ErrorLine(e.err) }
func (e fileError) Unwrap() error { return e.err }

// fileSystem is what replacing a file takes.
type fileSystem interface {
	// temp makes a new file in dir that its owner alone can read.
	temp(dir, pattern string) (file, error)
	rename(from, to string) error
	remove(name string) error
	syncDir(dir string) error
}

type file interface {
	io.WriteCloser
	Name() string
	Sync() error
}

func replace(fs fileSystem, path string, write func(io.Writer) error) error {
	name, err := stage(fs, path, write)
	if err != nil {
		return err
	}
	return install(fs, name, path)
}

// stage writes a file beside path, and returns its name.
func stage(fs fileSystem, path string, write func(io.Writer) error) (name string, err error) {
	dir, base := filepath.Split(path)
	if dir == "" {
		dir = "." // and not the system's place for temporary files
	}
	f, err := fs.temp(dir, "."+base+".tmp-*")
	if err != nil {
		return "", err
	}
	closed, done := false, false
	defer func() { // also when write panics
		if done {
			return
		}
		if !closed {
			err = errors.Join(err, f.Close())
		}
		err = errors.Join(err, fs.remove(f.Name()))
	}()
	b := bufio.NewWriterSize(f, 64<<10)
	if err := write(b); err != nil {
		return "", err
	}
	if err := b.Flush(); err != nil {
		return "", err
	}
	if err := f.Sync(); err != nil {
		return "", err
	}
	closed = true
	if err := f.Close(); err != nil {
		return "", err
	}
	done = true
	return f.Name(), nil
}

// install gives a staged file its name, or removes it.
func install(fs fileSystem, name, path string) error {
	if err := fs.rename(name, path); err != nil {
		return errors.Join(err, fs.remove(name))
	}
	return fs.syncDir(filepath.Dir(path))
}

// disk is the fileSystem of this machine.
type disk struct{}

func (disk) temp(dir, pattern string) (file, error) { return os.CreateTemp(dir, pattern) }
func (disk) rename(from, to string) error           { return os.Rename(from, to) }
func (disk) remove(name string) error               { return os.Remove(name) }

// syncDir makes a rename durable where directories can be synced: not on
// Windows, nor on some network file systems.
func (disk) syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if errors.Is(err, os.ErrPermission) {
		return nil // a directory may be writable without being readable
	}
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EINVAL) {
		err = nil
	}
	return errors.Join(err, d.Close())
}
