package pace

// unavailable decides whether 503s without a Retry-After are a server's way to
// limit the rate, or mere failures. They are taken for the former until the
// rate that the server was just measured to accept has met another 503 soon,
// several times in succession: a limit does not refuse what it accepts. To go
// slower would not help then, and would not end.
type unavailable struct {
	falls   int // times in succession
	ignored bool
	until   float64 // 503s are failures until then
	span    float64 // how long it lasted the latest time
	seen    int     // twice the 503s while they are ignored, less the successes
}

const (
	mostFalls   = 4
	mostSeen    = 12
	soon        = 60   // accepted requests
	firstIgnore = 60.0 // seconds, doubled each time
)

// met takes account of an episode of refusals, and reports whether 503s are
// to be ignored from now on. inVain says that they were 503s, soon after a
// measure and below it.
func (u *unavailable) met(t float64, inVain bool) bool {
	if !inVain {
		u.falls = 0
		return false
	}
	if u.falls++; u.falls < mostFalls {
		return false
	}
	u.span = max(firstIgnore, 2*u.span)
	u.falls, u.seen, u.until, u.ignored = 0, 0, t+u.span, true
	return true
}

// refusal reports whether a 503 is taken for a refusal. They are again, at once,
// when going fast makes most requests end so.
func (u *unavailable) refusal(t float64, timed bool) bool {
	u.seen += 2
	u.ignored = u.ignored && t < u.until && u.seen < 2*mostSeen
	return timed || !u.ignored
}

// success takes account of a success.
func (u *unavailable) success() { u.seen = max(0, u.seen-1) }
