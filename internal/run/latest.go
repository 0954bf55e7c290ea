package run

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"tracksync/internal/safe"
)

// PointLatest makes tracksync-runs/latest lead to d. It is a link or, where no link can be
// made (on Windows that needs a privilege), a file with the name of the run.
func (d Dir) PointLatest() error { return d.pointLatest(os.Symlink) }

func (d Dir) pointLatest(symlink func(target, name string) error) error {
	if !d.isDefault {
		return nil
	}
	latest, fresh, name := filepath.Join(DefaultPlace, Latest), d.Path+".link", filepath.Base(d.Path)
	err := symlink(name, fresh)
	if err == nil {
		_, err = os.Lstat(fresh) // Wine says that it has made links, and makes none
	}
	if err != nil {
		if err := os.WriteFile(fresh, []byte(name+"\n"), 0o600); err != nil {
			return err
		}
	}
	if runtime.GOOS == "windows" { // where no link to a directory can be replaced
		_ = safe.Remove(latest) // nothing may be there
	}
	if err := safe.Rename(fresh, latest); err != nil {
		return errors.Join(err, safe.Remove(fresh))
	}
	return nil
}

// FollowLatest replaces a file latest in a path by the run that it names: systems follow only
// links. Other paths stay as they are.
func FollowLatest(path string) string {
	clean := filepath.Clean(path)
	for dir := clean; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if filepath.Base(dir) != Latest {
			continue
		}
		text, err := safe.ReadFile(dir, 1<<10)
		if name := strings.TrimSpace(string(text)); err == nil && IsRunName(name) {
			return filepath.Join(filepath.Dir(dir), name, strings.TrimPrefix(clean, dir))
		}
	}
	return path
}
