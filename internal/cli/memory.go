package cli

import "runtime/debug"

const (
	// garbage is how much memory, in bytes, the garbage of a run may take before it is
	// collected: more makes a run faster by a few per cent, and this much keeps it small.
	garbage = 7 << 20
	// heldAlways and heldByRow are what a run holds, in bytes, whatever is garbage.
	heldAlways, heldByRow = 4 << 20, 24
)

// collectSeldom lets the garbage collector of the process run as seldom as a run of so
// many rows allows. GOGC counts for more.
func (a *app) collectSeldom(rows int) {
	if a.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbagePercent(rows))
	}
}

// garbagePercent is the garbage that may be there, in per cent of what is held: at least
// 50, because each collection looks at all that is held.
func garbagePercent(rows int) int {
	return max(50, min(300, 100*garbage/(heldAlways+heldByRow*rows)))
}
