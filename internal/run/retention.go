package run

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"tracksync/internal/safe"
	engine "tracksync/sync"
)

// runName is what MakeDir calls a run. Nothing else is ever removed.
var runName = regexp.MustCompile(`^\d{8}T\d{6}Z-[0-9a-f]{6}$`)

// Retention says which runs of the default place stay.
type Retention struct {
	Newest  int           // so many, the current one among them
	Current string        // the directory of the run that asks
	Needed  []os.FileInfo // directories that the current run reads from, and those above them
	Options []string      // recorded options that name files, which a resumed run would read
}

// oldRun is a run of the default place.
type oldRun struct {
	path    string
	info    fs.FileInfo
	start   time.Time
	ended   bool // it has written its summary
	resumed bool // it may be: it did not come to its end
}

// Prune removes the other runs of the default place, and returns how many it removed.
// Runs are told apart by what they are and not by how they were named. It leaves alone
// runs that have no summary: they may be going on, or be all that is known of what they
// did; runs that somebody has locked; and those that are needed, or that a run which may
// be resumed reads from.
func (r Retention) Prune() (removed int, err error) {
	own, err := os.Stat(r.Current)
	if err != nil {
		return 0, err
	}
	runs, err := runsIn(DefaultPlace)
	if err != nil {
		return 0, err
	}
	room := r.Newest // for runs that have ended
	runs = slices.DeleteFunc(runs, func(o oldRun) bool {
		same := os.SameFile(o.info, own)
		if same {
			room--
		}
		return same
	})
	needed := slices.Clone(r.Needed)
	var old []oldRun
	for i, o := range runs { // the newest first
		switch {
		case !o.ended, o.resumed && i < room:
			needed = append(needed, DirsOf(r.readBy(o.path))...)
		case i >= room:
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
	b, err := safe.ReadFile(filepath.Join(path, SummaryFile), maxSummary)
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

// readBy are the files that a run in a directory would read if it were resumed.
func (r Retention) readBy(path string) []string {
	d, err := ReadDescription(Dir{Path: path})
	if err != nil {
		return nil
	}
	files := d.Arguments(Dir{Path: path})
	for _, name := range r.Options {
		if file, ok := d.Options[name].(string); ok && file != "" {
			files = append(files, file)
		}
	}
	return files
}

// DirsOf are the directories in which files stand, and those above them.
func DirsOf(files []string) (dirs []fs.FileInfo) {
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
	l, err := LockDir(path)
	var held *HeldError
	switch {
	case errors.As(err, &held), errors.Is(err, fs.ErrNotExist):
		return false, nil
	case IsUnlockable(err): // then there is no lock to be held
	case err != nil:
		return false, err
	}
	if _, _, ended := endedRun(path); !ended { // it was taken up meanwhile
		return false, l.Release()
	}
	err = removeAll(path, []string{DescriptionFile}, []string{SummaryFile, lockFile, lockFile + lockInfo})
	err = errors.Join(err, l.Release()) // a file that is open cannot be removed everywhere
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
