package runs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tracksync/internal/run"
)

// Resolve returns the directory of the run that a name means: the name of a run in the default
// place, "latest", or a path.
func Resolve(name string) (run.Dir, error) {
	if name == run.Latest {
		return latest()
	}
	if !strings.ContainsAny(name, `/\`) {
		if dir, err := run.OpenDir(filepath.Join(run.DefaultPlace, name)); err == nil {
			return dir, nil
		}
	}
	return run.OpenDir(name)
}

// latest is the newest run of the default place. Where nothing leads to it, that is the one
// with the latest name.
func latest() (run.Dir, error) {
	link := filepath.Join(run.DefaultPlace, run.Latest)
	if info, err := os.Stat(run.FollowLatest(link)); err == nil && info.IsDir() {
		return run.OpenDir(link)
	}
	entries, err := os.ReadDir(run.DefaultPlace)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return run.Dir{}, err
	}
	for _, e := range slices.Backward(entries) {
		if e.IsDir() && run.IsRunName(e.Name()) {
			return run.OpenDir(filepath.Join(run.DefaultPlace, e.Name()))
		}
	}
	return run.Dir{}, fmt.Errorf("there is no run in %s", run.DefaultPlace)
}
