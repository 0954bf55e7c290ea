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

// ErrFull means that a result was not accepted, because the lines that wait for the file
// have reached Options.Limit.
var ErrFull = errors.New("too many results wait to be written to a file that accepts none")

// DefaultLimit is the default of Options.Limit.
const DefaultLimit = 16 << 20

// File is what a Journal needs of its file. An *os.File opened for reading and appending is
// one. Sync may be called concurrently with the other methods.
type File interface {
	io.Writer
	io.ReaderAt
	io.Closer
	Sync() error
}

// Options are options of a Ledger. The zero value can be used.
type Options struct {
	// Redact gets the text of every string in a line and returns the redacted text. Nil:
	// nothing is redacted.
	Redact func(text []byte) []byte
	// Undo is whether the states of tracks before their updates are recorded.
	Undo bool
	// Session is the number of the session of the run, from 1.
	Session int
	// Limit is how many bytes of lines may wait in memory for the file;
	// DefaultLimit when zero.
	Limit int
}

// Journal appends results to a file and finds them again.
type Journal struct {
	file   File
	redact func([]byte) []byte
	limit  int

	// waiting begins with the first line that is not completely in the file. Its first sent
	// bytes are already there.
	waiting []byte
	sent    int
	start   int64  // the offset in the file of waiting[0]
	line    []byte // memory that is reused for the next line
	opened  int64  // size of the file when it was opened

	durable durable
	closed  bool
	rows    *rowIndex
}

// createJournal creates the file at path, readable only by its owner, and makes its name
// durable. It is an error if the file exists.
func createJournal(path string, o Options) (*Journal, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return nil, createError(path, err)
	}
	if err := safe.SyncDir(filepath.Dir(path)); err != nil {
		return nil, createError(path, errors.Join(err, f.Close(), safe.Remove(path)))
	}
	j := New(f, o)
	j.durable.inPlace = inPlace(path, f)
	return j, nil
}

// openJournal opens the file at path, which has size bytes of whole lines, indexed by index.
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

// New returns a Journal that writes to f, which must be empty. Close closes f.
func New(f File, o Options) *Journal {
	if o.Limit <= 0 {
		o.Limit = DefaultLimit
	}
	return &Journal{file: f, redact: o.Redact, limit: o.Limit, rows: &rowIndex{tracks: o.Undo}}
}

// Append adds a result without writing to the file. Its time is stored in UTC to the
// millisecond, its duration to the microsecond. Lookup finds the result from now on, even
// before it is flushed.
//
// Append refuses a result that Read would refuse (no row, an unknown status, no time, longer
// than MaxLine). If there is no room it returns ErrFull: call Flush before Waiting comes near
// Options.Limit. A refused result changes nothing. Invalid UTF-8 becomes U+FFFD.
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

// Whole is the offset of the end of the last whole line in the file.
func (j *Journal) Whole() int64 { return j.start }

// Waiting is how many bytes of lines a Flush would write.
func (j *Journal) Waiting() int { return len(j.waiting) - j.sent }

// Flush writes the waiting lines with one write. After an error the rest stays in memory,
// and Flush may be called again.
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

// advance drops the lines that are completely in the file, after n more bytes were written.
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

// Unwritten returns the lines that are not completely in the file, redacted, each with its
// line break. If the file cannot be written, print them elsewhere. The slice is valid until
// the next Append or Flush.
func (j *Journal) Unwritten() []byte { return j.waiting }
