package terminal

import (
	"io"
	"sync"

	"tracksync/internal/defect"
)

// logRoom is how many bytes of a log may wait for its reader: thousands of lines.
const logRoom = 1 << 20

// Log writes to its reader in the background. It is safe for concurrent use. Each Write
// is one or several whole lines, which the reader gets completely or not at all.
//
// When the buffer is full, Write waits for the reader. After Hurry, and once patience has
// ended, it drops the lines instead; as soon as there is room again, a line tells how
// many writes were dropped. Errors of the reader are ignored, because there is nobody
// left to tell.
type Log struct {
	w        io.Writer
	patience *Patience
	leftOut  func(writes int) []byte // the line about dropped writes

	mu      sync.Mutex
	waiting []byte
	lost    int           // writes dropped since the last one that was not
	hurry   bool          // no write waits
	idle    chan struct{} // closed when everything is written; nil: everything is
	taken   chan struct{} // closed when the reader has taken something
}

// NewLog returns a Log that writes to w. leftOut makes the line that tells how many
// writes were dropped.
func NewLog(w io.Writer, p *Patience, leftOut func(writes int) []byte) *Log {
	return &Log{w: w, patience: p, leftOut: leftOut, taken: make(chan struct{})}
}

// Write queues b. It never fails.
func (l *Log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for !l.hasRoom(b) {
		if l.hurry || !l.await() {
			l.lost++
			return len(b), nil
		}
	}
	l.tellLost()
	l.queue(b)
	return len(b), nil
}

// Try queues b only if nothing else waits, for text that is soon outdated. It reports
// whether it did.
func (l *Log) Try(b []byte) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) > 0 || l.lost > 0 {
		return false
	}
	l.queue(b)
	return true
}

// Hurry makes all later writes drop their lines rather than wait.
func (l *Log) Hurry() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.hurry = true
}

// Drain waits until everything is written, or patience ends.
func (l *Log) Drain() {
	l.mu.Lock()
	l.tellLost()
	idle := l.idle
	l.mu.Unlock()
	if idle != nil {
		l.patience.Wait(idle)
	}
}

// hasRoom reports whether b fits the buffer. An empty buffer takes any length.
func (l *Log) hasRoom(b []byte) bool {
	return len(l.waiting) == 0 || len(l.waiting)+len(b) <= logRoom
}

// await waits until the reader has taken something. It reports false if patience ends
// first.
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

func (l *Log) tellLost() {
	if n := l.lost; n > 0 {
		l.lost = 0
		l.queue(l.leftOut(n))
	}
}

// queue adds b to what waits, and starts the writer if it does not run.
func (l *Log) queue(b []byte) {
	l.waiting = append(l.waiting, b...)
	if l.idle == nil {
		l.idle = make(chan struct{})
		go l.write()
	}
}

// write writes until nothing waits.
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
