package cli

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"tracksync/internal/safe"
	engine "tracksync/sync"
)

// runName is what makeRunDir calls a run. Nothing else is ever removed.
var runName = regexp.MustCompile(`^\d{8}T\d{6}Z-[0-9a-f]{6}$`)

// prune keeps the promise of --keep. That it cannot is no failure of the run.
func (r *run) prune() {
	if r.keep == 0 {
		return
	}
	n, err := pruneRuns(r.keep, r.dir.path, r.needed)
	if err != nil {
		r.log.Warn().Str("error", safe.ErrorLine(err)).Msg("old runs could not be removed")
	}
	if n > 0 {
		r.log.Info().Int("removed", n).Msg("old runs were removed")
	}
}

// oldRun is a run of the default place.
type oldRun struct {
	path    string
	info    fs.FileInfo
	start   time.Time
	ended   bool // it has written its summary
	resumed bool // it may be: it did not come to its end
}

// pruneRuns removes all but the newest keep runs of the default place, the one at
// current among them, and returns how many it removed. Runs are told apart by what
// they are and not by how they were named. It leaves alone runs that have no
// summary: they may be going on, or be all that is known of what they did; runs
// that somebody has locked; and those that are needed, or that a run which may be
// resumed reads from.
func pruneRuns(keep int, current string, needed []os.FileInfo) (removed int, err error) {
	own, err := os.Stat(current)
	if err != nil {
		return 0, err
	}
	runs, err := runsIn(runsDir)
	if err != nil {
		return 0, err
	}
	kept := keep
	runs = slices.DeleteFunc(runs, func(o oldRun) bool {
		same := os.SameFile(o.info, own)
		if same {
			kept--
		}
		return same
	})
	needed = slices.Clone(needed)
	var old []oldRun
	for i, o := range runs { // the newest first
		switch {
		case !o.ended, o.resumed && i < kept:
			needed = append(needed, parentsOf(readBy(o.path))...)
		case i >= kept:
			old = append(old, o)
		}
	}
	var errs []error
	for _, o := range old {
		if slices.ContainsFunc(needed, func(dir fs.FileInfo) bool { return os.SameFile(dir, o.info) }) {
			continue
		}
		ok, err := removeRun(o.path)
		if err != nil {
			errs = append(errs, err)
		}
		if ok {
			removed++
		}
	}
	return removed, errors.Join(errs...)
}

// runsIn are the runs in a directory, the newest first; those without a summary
// come last.
func runsIn(dir string) ([]oldRun, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var runs []oldRun
	for _, e := range entries {
		if !e.IsDir() || !runName.MatchString(e.Name()) {
			continue
		}
		o := oldRun{path: filepath.Join(dir, e.Name())}
		if o.info, err = os.Lstat(o.path); err != nil {
			continue // somebody else removes old runs too
		}
		o.start, o.resumed, o.ended = endedRun(o.path)
		runs = append(runs, o)
	}
	slices.SortFunc(runs, func(a, b oldRun) int { return b.start.Compare(a.start) })
	return runs, nil
}

// endedRun is when a run began that has written its summary, and whether it
// stopped before its end.
func endedRun(path string) (start time.Time, stopped, ended bool) {
	b, err := safe.ReadFile(filepath.Join(path, summaryFile), maxSummary)
	if err != nil {
		return time.Time{}, false, false
	}
	var s struct {
		StartedAt time.Time     `json:"started_at"`
		End       engine.Reason `json:"end"`
	}
	err = json.Unmarshal(b, &s)
	return s.StartedAt, s.End != engine.Completed, err == nil
}

// maxSummary bounds what is read of a summary: far more than one has.
const maxSummary = 64 << 20

// reads are the files that the run reads, by the names that it was given.
func (r *run) reads() []string {
	files := append(slices.Clone(r.args), r.stateFile, r.connection.keyFile, r.connection.caFile)
	return slices.DeleteFunc(files, func(name string) bool { return name == "" || name == "-" })
}

// readBy are the files that a run in a directory would read if it were resumed.
func readBy(path string) []string {
	d, err := readDescription(runDir{path: path})
	if err != nil {
		return nil
	}
	files := d.arguments(runDir{path: path})
	for _, name := range fileFlags {
		if file, ok := d.Options[strings.ReplaceAll(name, "-", "_")].(string); ok && file != "" {
			files = append(files, file)
		}
	}
	return files
}

// parentsOf are the directories in which files stand, and those above them.
func parentsOf(files []string) (dirs []fs.FileInfo) {
	for _, name := range files {
		real, err := filepath.EvalSymlinks(name)
		if err == nil {
			real, err = filepath.Abs(real)
		}
		if err != nil {
			continue
		}
		for dir := filepath.Dir(real); ; dir = filepath.Dir(dir) {
			if info, err := os.Stat(dir); err == nil {
				dirs = append(dirs, info)
			}
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	return dirs
}

// removeRun removes a run that has ended, unless another process has it: then it
// reports false. What a run is known by goes first, so that none is resumed of
// which half is gone, and the summary last, so that the rest of one that was not
// removed to the end is removed another time.
func removeRun(path string) (bool, error) {
	l, err := lockIn(path)
	var held *heldError
	switch {
	case errors.As(err, &held), errors.Is(err, fs.ErrNotExist):
		return false, nil
	case isUnlockable(err): // then there is no lock to be held
	case err != nil:
		return false, err
	}
	if _, _, ended := endedRun(path); !ended { // it was taken up meanwhile
		return false, l.release()
	}
	err = removeAll(path, []string{runFile}, []string{summaryFile, lockFile, lockFile + lockInfo})
	err = errors.Join(err, l.release()) // a file that is open cannot be removed everywhere
	if err == nil {
		err = os.RemoveAll(path)
	}
	return err == nil, err
}

// removeAll removes what is in a directory: first some files, and never some others.
func removeAll(dir string, first, never []string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, name := range first {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	for _, e := range entries {
		if slices.Contains(never, e.Name()) {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}
