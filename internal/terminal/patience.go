package terminal

import (
	"errors"
	"sync"
	"time"
)

// ErrUnread is the error of a write whose reader did not take it in time.
var ErrUnread = errors.New("nobody reads it")

// Patience is how long readers are waited for: as long as they like, until somebody
// wants the process to end. It is safe for concurrent use. Make it with NewPatience.
type Patience struct {
	ended chan struct{}
	end   func()
}

// lastWait is what readers get once patience has ended: enough for one that reads.
const lastWait = 500 * time.Millisecond

// NewPatience returns patience that has not ended.
func NewPatience() *Patience {
	ended := make(chan struct{})
	return &Patience{ended: ended, end: sync.OnceFunc(func() { close(ended) })}
}

// End ends the patience, for good.
func (p *Patience) End() { p.end() }

// Over reports whether it has ended.
func (p *Patience) Over() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// Wait waits for done, and a short time more when patience ends. It reports whether
// done is closed.
func (p *Patience) Wait(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	case <-p.ended:
	}
	last := time.NewTimer(lastWait)
	defer last.Stop()
	select {
	case <-done:
		return true
	case <-last.C:
		return false
	}
}
