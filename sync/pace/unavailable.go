package pace

// unavailable decides whether 503s without a Retry-After are a server's way to
// limit the rate, or mere failures. They are taken for the former, until going
// slower again and again has not helped while most requests succeed: then the
// rate is not what they depend on, and slowness would last as long as they.
type unavailable struct {
	falls    int // times that the rate was lowered in succession for 503s
	accepted int // in that time
	refused  int
	ignored  bool
	until    float64 // 503s are failures until then
	span     float64 // how long it lasted the latest time
}

const (
	mostFalls   = 6
	firstIgnore = 60.0 // seconds, doubled each time
)

// fell takes account of an episode of refusals that lowered the rate, or, with
// again false, of one that had nothing to do with 503s or was a while ago.
// It reports whether 503s are to be ignored from now on.
func (u *unavailable) fell(t float64, again bool, accepted, refused int) bool {
	if !again {
		u.falls, u.accepted, u.refused = 0, 0, 0
		return false
	}
	u.falls++
	u.accepted, u.refused = u.accepted+accepted, u.refused+refused
	if u.falls < mostFalls || 2*u.accepted <= 3*u.refused {
		return false
	}
	u.falls, u.accepted, u.refused = 0, 0, 0
	u.span = max(firstIgnore, 2*u.span)
	u.until, u.ignored = t+u.span, true
	return true
}

// refusal reports whether a 503 is taken for a refusal.
func (u *unavailable) refusal(t float64, timed bool) bool {
	u.ignored = u.ignored && t < u.until
	return timed || !u.ignored
}
