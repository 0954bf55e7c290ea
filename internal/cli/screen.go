package cli

import (
	"slices"
	"sync"

	"tracksync/internal/safe"
	"tracksync/internal/terminal"
)

// screen shares a terminal between log lines and one status line at the
// bottom, which stays there while lines scroll above it. It is safe for
// concurrent use: messages come from several goroutines.
type screen struct {
	mu     sync.Mutex
	hidden *safe.Secrets // never shown
	w      *terminal.Log
	status string // as shown; empty: none
}

const clearLine = "\r\x1b[K"

// Write writes whole lines above the status line.
func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := s.hidden.Output(b)
	if s.status != "" {
		text = slices.Concat([]byte(clearLine), text, []byte(s.status))
	}
	_, err := s.w.Write(text)
	return len(b), err
}

// show replaces the status line; an empty text takes it away. The text must
// fit the width and hold no line break. While the reader has not taken what there is,
// the line stays as it is: it would be outdated when it is seen.
func (s *screen) show(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if text == s.status {
		return
	}
	if text == "" {
		_, _ = s.w.Write([]byte(clearLine)) // never an error
	} else if !s.w.Try([]byte(clearLine + text)) {
		return
	}
	s.status = text
}
