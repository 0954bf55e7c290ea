package terminal

import (
	"slices"
	"sync"

	"tracksync/internal/safe"
)

// Screen shares a terminal between log lines and one status line at the bottom, which
// stays there while lines scroll above it. It is safe for concurrent use, because
// several goroutines log.
type Screen struct {
	mu     sync.Mutex
	hidden *safe.Secrets // never shown
	log    *Log
	status string // as shown; empty: none
}

// ClearLine removes the status line.
const ClearLine = "\r\x1b[K"

// NewScreen returns a screen that writes to log and hides secrets.
func NewScreen(log *Log, hidden *safe.Secrets) *Screen { return &Screen{log: log, hidden: hidden} }

// Hurry is Log.Hurry.
func (s *Screen) Hurry() { s.log.Hurry() }

// Drain is Log.Drain.
func (s *Screen) Drain() { s.log.Drain() }

// Write writes whole lines above the status line.
func (s *Screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := s.hidden.Output(b)
	if s.status != "" {
		text = slices.Concat([]byte(ClearLine), text, []byte(s.status))
	}
	_, err := s.log.Write(text)
	return len(b), err
}

// Show replaces the status line; an empty text removes it. The text must fit the width
// and contain no line break. While the reader is behind, the status line does not
// change, because the new one would be outdated when it is seen.
func (s *Screen) Show(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if text == s.status {
		return
	}
	if text == "" {
		_, _ = s.log.Write([]byte(ClearLine)) // never an error
	} else if !s.log.Try([]byte(ClearLine + text)) {
		return
	}
	s.status = text
}
