package terminal

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"tracksync/internal/defect"
)

// ErrNoTerminal means that there is no terminal to answer on.
var ErrNoTerminal = errors.New("there is no terminal to answer on")

// Ask asks a question on the terminal. Only a clear yes is a yes. The answer comes from
// standard input, or from the controlling terminal where standard input is taken, because
// it carries a manifest.
func (s Streams) Ask(ctx context.Context, question string, inTaken bool) (bool, error) {
	in := s.In
	if inTaken || !s.InTerminal {
		tty, err := s.OpenTerminal()
		if err != nil {
			return false, ErrNoTerminal
		}
		defer tty.Close() // only read from
		in = tty
	}
	if _, err := fmt.Fprintf(s.Err, "%s [y/N] ", question); err != nil {
		return false, err
	}
	answer, err := readLine(ctx, in)
	if err != nil {
		// The cursor stands behind the question.
		_, _ = fmt.Fprintln(s.Err)
		return false, err
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return true, nil
	}
	return false, nil
}

// readLine reads one line, or returns when ctx is done. A read from a terminal cannot be
// interrupted, so in that case its goroutine stays until the process ends, which is
// soon.
func readLine(ctx context.Context, r io.Reader) (string, error) {
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
