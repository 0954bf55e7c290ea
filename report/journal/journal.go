package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// ErrFull says that a result was not accepted because the lines that wait for
// the file have reached Options.Limit.
var ErrFull = errors.New("too many results wait to be written to a file that accepts none")

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

// Options are what a Ledger may be told. The zero Options are good.
type Options struct {
	// Redact is given the text of every string in a line, and returns what may
	// be written instead. Nil: nothing is redacted.
	Redact func(text []byte) []byte
	// Undo is whether the states of tracks before their updates are recorded.
	Undo bool
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
	start   int64  // the offset in the file of waiting[0]
	line    []byte // the memory of the latest line, for the next
	opened  int64  // what the file held when it was opened

	durable durable
	closed  bool
	rows    *rowIndex
}

// createJournal makes the file at path, readable by its owner alone, and makes its
// name durable. It is an error if something has that name already.
func createJournal(path string, o Options) (*Journal, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return nil, createError(path, err)
	}
	if err := safe.SyncDir(filepath.Dir(path)); err != nil {
		return nil, createError(path, errors.Join(err, f.Close(), os.Remove(path)))
	}
	j := New(f, o)
	j.durable.inPlace = inPlace(path, f)
	return j, nil
}

// openJournal opens the file at path, which holds size bytes of whole lines; index
// knows them.
func openJournal(path string, size int64, index *rowIndex, o Options) (*Journal, error) {
	f, err := safe.OpenFile(path, os.O_RDWR|os.O_APPEND, 0)
	if err != nil {
		return nil, openError(path, err)
	}
	info, err := f.Stat()
	if err == nil && info.Size() != size {
		err = errChanged
	}
	if err != nil {
		return nil, errors.Join(openError(path, err), f.Close())
	}
	j := New(f, o)
	j.durable.inPlace, j.durable.upTo = inPlace(path, f), size
	j.start, j.opened, j.rows = size, size, index
	return j, nil
}

// New returns a Journal that writes to f, which must be empty and which it
// closes in the end.
func New(f File, o Options) *Journal {
	if o.Limit <= 0 {
		o.Limit = DefaultLimit
	}
	return &Journal{file: f, redact: o.Redact, limit: o.Limit, rows: &rowIndex{tracks: o.Undo}}
}

// Append adds a result, without touching the file. Its time is written in
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
	line, err := appendLine(j.line[:0], r)
	if err == nil {
		line, err = redacted(line, j.redact)
	}
	if err != nil {
		return fmt.Errorf("journal: append row %d: %w", r.Row, err)
	}
	if len(j.waiting)+len(line)+1 > j.limit {
		return fmt.Errorf("journal: append row %d: %w", r.Row, ErrFull)
	}
	j.rows.set(r.Row, r.ID, r.Status, j.start+int64(len(j.waiting)))
	j.waiting = append(append(j.waiting, line...), '\n')
	if cap(line) <= maxLineMemory {
		j.line = line
	}
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

// Unwritten returns the lines that the file does not have whole, redacted,
// each with its line break: what is left to print elsewhere when the file
// cannot be written. It is good until the next Append or Flush.
func (j *Journal) Unwritten() []byte { return j.waiting }
