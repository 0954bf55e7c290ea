package safe

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"
)

// WriteFile writes the file at path atomically and durably; only its owner can read
// it. At every moment the path leads to the whole new file or to what was there
// before. A temporary file in the same directory is written, synced, closed and
// renamed. On an error it is removed. write gets a buffered writer.
func WriteFile(path string, write func(io.Writer) error) error {
	return writeError(path, replace(disk{}, path, write))
}

// WriteForAll is WriteFile for a file that every user can read.
func WriteForAll(path string, write func(io.Writer) error) error {
	return writeError(path, replace(diskForAll{}, path, write))
}

// fileSystem are the operations that replacing a file needs.
type fileSystem interface {
	// temp creates a file in dir that only its owner can read.
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
		dir = "." // os.CreateTemp would use the system's temporary directory
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
func (disk) rename(from, to string) error           { return Rename(from, to) }
func (disk) remove(name string) error               { return Remove(name) }

// diskForAll makes files that every user can read.
type diskForAll struct{ disk }

func (d diskForAll) temp(dir, pattern string) (file, error) {
	f, err := os.CreateTemp(dir, pattern)
	if err != nil {
		return nil, err
	}
	if err := f.Chmod(0o644); err != nil {
		return nil, errors.Join(err, f.Close(), Remove(f.Name()))
	}
	return f, nil
}
