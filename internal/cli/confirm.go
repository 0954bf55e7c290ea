package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"tracksync/internal/defect"
)

// confirm asks a question on the terminal. Only a clear yes is a yes. The
// answer comes from standard input, or from the controlling terminal where
// standard input carries the manifest.
func (a *app) confirm(ctx context.Context, question string, stdinUsed bool) (bool, error) {
	in := a.In
	if stdinUsed || !a.InTerminal {
		tty, err := a.OpenTerminal()
		if err != nil {
			return false, usage(errors.New("there is no terminal to answer on"), "pass --yes to start without a question")
		}
		defer tty.Close() // only read from
		in = tty
	}
	if _, err := fmt.Fprintf(a.Err, "%s [y/N] ", question); err != nil {
		return false, err
	}
	answer, err := readLine(ctx, in)
	if err != nil {
		// The cursor stands behind the question.
		_, _ = fmt.Fprintln(a.Err)
		return false, err
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return true, nil
	}
	return false, nil
}

// readLine reads one line, or ends with ctx. A read from a terminal cannot be
// interrupted: in that case its goroutine is left to the end of the process,
// which is near.
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

// signalOf returns the signal that ended ctx; nil if none did.
func signalOf(ctx context.Context) os.Signal {
	var i *interrupted
	if errors.As(context.Cause(ctx), &i) {
		return i.signal
	}
	return nil
}
