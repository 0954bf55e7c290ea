package terminal

import (
	"bytes"
	"errors"
	"io"
	"os"
	"runtime"
	"sync"

	"tracksync/internal/defect"
	"tracksync/internal/safe"
)

// Follower copies the results file onto standard output as it grows, for --stream.
// A slow reader delays neither the run nor makes it use more memory, because the lines
// that it has not taken yet are in the file.
type Follower struct {
	file     *os.File
	w        io.Writer
	patience *Patience
	grown    chan struct{} // capacity 1
	done     chan struct{} // closed when the copying has ended

	mu     sync.Mutex
	upTo   int64  // the file has whole lines up to here
	taken  int64  // the reader has taken them up to here
	rest   []byte // lines that could not be written to the file
	closed bool   // no more lines will come
	err    error  // why the copying ended
}

// followChunk is how many bytes are written at once.
const followChunk = 64 << 10

// Follow starts copying the lines of a file from an offset on.
func Follow(path string, from int64, w io.Writer, p *Patience) (*Follower, error) {
	file, err := safe.Open(path)
	if err != nil {
		return nil, err
	}
	f := &Follower{file: file, w: w, patience: p, grown: make(chan struct{}, 1), done: make(chan struct{}), upTo: from,
		taken: from}
	go func() {
		defer close(f.done)
		err := defect.Do(f.copy)
		f.mu.Lock()
		f.err = err
		f.mu.Unlock()
	}()
	return f, nil
}

// Grow tells that the file has whole lines up to an offset. It never waits. It returns
// an error when the reader gets no more lines, but not when the reader is only slow.
func (f *Follower) Grow(upTo int64) error {
	f.mu.Lock()
	f.upTo = upTo
	err := f.err
	f.mu.Unlock()
	f.wake()
	return ignoreUnread(err)
}

func (f *Follower) wake() {
	select {
	case f.grown <- struct{}{}:
	default:
	}
}

// End adds rest, the last lines, which could not be written to the file, and waits for
// the reader until patience ends. It returns how many lines the reader has not taken.
func (f *Follower) End(rest []byte) (left int, err error) {
	f.mu.Lock()
	f.rest, f.closed = bytes.Clone(rest), true
	f.mu.Unlock()
	f.wake()
	f.patience.Wait(f.done)
	f.mu.Lock()
	defer f.mu.Unlock()
	left, err = f.behind()
	return left, errors.Join(ignoreUnread(f.err), err, f.close())
}

// behind counts the lines that the reader has not taken.
func (f *Follower) behind() (int, error) {
	lines := bytes.Count(f.rest, []byte("\n"))
	r := io.NewSectionReader(f.file, f.taken, f.upTo-f.taken)
	for chunk := make([]byte, followChunk); ; {
		n, err := r.Read(chunk)
		lines += bytes.Count(chunk[:n], []byte("\n"))
		if errors.Is(err, io.EOF) {
			return lines, nil
		}
		if err != nil {
			return lines, err
		}
	}
}

// MayReplace reports whether the file may be replaced. Windows cannot replace an open
// file: there the file is closed first, if the reader has taken everything.
func (f *Follower) MayReplace() bool {
	if runtime.GOOS != "windows" {
		return true
	}
	from, to, _, _ := f.next()
	return from == to && f.file.Close() == nil
}

func (f *Follower) close() error {
	if err := f.file.Close(); !errors.Is(err, os.ErrClosed) {
		return err
	}
	return nil
}

// copy copies until no more lines will come.
func (f *Follower) copy() error {
	for range f.grown {
		for {
			from, to, rest, closed := f.next()
			if from == to && !closed {
				break
			}
			if from == to {
				return f.copyRest(rest)
			}
			if err := f.copyLines(from, to); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *Follower) next() (from, to int64, rest []byte, closed bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.taken, f.upTo, f.rest, f.closed
}

// copyLines copies one chunk of whole lines, or a line that is longer than one.
func (f *Follower) copyLines(from, to int64) error {
	chunk := make([]byte, min(followChunk, to-from))
	for {
		n, err := f.file.ReadAt(chunk, from)
		if n < len(chunk) {
			return err
		}
		whole := bytes.LastIndexByte(chunk, '\n') + 1
		if whole > 0 {
			chunk = chunk[:whole]
			break
		}
		if int64(len(chunk)) == to-from {
			break
		}
		chunk = make([]byte, min(2*int64(len(chunk)), to-from))
	}
	if _, err := f.w.Write(chunk); err != nil {
		return err
	}
	f.mu.Lock()
	f.taken += int64(len(chunk))
	f.mu.Unlock()
	return nil
}

func (f *Follower) copyRest(rest []byte) error {
	if len(rest) == 0 {
		return nil
	}
	if _, err := f.w.Write(rest); err != nil {
		return err
	}
	f.mu.Lock()
	f.rest = nil
	f.mu.Unlock()
	return nil
}

// ignoreUnread drops the error of a slow reader.
func ignoreUnread(err error) error {
	if errors.Is(err, ErrUnread) {
		return nil
	}
	return err
}
