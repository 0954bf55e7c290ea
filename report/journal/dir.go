package journal

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// syncDir makes the name of a new file durable. Where directories cannot be
// synced (Windows, some network file systems) there is nothing to do.
func syncDir(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(filepath.Dir(path))
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
