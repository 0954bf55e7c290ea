package terminal

import (
	"io"
	"sync"

	"tracksync/internal/defect"
)

// logRoom is how many bytes of a log may wait for its reader: thousands of lines.
const logRoom = 1 << 20

// Log is a log that is handed on to its reader in the background. It is safe for
// concurrent use. A write is one or several whole lines, and is handed on as a whole
// or not at all.
//
// When there is no room left, a write waits for the reader; but not once Hurry was
// called or patience has ended: then what finds no room is left out. How much that
// was is said as soon as there is room again. That something cannot be written is no
// error: there is nobody left to tell.
type Log struct {
	w        io.Writer
	patience *Patience
	leftOut  func(writes int) []byte // the line that says so

	mu      sync.Mutex
	waiting []byte
	lost    int           // writes that found no room, since the last that did
	hurry   bool          // no write waits
	idle    chan struct{} // closed when all was handed on; nil: it was
	taken   chan struct{} // closed when the reader has taken something
}

// NewLog returns a Log onto w. leftOut gives the line that says that so many writes
// were left out.
func NewLog(w io.Writer, p *Patience, leftOut func(writes int) []byte) *Log {
	return &Log{w: w, patience: p, leftOut: leftOut, taken: make(chan struct{})}
}

// Write takes b, and always returns its length.
func (l *Log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for !l.hasRoom(b) {
		if l.hurry || !l.await() {
			l.lost++
			return len(b), nil
		}
	}
	l.sayLost()
	l.hand(b)
	return len(b), nil
}

// Try takes b if nothing waits before it: for what is outdated soon. It reports
// whether it did.
func (l *Log) Try(b []byte) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) > 0 || l.lost > 0 {
		return false
	}
	l.hand(b)
	return true
}

// Hurry lets no write wait from now on.
func (l *Log) Hurry() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.hurry = true
}

// Drain waits until all was handed on, as long as patience lasts.
func (l *Log) Drain() {
	l.mu.Lock()
	l.sayLost()
	idle := l.idle
	l.mu.Unlock()
	if idle != nil {
		l.patience.Wait(idle)
	}
}

// hasRoom reports whether b may wait. What is longer than the room may when nothing
// else does.
func (l *Log) hasRoom(b []byte) bool {
	return len(l.waiting) == 0 || len(l.waiting)+len(b) <= logRoom
}

// await waits until the reader has taken something. It reports false when patience
// has ended.
func (l *Log) await() bool {
	taken := l.taken
	l.mu.Unlock()
	defer l.mu.Lock()
	select {
	case <-taken:
		return true
	case <-l.patience.ended:
		return false
	}
}

func (l *Log) sayLost() {
	if n := l.lost; n > 0 {
		l.lost = 0
		l.hand(l.leftOut(n))
	}
}

// hand lets b be handed on behind what waits.
func (l *Log) hand(b []byte) {
	l.waiting = append(l.waiting, b...)
	if l.idle == nil {
		l.idle = make(chan struct{})
		go l.write()
	}
}

// write hands on until nothing waits.
func (l *Log) write() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.waiting) > 0 {
		text := l.waiting
		l.waiting = nil
		l.mu.Unlock()
		_ = defect.Do(func() error { _, err := l.w.Write(text); return err }) // there is nobody left to tell
		l.mu.Lock()
		close(l.taken)
		l.taken = make(chan struct{})
	}
	close(l.idle)
	l.idle = nil
}
