package terminal

import (
	"io"
	"slices"

	"tracksync/internal/defect"
)

// Output is a writer that gives up when patience with its reader has ended. It is for
// one goroutine at a time.
type Output struct {
	w        io.Writer
	patience *Patience
	stuck    chan struct{} // the write under way that was given up; nil: there is none
}

// NewOutput returns an Output onto w.
func NewOutput(w io.Writer, p *Patience) *Output { return &Output{w: w, patience: p} }

// Write writes b and waits for the reader. Its error is ErrUnread if that took too
// long: then b may still be taken in part, and no other write begins before.
func (o *Output) Write(b []byte) (int, error) {
	if o.stuck != nil {
		select {
		case <-o.stuck:
		default:
			return 0, ErrUnread
		}
	}
	var n int
	var err error
	own, done := slices.Clone(b), make(chan struct{}) // b is the caller's again when it is given up
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
