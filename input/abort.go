package input

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"tracksync/internal/defect"
)

// openFile opens a file, or gives up when ctx ends: a named pipe opens only when
// somebody writes to it.
func openFile(ctx context.Context, name string) (*os.File, error) {
	type opened struct {
		file *os.File
		err  error
	}
	done := make(chan opened, 1)
	go func() {
		var o opened
		o.err = defect.Do(func() (err error) { o.file, err = os.Open(name); return err })
		done <- o
	}()
	select {
	case o := <-done:
		defect.HandOn(o.err)
		return o.file, o.err
	case <-ctx.Done():
		// os.Open cannot be interrupted. Its goroutine stays until the process
		// ends, which is soon.
		go func() { _ = closeFile((<-done).file) }()
		return nil, context.Cause(ctx)
	}
}

// abortableReader is a reader whose Read ends when ctx does. A read from a terminal
// or a pipe cannot be interrupted: its goroutine stays until the process ends,
// which is soon.
type abortableReader struct {
	ctx context.Context
	r   io.Reader
}

func (a *abortableReader) Read(p []byte) (int, error) {
	if err := a.ctx.Err(); err != nil {
		return 0, err
	}
	type read struct {
		n   int
		err error
	}
	own := make([]byte, len(p)) // after an abort the caller may use p again
	done := make(chan read, 1)
	go func() {
		var got read
		got.err = defect.Do(func() (err error) { got.n, err = a.r.Read(own); return err })
		done <- got
	}()
	select {
	case got := <-done:
		defect.HandOn(got.err)
		return copy(p, own[:got.n]), got.err
	case <-a.ctx.Done():
		return 0, a.ctx.Err()
	}
}

// contextReader is a reader that checks a context before each read. It is for
// files, whose reads return soon.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (a *contextReader) Read(p []byte) (int, error) {
	if err := a.ctx.Err(); err != nil {
		return 0, err
	}
	return a.r.Read(p)
}

// errNotCopied means that an input that can be read only once could not be copied.
var errNotCopied = errors.New("the input could not be copied")

var errEndless = fmt.Errorf("the input has more than %d bytes, and perhaps no end", int64(maxSpooled))

// copyAtMost copies all of r. It refuses more than most bytes: an input that never
// ends would fill the disk.
func copyAtMost(w io.Writer, r io.Reader, most int64) error {
	n, err := io.Copy(w, io.LimitReader(r, most+1))
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", errNotCopied, err)
	case n > most:
		return errEndless
	}
	return nil
}
