package safe

import (
	"bytes"
	"io"
	"sync"
	"sync/atomic"
)

// Secrets are words that must never leave the process, and their common Redactor. The
// zero value and nil have no words. It is safe for concurrent use, and words can be
// added at any time.
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

// JSON redacts the strings of JSON text.
func (s *Secrets) JSON(b []byte) []byte { return JSONStrings(b, s.Bytes) }

// RedactText redacts everything that encode writes.
func (s *Secrets) RedactText(encode func(io.Writer) error) func(io.Writer) error {
	return changed(encode, s.Bytes)
}

// RedactJSON redacts the JSON that encode writes.
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
