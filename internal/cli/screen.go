package cli

import (
	"io"
	"slices"
	"sync"
)

// screen shares a terminal between log lines and one status line at the
// bottom, which stays there while lines scroll above it. It is safe for
// concurrent use: messages come from several goroutines.
type screen struct {
	mu     sync.Mutex
	hidden *hidden // never shown
	w      io.Writer
	status string // as shown; empty: none
}

const clearLine = "\r\x1b[K"

// Write writes whole lines above the status line.
func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := s.hidden.output(b)
	if s.status != "" {
		text = slices.Concat([]byte(clearLine), text, []byte(s.status))
	}
	if _, err := s.w.Write(text); err != nil {
		return 0, err
	}
	return len(b), nil
}

// show replaces the status line; an empty text takes it away. The text must
// fit the width and hold no line break. That a status line cannot be shown is
// no reason to stop: the error is left to the next Write.
func (s *screen) show(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if text == s.status {
		return
	}
	s.status = text
	_, _ = io.WriteString(s.w, clearLine+text)
}
