package pace

// unavailable decides whether 503s without a Retry-After are the server's way to
// limit the rate, or plain failures. They count as failures until most of the latest
// requests ended with one, and as refusals from then on, those of before as well. They count
// as failures again when the rate was cut several times in a row, and each time another 503
// came soon: so going slower does not help, and would never end.
type unavailable struct {
	believed bool // 503s are refusals
	falls    int  // cuts of the rate in a row that were soon followed by another 503
	recent   [32]bool
	next     int
	failed   int // of the recent ones
}

const (
	mostFailed = 24 // of the recent ones: from then on 503s are refusals
	mostFalls  = 4
	soon       = 60 // accepted requests
)

// count records a success or a 503.
func (u *unavailable) count(success bool) {
	if u.recent[u.next] {
		u.failed--
	}
	if u.recent[u.next] = !success; !success {
		u.failed++
	}
	u.next = (u.next + 1) % len(u.recent)
}

// mostly reports whether most of the recent answers were 503s.
func (u *unavailable) mostly() bool { return u.failed >= mostFailed }

// met records an episode of refusals, and reports whether 503s have just turned out
// to be failures. inVain means that the refusals were 503s, soon after the rate was cut.
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
