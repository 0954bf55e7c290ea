package cli

import (
	"bytes"
	"fmt"
	"io"
)

// redactedOutput is standard output without secrets: it hands on whole lines, so that a
// secret is not cut in two. It is for one goroutine at a time.
type redactedOutput struct {
	hidden *hidden
	w      io.Writer
	line   []byte // that has not ended yet
}

// maxHeld bounds the line that is held back until it ends.
const maxHeld = 8 << 20

func (o *redactedOutput) Write(b []byte) (int, error) {
	text := b
	if len(o.line) > 0 {
		text = append(o.line, b...)
	}
	end := bytes.LastIndexByte(text, '\n') + 1
	if len(text)-end > maxHeld {
		end = len(text)
	}
	o.line = append(o.line[:0:0], text[end:]...)
	if end == 0 {
		return len(b), nil
	}
	if _, err := o.w.Write(o.hidden.output(text[:end])); err != nil {
		return 0, err
	}
	return len(b), nil
}

// flush hands on a last line that has no end.
func (o *redactedOutput) flush() error {
	if len(o.line) == 0 {
		return nil
	}
	_, err := o.w.Write(o.hidden.output(o.line))
	o.line = nil
	if err != nil {
		return &failure{code: exitStopped, err: fmt.Errorf("standard output: %w", err)}
	}
	return nil
}
