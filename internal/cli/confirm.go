package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"tracksync/internal/terminal"
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
	answer, err := terminal.ReadLine(ctx, in)
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
