package journal

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// Open goes on with the journal at path, which must be whole: one whose last
// line may be torn is written anew first, from what Recover finds. What stands
// in it counts as if it had been appended.
func Open(path string, o Options) (*Journal, error) {
	f, err := safe.OpenFile(path, os.O_RDWR|os.O_APPEND, 0)
	if err != nil {
		return nil, openError(path, err)
	}
	j := New(f, o)
	j.inPlace = inPlace(path, f)
	if err := j.load(f); err != nil {
		return nil, errors.Join(openError(path, err), f.Close())
	}
	return j, nil
}

// load takes in what the file holds.
func (j *Journal) load(f *os.File) error {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	for e, err := range Read(io.NewSectionReader(f, 0, size)) {
		if err != nil {
			return err
		}
		if before, _, ok := j.index.get(e.Row); ok {
			j.counts[before]--
		}
		j.counts[e.Status]++
		j.index.set(e.Row, e.Status, e.Offset)
		j.lines++
	}
	j.start, j.synced = size, size
	return nil
}

// View reads a journal's last lines by row, apart from the Journal that appends
// to the same file: it knows what stood there when it was opened. It may be used
// from another goroutine than the Journal, by one at a time.
type View struct {
	path  string
	file  *os.File
	index index
}

// OpenView opens a view of the journal at path, which must be whole.
func OpenView(path string) (*View, error) {
	f, err := safe.Open(path)
	if err != nil {
		return nil, openError(path, err)
	}
	v := &View{path: path, file: f}
	for e, err := range Read(f) {
		if err != nil {
			return nil, errors.Join(openError(path, err), f.Close())
		}
		v.index.set(e.Row, e.Status, e.Offset)
	}
	return v, nil
}

// Status returns the status of a row's last line, and whether it has one.
func (v *View) Status(row int) (track.Status, bool) {
	s, _, ok := v.index.get(row)
	return s, ok
}

// Lookup reads a row's last line back, which must be there.
func (v *View) Lookup(row int) (track.Result, error) {
	_, offset, _ := v.index.get(row)
	text, err := lineIn(v.file, offset)
	if err != nil {
		return track.Result{}, openError(v.path, err)
	}
	r, err := decode(text)
	if err == nil && r.Row != row {
		err = errChanged
	}
	if err != nil {
		return track.Result{}, openError(v.path, err)
	}
	return r, nil
}

// Close closes the view's file.
func (v *View) Close() error { return v.file.Close() }

// Repeats reports whether some row has more than one line.
func (j *Journal) Repeats() bool {
	rows := 0
	for _, n := range j.counts {
		rows += n
	}
	return j.lines > rows
}

// Latest copies the last line of each row from whole, which holds what the file
// holds, to w, in the order in which they stand there. It may be called after
// Close.
func (j *Journal) Latest(w io.Writer, whole io.Reader) error {
	out := bufio.NewWriterSize(w, 64<<10)
	for e, err := range Read(whole) {
		if err != nil {
			return err
		}
		if _, offset, _ := j.index.get(e.Row); offset != e.Offset {
			continue
		}
		line, err := Encode(e.Result)
		if err != nil {
			return err
		}
		if _, err := out.Write(append(line, '\n')); err != nil {
			return err
		}
	}
	return out.Flush()
}

// openError quotes the path, which the system's error would show as it is.
func openError(path string, err error) error {
	var pe *os.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return fmt.Errorf("journal: open %q: %w", path, err)
}
