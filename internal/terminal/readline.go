package terminal

import (
	"bufio"
	"context"
	"errors"
	"io"

	"tracksync/internal/defect"
)

// ReadLine reads one line, or returns when ctx is done. A read from a terminal cannot be
// interrupted, so in that case its goroutine stays until the process ends, which is
// soon.
func ReadLine(ctx context.Context, r io.Reader) (string, error) {
	type read struct {
		line string
		err  error
	}
	done := make(chan read, 1)
	go func() {
		var got read
		got.err = defect.Do(func() (err error) { got.line, err = bufio.NewReader(r).ReadString('\n'); return err })
		done <- got
	}()
	select {
	case got := <-done:
		if errors.Is(got.err, io.EOF) {
			return got.line, nil
		}
		return got.line, got.err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}
