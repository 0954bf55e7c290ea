package sync

import "time"

// Nap returns at once: this system sleeps by milliseconds, so the last moments before
// a request's time are spent yielding.
func Nap(time.Duration) {}
