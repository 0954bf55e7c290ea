package safe

import (
	"bytes"
	"io"
	"sync"
	"sync/atomic"
)

// Secrets are the words that leave the process in no form, and the Redactor of all
// of them. The zero value has none, and so has a nil one. It is safe for concurrent
// use: words that are found later are taken out from then on.
type Secrets struct {
	mu       sync.Mutex
	words    []string
	redactor atomic.Pointer[Redactor]
}

// Add adds words.
func (s *Secrets) Add(words ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.words = append(s.words, words...)
	s.redactor.Store(NewRedactor(s.words...))
}

func (s *Secrets) current() *Redactor {
	if s == nil {
		return nil
	}
	return s.redactor.Load()
}

// Text is Redactor.Text.
func (s *Secrets) Text(text string) string { return s.current().Text(text) }

// Holds is Redactor.Holds.
func (s *Secrets) Holds(text string) bool { return s.current().Holds(text) }

// Bytes is Redactor.Bytes.
func (s *Secrets) Bytes(b []byte) []byte { return s.current().Bytes(b) }

// Output is Redactor.Output.
func (s *Secrets) Output(b []byte) []byte { return s.current().Output(b) }

// JSON takes the secrets out of the strings of JSON text.
func (s *Secrets) JSON(b []byte) []byte { return JSONStrings(b, s.Bytes) }

// RedactText takes the secrets out of what encode writes, as a whole.
func (s *Secrets) RedactText(encode func(io.Writer) error) func(io.Writer) error {
	return changed(encode, s.Bytes)
}

// RedactJSON takes the secrets out of the JSON that encode writes, as a whole.
func (s *Secrets) RedactJSON(encode func(io.Writer) error) func(io.Writer) error {
	return changed(encode, s.JSON)
}

func changed(encode func(io.Writer) error, change func([]byte) []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		var b bytes.Buffer
		if err := encode(&b); err != nil {
			return err
		}
		_, err := w.Write(change(b.Bytes()))
		return err
	}
}
