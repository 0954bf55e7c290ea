package safe

import (
	"errors"
	"os"
	"runtime"
	"syscall"
)

// SyncDir makes the names in a directory durable. Without it, a power cut can lose
// the name of a new file, and so the file, even after the file itself was synced.
// Where directories cannot be synced it does nothing.
func SyncDir(dir string) error {
	if err := (disk{}).syncDir(dir); err != nil {
		return fileError{err}
	}
	return nil
}

// syncDir does nothing on Windows and on some network file systems, where directories
// cannot be synced.
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
