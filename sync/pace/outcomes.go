package pace

// outcomes decides whether 503s are a server's way to limit the rate, or mere
// failures. A limit is met at the rate that the learner chose just under it,
// so that only few requests are refused; if many fail whatever the rate, and
// many others succeed, it is something else, which going slower does not help.
type outcomes struct {
	recent  [64]bool // failed
	n       int      // how many of these are filled
	next    int
	failed  int
	until   float64 // 503s are failures until then
	ban     float64
	changed bool
	ignored bool // at present
}

const (
	enoughOutcomes = 32
	firstDoubt     = 60.0 // seconds
)

// throttle counts a success or a 503 and reports whether a 503 is to be taken
// as a refusal. Who names a time to come back means it.
func (o *outcomes) throttle(t float64, success, timed bool) bool {
	if o.n == len(o.recent) && o.recent[o.next] {
		o.failed--
	}
	o.recent[o.next] = !success
	if !success {
		o.failed++
	}
	o.next = (o.next + 1) % len(o.recent)
	o.n = min(o.n+1, len(o.recent))
	if success || timed {
		return timed
	}
	share := float64(o.failed) / float64(o.n)
	if t < o.until {
		return false
	}
	o.ignored = false
	if o.n >= enoughOutcomes && share > 0.12 && share < 0.8 {
		o.ban = max(firstDoubt, 2*o.ban)
		o.until, o.changed, o.ignored = t+o.ban, true, true
		return false
	}
	return true
}

// doubted reports, once, that 503s have just been found to be failures.
func (o *outcomes) doubted() bool {
	changed := o.changed
	o.changed = false
	return changed
}
