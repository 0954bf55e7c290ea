package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"

	"tracksync/internal/defect"
	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// ErrFull says that a result was not taken because the lines that wait for
// the file have reached Options.Limit.
var ErrFull = errors.New("too many results wait to be written; the file takes none")

// DefaultLimit is the bytes of lines that may wait when Options name no limit.
const DefaultLimit = 16 << 20

// File is what a Journal needs of its file. *os.File opened for reading and
// appending is one. Sync may be called while the others are.
type File interface {
	io.Writer
	io.ReaderAt
	io.Closer
	Sync() error
}

// Options are what a Journal may be told. The zero Options are good.
type Options struct {
	// Redact is given the text of every string in a line, and returns what may
	// be written instead. Nil: nothing is redacted.
	Redact func(text []byte) []byte
	// Limit is how many bytes of lines may wait in memory for the file;
	// DefaultLimit when zero.
	Limit int
}

// Journal appends results to a file and finds them again.
type Journal struct {
	file   File
	redact func([]byte) []byte
	limit  int

	// waiting begins with the first line that the file does not have whole;
	// its first sent bytes are already there.
	waiting []byte
	sent    int
	start   int64 // the offset in the file of waiting[0]

	synced  int64        // everything before this offset is durable
	syncErr error        // the first failure to sync
	syncing chan error   // of the sync under way; nil: none
	covers  int64        // everything before this offset, once it has succeeded
	inPlace func() error // ErrGone when the file is no longer where it was; nil: not looked
	closed  bool
	index   index
	counts  map[track.Status]int
	lines   int // appended, or there before
}

// Create makes the file at path, readable by its owner alone, and makes its
// name durable. It is an error if something has that name already.
func Create(path string, o Options) (*Journal, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return nil, createError(path, err)
	}
	if err := safe.SyncDir(filepath.Dir(path)); err != nil {
		return nil, createError(path, errors.Join(err, f.Close(), os.Remove(path)))
	}
	j := New(f, o)
	j.inPlace = inPlace(path, f)
	return j, nil
}

// createError quotes the path, which the system's error would show as it is.
func createError(path string, err error) error {
	var pe *os.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return fmt.Errorf("journal: create %q: %w", path, err)
}

// New returns a Journal that writes to f, which must be empty and which it
// closes in the end.
func New(f File, o Options) *Journal {
	if o.Limit <= 0 {
		o.Limit = DefaultLimit
	}
	return &Journal{file: f, redact: o.Redact, limit: o.Limit, counts: make(map[track.Status]int)}
}

// Append takes a result in, without touching the file. Its time is written in
// UTC to the millisecond, its duration to the microsecond. From here on the
// result counts: Lookup finds it, whether or not it was flushed.
//
// It refuses a result that Read would refuse (no row, an unknown status, no
// time, longer than MaxLine), and with ErrFull one that finds no room: flush
// before Waiting comes near Options.Limit. A refused result leaves the journal
// as it was. Bytes that are no UTF-8 become U+FFFD, as JSON has no others.
func (j *Journal) Append(r track.Result) error {
	if j.closed {
		return fmt.Errorf("journal: append row %d: %w", r.Row, os.ErrClosed)
	}
	line, err := Encode(r)
	if err == nil && j.redact != nil {
		line, err = redacted(line, j.redact, r)
	}
	if err != nil {
		return fmt.Errorf("journal: append row %d: %w", r.Row, err)
	}
	if len(j.waiting)+len(line)+1 > j.limit {
		return fmt.Errorf("journal: append row %d: %w", r.Row, ErrFull)
	}
	if before, _, ok := j.index.get(r.Row); ok {
		j.counts[before]--
	}
	j.counts[r.Status]++
	j.index.set(r.Row, r.Status, j.start+int64(len(j.waiting)))
	j.lines++
	j.waiting = append(append(j.waiting, line...), '\n')
	return nil
}

// Whole is the offset in the file up to which it has whole lines.
func (j *Journal) Whole() int64 { return j.start }

// Waiting is how many bytes of lines a Flush would write.
func (j *Journal) Waiting() int { return len(j.waiting) - j.sent }

// Flush writes the waiting lines with one write. After an error the rest goes
// on waiting, and Flush may be called again.
func (j *Journal) Flush() error {
	rest := j.waiting[j.sent:]
	if len(rest) == 0 {
		return nil
	}
	if j.closed {
		return fmt.Errorf("journal: flush: %w", os.ErrClosed)
	}
	n, err := j.file.Write(rest)
	if n < 0 || n > len(rest) {
		n, err = 0, errors.Join(fmt.Errorf("the file claims to have written %d of %d bytes", n, len(rest)), err)
	}
	if n < len(rest) && err == nil {
		err = io.ErrShortWrite
	}
	j.advance(n)
	if err != nil {
		return fmt.Errorf("journal: flush: %w", err)
	}
	return nil
}

