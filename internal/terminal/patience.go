package terminal

import (
	"errors"
	"sync"
	"time"
)

// ErrUnread means that a reader did not take a write in time.
var ErrUnread = errors.New("nobody reads it")

// Patience decides how long to wait for readers: without limit until somebody wants the
// process to end, and then only briefly. It is safe for concurrent use. Make it with
// NewPatience.
type Patience struct {
	ended chan struct{}
	end   func()
}

// lastWait is how long readers are waited for once patience has ended. That is enough
// for one that reads.
const lastWait = 500 * time.Millisecond

// NewPatience returns patience that has not ended.
func NewPatience() *Patience {
	ended := make(chan struct{})
	return &Patience{ended: ended, end: sync.OnceFunc(func() { close(ended) })}
}

// End ends the patience, for good.
func (p *Patience) End() { p.end() }

// Over reports whether patience has ended.
func (p *Patience) Over() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// Wait waits for done; after the end of patience only for a short time. It reports
// whether done is closed.
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
