package safe

import (
	"bytes"
	"io"
)

// Output is a writer without secrets. It hands on whole lines, so that no secret
// is cut in two; Flush hands on a last one without an end. It is for one goroutine
// at a time.
type Output struct {
	secrets *Secrets
	w       io.Writer
	line    []byte // that has not ended yet
}

// maxHeld bounds the line that is held back until it ends.
const maxHeld = 8 << 20

// NewOutput returns an Output onto w.
func NewOutput(secrets *Secrets, w io.Writer) *Output { return &Output{secrets: secrets, w: w} }

func (o *Output) Write(b []byte) (int, error) {
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
	if _, err := o.w.Write(o.secrets.Output(text[:end])); err != nil {
		return 0, err
	}
	return len(b), nil
}

// Flush hands on a last line that has no end.
func (o *Output) Flush() error {
	if len(o.line) == 0 {
		return nil
	}
	_, err := o.w.Write(o.secrets.Output(o.line))
	o.line = nil
	return err
}