// advance drops the lines that the file has whole, now that it took n bytes
// more.
func (j *Journal) advance(n int) {
	j.sent += n
	whole := bytes.LastIndexByte(j.waiting[:j.sent], '\n') + 1
	if whole == 0 {
		return
	}
	j.start += int64(whole)
	j.sent -= whole
	j.waiting = append(j.waiting[:0], j.waiting[whole:]...)
}

// Sync flushes and makes what the file has durable, also when the flush failed
// halfway, and waits for that. Once the file failed to sync, Sync never succeeds
// again: see the package comment.
func (j *Journal) Sync() error {
	err := j.Flush()
	for range 2 { // one that is under way may have begun before the flush
		if j.syncing != nil {
			err = errors.Join(err, j.syncEnded(<-j.syncing))
		}
		j.startSync()
	}
	return errors.Join(err, j.syncErr)
}

// StartSync is Sync without waiting for the disk, which may take long: results
// that come meanwhile must not wait in memory, where a kill would take them. It
// does nothing while a sync is under way, and returns how the one before ended.
func (j *Journal) StartSync() error {
	err := j.Flush()
	select {
	case serr := <-j.syncing:
		err = errors.Join(err, j.syncEnded(serr))
	default:
	}
	j.startSync()
	return errors.Join(err, j.syncErr)
}

func (j *Journal) startSync() {
	end := j.start + int64(j.sent)
	if j.syncErr != nil || j.syncing != nil || j.closed || end <= j.synced {
		return
	}
	done := make(chan error, 1)
	j.syncing, j.covers = done, end
	go func() { done <- defect.Do(j.file.Sync) }()
}

// syncEnded takes note of the end of the sync that was under way. What went into
// a file that has gone is durable for nobody, which it returns.
func (j *Journal) syncEnded(err error) error {
	j.syncing = nil
	if err != nil {
		j.syncErr = fmt.Errorf("journal: sync: %w", err)
		return nil
	}
	j.synced = j.covers
	if j.inPlace != nil {
		return j.inPlace()
	}
	return nil
}

// Close syncs and closes the file, which it does also when the sync fails.
// Unwritten, Status, Counts and Missing stay good; Lookup does not. A second
// Close does nothing.
func (j *Journal) Close() error {
	if j.closed {
		return nil
	}
	err := j.Sync()
	j.closed = true
	if cerr := j.file.Close(); cerr != nil {
		err = errors.Join(err, fmt.Errorf("journal: close: %w", cerr))
	}
	return err
}

// Unwritten returns the lines that the file does not have whole, redacted,
// each with its line break: what is left to print elsewhere when the file
// cannot be written. It is good until the next Append or Flush.
func (j *Journal) Unwritten() []byte { return j.waiting }

// Status returns the status of a row's last line, and whether it has one.
func (j *Journal) Status(row int) (track.Status, bool) {
	s, _, ok := j.index.get(row)
	return s, ok
}

// Counts returns how many rows have each status, by their last lines. A
// status that no row has may be missing.
func (j *Journal) Counts() map[track.Status]int {
	counts := make(map[track.Status]int, len(j.counts))
	for s, n := range j.counts {
		counts[s] = n
	}
	return counts
}

// Missing goes over the rows from 1 to rows that have no line, in ascending
// order. Appending them on the way is fine.
func (j *Journal) Missing(rows int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for row := 1; row <= rows; row++ {
			if _, ok := j.Status(row); !ok && !yield(row) {
				return
			}
		}
	}
}

// Lookup reads a row's last line back, and reports whether there is one. An
// error means that the file could not be read or does not say what was written.
func (j *Journal) Lookup(row int) (track.Result, bool, error) {
	status, offset, ok := j.index.get(row)
	if !ok {
		return track.Result{}, false, nil
	}
	line, err := j.lineAt(offset)
	if err != nil {
		return track.Result{}, false, fmt.Errorf("journal: read row %d: %w", row, err)
	}
	r, err := decode(line)
	if err == nil && (r.Row != row || r.Status != status) {
		err = errChanged
	}
	if err != nil {
		return track.Result{}, false, fmt.Errorf("journal: read row %d: %w", row, err)
	}
	return r, true, nil
}

var errChanged = errors.New("another line stands there; the file was changed by someone else")
