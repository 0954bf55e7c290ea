//go:build unix

package sync

import (
	"time"

	"golang.org/x/sys/unix"
)

// Nap sleeps for d by the kernel's own clock, which wakes a thread some 50 µs late; a
// timer of the Go runtime may fire a millisecond late. It may return early. It cannot
// be interrupted: it is for the last moments before a request's time.
func Nap(d time.Duration) {
	t := unix.NsecToTimeval(d.Nanoseconds())
	unix.Select(0, nil, nil, nil, &t)
}
