package cli

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tracksync/internal/safe"
)

// Names in a run directory. They are part of the interface.
const (
	runsDir     = "tracksync-runs"
	latestName  = "latest"
	runFile     = "run.json"
	resultsFile = "results.jsonl"
	summaryFile = "summary.json"
	failedFile  = "failed.csv"
	earlierFile = "earlier.jsonl" // results of rows that are gone from the manifest
	statsFile   = "stats.json"    // what was measured so far
	lockFile    = "lock"
	beforeFile  = "before.jsonl"
	sentFile    = "sent.log" // rows whose update is under way
	undoFile    = "undo.yaml"
	defectFile  = "defect.txt" // where a panic happened
)

// runDir is the directory of one run.
type runDir struct {
	path      string
	isDefault bool // in tracksync-runs, named by us
}

func (d runDir) file(name string) string { return pastable(filepath.Join(d.path, name)) }

// pastable is a path that no command takes for a flag: -y is ./-y.
func pastable(path string) string {
	if strings.HasPrefix(path, "-") {
		return "." + string(filepath.Separator) + path
	}
	return path
}

// newRunPath names a run directory in the default place.
func newRunPath(now time.Time) string {
	var random [3]byte
	_, _ = rand.Read(random[:]) // never fails
	return filepath.Join(runsDir, now.UTC().Format("20060102T150405Z")+"-"+hex.EncodeToString(random[:]))
}

// makeRunDir makes the directory of a run: out, which must be new or empty, or
// when out is empty the one at path, which newRunPath has named.
func makeRunDir(out, path string) (runDir, error) {
	if out != "" {
		return useRunDir(out)
	}
	if err := makeDurable(runsDir); err != nil {
		return runDir{}, err
	}
	if err := os.Mkdir(path, 0o700); err != nil {
		return runDir{}, err
	}
	return runDir{path, true}, safe.SyncDir(runsDir)
}

func useRunDir(out string) (runDir, error) {
	if err := makeDurable(out); err != nil {
		return runDir{}, err
	}
	entries, err := os.ReadDir(out)
	if err != nil {
		return runDir{}, err
	}
	for _, e := range entries {
		if !leftByStart(e.Name()) {
			return runDir{}, usage(fmt.Errorf("the run directory %s is not empty", out), "name a new one with --out")
		}
	}
	return runDir{path: pastable(filepath.Clean(out))}, nil
}

// leftByStart reports whether a file in a run directory may be all that there is
// of a run that was killed before it began: then there is nothing to take up
// again, and no reason to ask for another name.
func leftByStart(name string) bool {
	return name == lockFile || name == lockFile+lockInfo || safe.IsLeftover(name)
}

// makeDurable makes a directory, and those above it that are missing, so that a
// power cut does not take them away with all that is in them.
func makeDurable(path string) error {
	var changed []string
	for dir := filepath.Clean(path); dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		changed = append(changed, filepath.Dir(dir))
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return err
	}
	for _, dir := range changed {
		if err := safe.SyncDir(dir); err != nil {
			return err
		}
	}
	return nil
}

// empty removes all that a run wrote which did not start, but what locks it.
func (d runDir) empty() error {
	entries, err := os.ReadDir(d.path)
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range entries {
		if e.Name() != lockFile && e.Name() != lockFile+lockInfo {
			errs = append(errs, os.Remove(d.file(e.Name())))
		}
	}
	return errors.Join(errs...)
}

// abandon removes the directory of a run that did not start, or leaves it as
// empty as it has to be to be named again. Its lock must have been let go.
func (d runDir) abandon() error {
	if !d.isDefault {
		if err := os.Remove(d.file(lockFile)); err != nil && !errors.Is(err, fs.ErrNotExist) { // there is none with --no-lock
			return err
		}
		return nil
	}
	return os.RemoveAll(d.path)
}

// pointLatest lets tracksync-runs/latest point to d. It is a convenience:
// where links cannot be made (Windows without the privilege), there is none.
func (d runDir) pointLatest() error {
	if !d.isDefault {
		return nil
	}
	link := filepath.Join(runsDir, latestName)
	fresh := d.path + ".link"
	if err := os.Symlink(filepath.Base(d.path), fresh); err != nil {
		return err
	}
	if err := os.Rename(fresh, link); err != nil {
		return errors.Join(err, os.Remove(fresh))
	}
	return nil
}
