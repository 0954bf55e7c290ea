package pace

import "math"

// named is what the waits that a server asks for say about the end of a window.
type named struct {
	wait     float64 // that the first refusal of the latest time of refusals asked for
	end      float64 // when that wait is over
	varies   bool    // the server has asked for different waits
	passed   bool    // some requests were accepted between the latest refusals
	window   bool    // the latest wait was for the end of a window
	returns  int     // how often the server accepted again
	returned float64 // when it did, the latest time
	gap      float64 // from the time before to that one
}

const (
	longWait      = 2.2 // seconds: a bucket of one a second or more asks for less
	shortestNamed = 8.0 // seconds: shorter windows don't show in times of whole seconds
	namedRounding = 1.1 // seconds: no named time is off by more
	namedSpread   = 0.4 // seconds: the standard deviation of the time between two of them
)

// refused records the first refusal of a time of refusals: at t, with a wait in seconds.
func (n *named) refused(t, wait float64) {
	if wait <= 0 {
		return
	}
	n.varies = n.varies || n.wait > 0 && math.Abs(wait-n.wait) > 0.5
	n.wait, n.end = wait, t+wait
}

// isWindow records that the server accepted again at t, after the latest refusal at last,
// and reports whether a window can have ended then. It is none if the server accepted
// some requests between the refusals, or refused some after the time that it had named.
// It is one if the server knows when it ends (asks for different waits), or counts (the
// same number used it up), or accepts again at fixed times. A server that always asks for
// the same wait has a bucket.
func (n *named) isWindow(t, last float64, same bool) bool {
	onGrid := n.onGrid(t)
	n.returns++
	return onGrid || !n.passed && last <= n.end+namedRounding && (n.varies || same)
}

// onGrid reports whether the server accepts again at fixed times: of three, t is a multiple
// of the time between the first two later, within the second to which a Retry-After is
// rounded.
func (n *named) onGrid(t float64) bool {
	gap, before, first := t-n.returned, n.gap, n.returned == 0
	n.returned = t
	if first {
		return false
	}
	if n.gap = gap; before == 0 || gap < shortestNamed {
		return false
	}
	k := max(1, math.Round(gap/before))
	n.gap = gap / k
	return math.Abs(gap-k*before) <= namedRounding
}

// maybe reports whether a wait may be one for the end of a window: then nothing is saved
// up meanwhile.
func (n *named) maybe(wait float64) bool { return wait > longWait && (n.varies || n.returns < 2) }

// used is the requests that used up windows, if there are any.
type used struct {
	count    int     // accepted before the latest refusals, since those before
	took     float64 // the time in which they were started, in seconds
	same     bool    // as many as before, though they were started faster or more slowly
	full     int     // the smallest such count
	total    int     // accepted in windows that were used up one after the other
	since    float64 // when the first of those began
	returned float64 // when the server accepted again
}

// add records that count requests were accepted until a refusal at first, and that the
// server accepts again at t. Windows that ended unnoticed count as whole ones.
func (u *used) add(count int, first, t float64) {
	took, before := first-u.returned, u.returned
	slower := math.Abs(took-u.took) * float64(count) / (t - before)
	u.same = u.count > 0 && count == u.count && slower > 2
	switch {
	case before == 0:
		u.full, u.since = count, t // the window may have begun before the run
	case count == u.count:
		u.full = count
	default:
		u.full, u.total, u.since = min(u.full, count), 0, before
	}
	if before > 0 && u.full > 0 {
		u.total += (count + u.full - 1) / u.full * u.full
	}
	u.count, u.took, u.returned = count, took, t
}

// rate returns the rate at which windows were used up until t. As the server names whole
// seconds, their length is known only roughly. If that is more than the share of the time
// that probes may cost, the higher rate is tried: used up too soon, a window costs less
// than the second, and tells its length.
func (u *used) rate(t, worth float64) float64 {
	span := t - u.since
	if namedSpread/span > worth {
		span -= namedSpread
	}
	return min(float64(u.total)/span, float64(u.count)/max(u.took, 1e-3))
}
