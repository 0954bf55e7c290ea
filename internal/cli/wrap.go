package cli

import (
	"io"
	"strings"

	"tracksync/report"
)

// wrapper breaks lines between words where a terminal would break them in the
// middle of one. Its writer is given whole lines.
type wrapper struct {
	w     io.Writer
	width func() int
}

func (o wrapper) Write(b []byte) (int, error) {
	if _, err := io.WriteString(o.w, wrapLines(string(b), o.width())); err != nil {
		return 0, err
	}
	return len(b), nil
}

// paragraphs is standard error for text of some lines.
func (a *app) paragraphs() io.Writer {
	if a.ErrTerminal {
		return wrapper{a.screen, a.Width}
	}
	return a.screen
}

// commandIndent begins a line with a command, which is there to be copied whole.
const commandIndent = "    "

// wrapLines breaks the lines of text that are wider than width, but for commands.
// What is broken goes on a little further to the right.
func wrapLines(text string, width int) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		rest := strings.TrimLeft(line, " ")
		indent := line[:len(line)-len(rest)]
		whole := strings.TrimRight(rest, "\n")
		lines := report.Wrap(whole, max(1, width-len(indent)-2))
		if strings.HasPrefix(line, commandIndent) || len(lines) < 2 || len(report.Wrap(whole, width-len(indent))) < 2 {
			b.WriteString(line)
			continue
		}
		for i, l := range lines {
			b.WriteString(indent)
			if i > 0 {
				b.WriteString("  ")
			}
			b.WriteString(l + "\n")
		}
	}
	return b.String()
}
