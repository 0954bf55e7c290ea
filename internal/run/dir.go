package run

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// Names in a run directory. They are part of the interface.
const (
	DefaultPlace    = "tracksync-runs"
	Latest          = "latest"
	DescriptionFile = "run.json"
	ResultsFile     = "results.jsonl"
	SummaryFile     = "summary.json"
	FailedFile      = "failed.csv"
	PageFile        = "report.html"
	EarlierFile     = "earlier.jsonl" // results of rows that are gone from the manifest
	StatsFile       = "stats.json"    // what was measured so far
	BeforeFile      = "before.jsonl"
	SentFile        = "sent.log" // rows whose update is in flight
	UndoFile        = "undo.yaml"
	JUnitFile       = "junit.xml"
	DefectFile      = "defect.txt" // where a panic happened
)

// failedList matches the names of the lists of rows to run again, see beside.
var failedList = regexp.MustCompile(`^failed(-[1-3])?\.(csv|xlsx|xlsm|xltx|xltm)$`)

// IsFailedList reports whether a file of a run directory is a list of rows to run again.
func IsFailedList(name string) bool { return failedList.MatchString(name) }

// isReport reports whether a file is one that a session writes at its end.
func isReport(name string) bool {
	return IsFailedList(name) || slices.Contains([]string{SummaryFile, PageFile, UndoFile, JUnitFile, DefectFile}, name)
}

// HasReport reports whether a file is one of the reports of the run in d, which its next session
// removes.
func (d Dir) HasReport(file string) bool {
	entries, _ := os.ReadDir(d.Path) // what cannot be listed is found out elsewhere
	return slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return isReport(e.Name()) && isSame(file, d.File(e.Name()))
	})
}

// failedBook is the name, without its extension, of the user's workbook with the rows to
// run again marked.
const failedBook = "failed"

// IsRecord reports whether a file of a run directory is what the run has recorded. All others
// are reports, which can be rendered again.
func IsRecord(name string) bool {
	switch name {
	case DescriptionFile, ResultsFile, SummaryFile, EarlierFile, StatsFile, BeforeFile, SentFile,
		lockFile, lockFile + lockInfo:
		return true
	}
	return IsFailedList(name) || isCopy(name)
}

// lockFile is the lock of a run directory.
const lockFile = "lock"

// Dir is the directory of one run.
type Dir struct {
	Path      string
	isDefault bool // in tracksync-runs, named by us
}

func (d Dir) File(name string) string { return safe.AsOperand(filepath.Join(d.Path, name)) }

// NewPath names a run directory in the default place. The name tells the shard.
func NewPath(now time.Time, s track.Shard) string {
	var random [3]byte
	_, _ = rand.Read(random[:]) // never fails
	name := now.UTC().Format("20060102T150405Z") + "-" + hex.EncodeToString(random[:])
	if !s.IsWhole() {
		name += "-" + shardName(s)
	}
	return filepath.Join(DefaultPlace, name)
}

// MakeDir makes the directory of a run: one that NewPath has named or, when named by the
// user, one that must be new or empty.
func MakeDir(path string, named bool) (Dir, error) {
	if named {
		return useDir(path)
	}
	if err := makeDurable(DefaultPlace); err != nil {
		return Dir{}, err
	}
	if err := os.Mkdir(path, 0o700); err != nil {
		return Dir{}, err
	}
	return Dir{path, true}, safe.SyncDir(DefaultPlace)
}

// NotEmptyError means that the directory for a new run is not empty.
type NotEmptyError struct {
	Path string
	File string // the first file that does not belong there
}

func (e *NotEmptyError) Error() string {
	return safe.Line(fmt.Sprintf("the run directory %s is not empty: there is %s", e.Path, e.File))
}

func useDir(out string) (Dir, error) {
	if err := makeDurable(out); err != nil {
		return Dir{}, err
	}
	d := Dir{Path: safe.AsOperand(filepath.Clean(out))}
	return d, d.checkNew()
}

// checkNew returns a *NotEmptyError if there is any file that a run which was killed before
// it began could not have left. Without such files there is nothing to resume.
func (d Dir) checkNew() error {
	entries, err := os.ReadDir(d.Path)
	if err != nil {
		return err
	}
	locked := slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == lockFile })
	for _, e := range entries {
		if !leftByStart(e.Name(), locked) {
			return &NotEmptyError{d.Path, e.Name()}
		}
	}
	return nil
}

// HasBegun reports whether a run has begun in the directory at path. Its run.json is the last
// file that a starting run writes before its ledger.
func HasBegun(path string) (bool, error) {
	_, err := os.Stat(filepath.Join(path, DescriptionFile))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// OpenDir opens the directory of an earlier run.
func OpenDir(path string) (Dir, error) {
	real, err := filepath.EvalSymlinks(FollowLatest(path)) // latest may be a link, too
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("there is no such directory: %s", path)
	}
	if err != nil {
		return Dir{}, err
	}
	real = filepath.Clean(real)
	isDefault := isDefaultPlace(filepath.Dir(real)) && runName.MatchString(filepath.Base(real))
	return Dir{safe.AsOperand(real), isDefault}, nil
}

// isDefaultPlace reports whether a directory is the default place, however it was named.
func isDefaultPlace(dir string) bool { return isSame(dir, DefaultPlace) }

// isSame reports whether two paths lead to the same file.
func isSame(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}

// leftByStart reports whether a run that was killed before it began may have left this
// file. locked is whether the directory has a lock: the files that people could have put
// there themselves count only beside it.
func leftByStart(name string, locked bool) bool {
	switch {
	case name == lockFile, name == lockFile+lockInfo, safe.IsLeftover(name):
		return true
	}
	return locked && (name == StatsFile || isCopy(name))
}

// makeDurable makes a directory and its missing parents, and syncs them, so that they
// survive a power cut.
func makeDurable(path string) error {
	var changed []string
	for dir := filepath.Clean(path); dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		changed = append(changed, filepath.Dir(dir))
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		var at *fs.PathError
		if errors.Is(err, fs.ErrExist) && errors.As(err, &at) { // its target is missing
			if target, notLink := os.Readlink(at.Path); notLink == nil {
				return fmt.Errorf("%s is a link to %s, which does not exist", at.Path, target)
			}
		}
		return err
	}
	for _, dir := range changed {
		if err := safe.SyncDir(dir); err != nil {
			return err
		}
	}
	return nil
}

// Clear removes the files of a run that did not start, except the lock.
func (d Dir) Clear() error {
	entries, err := os.ReadDir(d.Path)
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range entries {
		if e.Name() != lockFile && e.Name() != lockFile+lockInfo {
			errs = append(errs, safe.Remove(d.File(e.Name())))
		}
	}
	return errors.Join(errs...)
}

// Abandon removes the directory of a run that did not start. A directory that the user
// named stays, but empty, so that it can be used again. The lock must have been released.
func (d Dir) Abandon() error {
	if !d.isDefault {
		// An unlocked run has no lock file.
		if err := safe.Remove(d.File(lockFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	return safe.RemoveAll(d.Path)
}
