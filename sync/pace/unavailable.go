package pace

// unavailable decides whether 503s without a Retry-After are a server's way to
// limit the rate, or mere failures. They are failures until most of the latest
// requests ended so, and refusals from then on; until the rate that the server
// was just measured to accept has met another 503 soon, several times in
// succession: a limit does not refuse what it accepts. To go slower would not
// help then, and would not end.
type unavailable struct {
	believed bool // 503s are refusals
	falls    int  // measures in succession that were met with another 503
	recent   [32]bool
	next     int
	failed   int // of the recent ones
}

const (
	mostFailed = 24 // of the recent ones, for 503s to be a limit's doing
	mostFalls  = 4
	soon       = 60 // accepted requests
)

// count takes account of a success or of a 503.
func (u *unavailable) count(success bool) {
	if u.recent[u.next] {
		u.failed--
	}
	if u.recent[u.next] = !success; !success {
		u.failed++
	}
	u.next = (u.next + 1) % len(u.recent)
	u.believed = u.believed || u.failed >= mostFailed
}

// met takes account of an episode of refusals, and reports whether 503s have
// just been found to be failures. inVain says that they were 503s, soon after
// a measure and below it.
func (u *unavailable) met(inVain bool) bool {
	if !inVain {
		u.falls = 0
		return false
	}
	if u.falls++; u.falls < mostFalls {
		return false
	}
	*u = unavailable{}
	return true
}
