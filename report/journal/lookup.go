package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"

	"tracksync/internal/track"
)

// Status returns the status of a row's last line, and whether it has one.
func (j *Journal) Status(row int) (track.Status, bool) {
	s, _, ok := j.rows.get(row)
	return s, ok
}

// Counts returns how many rows have each status, by their last lines. A
// status that no row has may be missing.
func (j *Journal) Counts() map[track.Status]int {
	counts := make(map[track.Status]int, len(statuses))
	maps.Copy(counts, j.rows.counts)
	return counts
}

// Missing yields the rows from 1 to rows that have no line, in ascending order. They may be
// appended during the iteration.
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
	return j.lookup(row, j.file)
}

// lookup is Lookup where the file is read through another reader.
func (j *Journal) lookup(row int, file io.ReaderAt) (track.Result, bool, error) {
	status, offset, ok := j.rows.get(row)
	if !ok {
		return track.Result{}, false, nil
	}
	line, err := j.lineAt(offset, file)
	r, err := resultOf(line, err, row, status)
	return r, err == nil, err
}

// Earlier reads the line that a row had when the ledger was opened, if it had one and no
// result of the row was appended since. Like Status, it may be called from another goroutine
// than Append, for a row whose result is still to come.
func (j *Journal) Earlier(row int) (track.Result, bool, error) {
	status, offset, ok := j.rows.get(row)
	if !ok || offset >= j.opened {
		return track.Result{}, false, nil
	}
	line, err := lineIn(j.file, offset)
	r, err := resultOf(line, err, row, status)
	return r, err == nil, err
}

// resultOf decodes a line that was read, which must be of a row and have a status.
func resultOf(line []byte, err error, row int, status track.Status) (track.Result, error) {
	var r track.Result
	if err == nil {
		r, err = decode(line)
	}
	if err == nil && (r.Row != row || r.Status != status) {
		err = errChanged
	}
	if err != nil {
		return track.Result{}, fmt.Errorf("journal: read row %d: %w", row, err)
	}
	return r, nil
}

// Results yields the final results of the rows whose status want accepts, by row. It reads no
// other lines. An error ends the sequence. Nothing may be appended during the iteration.
func (j *Journal) Results(want func(track.Status) bool) iter.Seq2[track.Result, error] {
	return func(yield func(track.Result, error) bool) {
		blocks := inBlocks(j.file)
		for row, status := range j.rows.all() {
			if !want(status) {
				continue
			}
			r, _, err := j.lookup(row, blocks)
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

var errChanged = errors.New("another line is in its place; the file was changed by someone else")

// lineAt returns the line that begins at offset, from memory when it still
// waits there.
func (j *Journal) lineAt(offset int64, file io.ReaderAt) ([]byte, error) {
	if offset >= j.start {
		text, _, _ := bytes.Cut(j.waiting[offset-j.start:], []byte("\n"))
		return text, nil
	}
	return lineIn(file, offset)
}

// lineIn reads the line of a file that begins at offset.
func lineIn(f io.ReaderAt, offset int64) ([]byte, error) {
	for size := 1024; ; size *= 4 {
		buf := make([]byte, min(size, MaxLine+1))
		n, err := f.ReadAt(buf, offset)
		if text, _, ok := bytes.Cut(buf[:n], []byte("\n")); ok {
			return text, nil
		}
		switch {
		case err == io.EOF:
			return nil, io.ErrUnexpectedEOF
		case err != nil:
			return nil, err
		case len(buf) > MaxLine:
			return nil, errors.New("the line does not end; the file was changed by someone else")
		}
	}
}
