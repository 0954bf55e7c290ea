package terminal

import (
	"io"
	"strings"

	"tracksync/internal/display"
)

// Wrapper breaks lines between words, where a terminal would break them in the middle of
// a word. Write whole lines to it.
type Wrapper struct {
	W     io.Writer
	Width func() int
}

func (o Wrapper) Write(b []byte) (int, error) {
	if _, err := io.WriteString(o.W, wrapLines(string(b), o.Width())); err != nil {
		return 0, err
	}
	return len(b), nil
}

// wrapLines breaks the lines of text that are wider than width, except commands. Where a
// line was broken, it continues with two more blanks of indentation.
func wrapLines(text string, width int) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		rest := strings.TrimLeft(line, " ")
		indent := line[:len(line)-len(rest)]
		whole := strings.TrimRight(rest, "\n")
		lines := display.Wrap(whole, max(1, width-len(indent)-2))
		if strings.HasPrefix(line, display.CommandIndent) || len(lines) < 2 || len(display.Wrap(whole, width-len(indent))) < 2 {
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
