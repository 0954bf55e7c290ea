package terminal

import (
	"context"
	"fmt"
	"io"
	"slices"

	"tracksync/internal/defect"
)

// Output is standard output, which its errors name: a writer that stops waiting for its
// reader when patience has ended. It is for one goroutine at a time.
type Output struct {
	w        io.Writer
	patience *Patience
	stuck    chan struct{} // closed when the abandoned write ends; nil: there is none
}

// NewOutput returns an Output that writes to w.
func NewOutput(w io.Writer, p *Patience) *Output { return &Output{w: w, patience: p} }

// Write writes b and waits for the reader. It returns ErrUnread if that takes too long.
// The reader may then still take a part of b, and later writes fail until it has.
func (o *Output) Write(b []byte) (int, error) {
	n, err := o.write(b)
	if err != nil {
		err = fmt.Errorf("standard output: %w", err)
	}
	return n, err
}

func (o *Output) write(b []byte) (int, error) {
	if o.stuck != nil {
		select {
		case <-o.stuck:
		default:
			return 0, ErrUnread
		}
	}
	var n int
	var err error
	own, done := slices.Clone(b), make(chan struct{}) // after ErrUnread the caller may reuse b
	go func() {
		defer close(done)
		err = defect.Do(func() (err error) { n, err = o.w.Write(own); return err })
	}()
	if !o.patience.Wait(done) {
		o.stuck = done
		return 0, ErrUnread
	}
	o.stuck = nil
	return n, err
}

// Until returns a writer that writes nothing more once ctx has ended.
func Until(ctx context.Context, w io.Writer) io.Writer { return &abortable{ctx, w} }

type abortable struct {
	ctx context.Context
	w   io.Writer
}

func (a *abortable) Write(b []byte) (int, error) {
	if err := a.ctx.Err(); err != nil {
		return 0, err
	}
	return a.w.Write(b)
}
