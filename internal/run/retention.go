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

// runName matches the names that NewPath makes.
var runName = regexp.MustCompile(`^\d{8}T\d{6}Z-[0-9a-f]{6}(-\d+-of-\d+)?$`)

// IsRunName reports whether a name is one that NewPath makes.
func IsRunName(name string) bool { return runName.MatchString(name) }

// Retention says which runs of the default place stay, or of those beside a directory that the
// user named.
type Retention struct {
	Newest  int           // how many runs stay, including the current one; of each shard as many
	Current string        // the directory of the current run
	Needed  []os.FileInfo // directories that the current run reads from, and their parents
	Options []string      // recorded options that name files which a resumed run would read
	// Out is Current as the user named it: the runs of Account beside it are meant. If it is
	// empty, those of the default place are.
	Out     string
	Account Account
}

// oldRun is a run that may be removed.
type oldRun struct {
	path      string
	shard     string
	info      fs.FileInfo
	start     time.Time
	ended     bool // it has written its summary
	resumable bool // it stopped before its end
}

// Prune removes other runs, and returns how many it removed. Directories are compared as files,
// not by name. Prune does not remove
//
//   - directories of the default place that NewPath has not named, and directories beside one
//     that the user named, unless they are runs of the account and have no other file,
//   - runs without a summary, which may be going on, or be the only record of what they did,
//   - locked runs,
//   - runs that are Needed, or whose files another run would read if it were resumed.
func (r Retention) Prune() (removed int, err error) {
	own := oldRun{path: r.Current}
	if own.info, err = os.Stat(r.Current); err != nil {
		return 0, err
	}
	runs, err := r.runs()
	if err != nil {
		return 0, err
	}
	stay := map[string]int{} // how many runs stay so far, by shard
	isOwn := func(o oldRun) bool { return os.SameFile(o.info, own.info) }
	if r.Out != "" || slices.ContainsFunc(runs, isOwn) { // another run may have been resumed elsewhere
		r.isRun(&own)
		stay[own.shard]++
	}
	runs = slices.DeleteFunc(runs, isOwn)
	needed := slices.Clone(r.Needed)
	var old []oldRun
	for _, o := range runs { // the newest first
		stays := stay[o.shard] < r.Newest
		stay[o.shard]++
		switch {
		case !o.ended, o.resumable && stays:
			needed = append(needed, DirsOf(r.readBy(o.path))...)
		case !stays:
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

// runs returns the runs that may be removed, the newest first. Those without a summary come
// last.
func (r Retention) runs() ([]oldRun, error) {
	dir, ok := r.place()
	if !ok {
		return nil, nil
	}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var runs []oldRun
	for _, e := range entries {
		o := oldRun{path: filepath.Join(dir, e.Name())}
		if !e.IsDir() || !r.isRun(&o) {
			continue
		}
		if o.info, err = os.Lstat(o.path); err != nil {
			continue // another process has just removed it
		}
		o.start, o.resumable, o.ended = endedRun(o.path)
		runs = append(runs, o)
	}
	slices.SortFunc(runs, func(a, b oldRun) int { return b.start.Compare(a.start) })
	return runs, nil
}

// place is the directory with the runs that are meant. It is not that of the target if Out is a
// link. ok is false if no directory is beside Out.
func (r Retention) place() (dir string, ok bool) {
	if r.Out == "" {
		return DefaultPlace, true
	}
	out := filepath.Clean(r.Out)
	dir = filepath.Dir(out)
	if base := filepath.Base(out); base == "." || base == ".." { // Dir would be out or something in it
		dir = filepath.Join(out, "..")
	}
	return dir, !isSame(dir, out) // the root is its own parent
}

// isRun reports whether a directory is one of the runs that are meant, and of which shard.
func (r Retention) isRun(o *oldRun) bool {
	if r.Out == "" {
		name := runName.FindStringSubmatch(filepath.Base(o.path))
		if name != nil {
			o.shard = name[1]
		}
		return name != nil
	}
	d, err := ReadDescription(Dir{Path: o.path})
	o.shard = d.Shard
	return err == nil && d.Account.Is(r.Account) && hasOnlyRun(o.path)
}

// hasOnlyRun reports whether a directory has no file but those of a run.
func hasOnlyRun(path string) bool {
	entries, err := os.ReadDir(path)
	return err == nil && !slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return !e.Type().IsRegular() || !isReport(e.Name()) && !IsRecord(e.Name()) && !safe.IsLeftover(e.Name())
	})
}

// endedRun reads a run's summary: when the run began, and whether it stopped before its
// end. ended is false if there is no summary.
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

// maxSummary is the most bytes that are read of a summary. Real ones are far smaller.
const maxSummary = 64 << 20

// readBy returns the files that a run would read if it were resumed.
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

// DirsOf returns the directories of files, and their parents.
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

// removeRun removes a run that has ended. If another process holds it, it returns false.
// run.json is removed first, so that a half-removed run cannot be resumed. The summary is
// removed last, so that a later call removes the rest if this one is interrupted.
func removeRun(path string) (bool, error) {
	l, err := LockDir(path)
	var held *HeldError
	switch {
	case errors.As(err, &held), errors.Is(err, fs.ErrNotExist):
		return false, nil
	case IsUnlockable(err): // no process can hold a lock there
	case err != nil:
		return false, err
	}
	if _, _, ended := endedRun(path); !ended { // it has been resumed meanwhile
		return false, l.Release()
	}
	err = removeAll(path, []string{DescriptionFile}, []string{SummaryFile, lockFile, lockFile + lockInfo})
	err = errors.Join(err, l.Release()) // some systems cannot remove an open file
	if err == nil {
		err = safe.RemoveAll(path)
	}
	return err == nil, err
}

// removeAll removes the content of a directory: the files of first before all others, and
// those of never not at all.
func removeAll(dir string, first, never []string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, name := range first {
		if err := safe.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	for _, e := range entries {
		if slices.Contains(never, e.Name()) {
			continue
		}
		if err := safe.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}
