package sandbox

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"net/http"
	"strconv"
	"time"
)

// Limit is the rate limit of a sandbox: any combination of a token bucket, a fixed
// window and a number of concurrent requests, all of which must accept a request. The
// zero Limit is none.
//
// Only accepted requests count. A refused one takes no token and counts neither in the
// window nor as concurrent, so clients are not punished for trying.
type Limit struct {
	// Rate fills a bucket of Burst tokens, which starts full. A request takes one.
	// Burst 0 means the tokens of one second, rounded up.
	Rate  Rate
	Burst int

	// Window is how many requests are accepted in each window. Windows follow one
	// another; one of them begins Phase after New, which is less than a window.
	Window Rate
	Phase  time.Duration

	// Concurrent is the largest number of requests in flight, from acceptance to
	// answer. Zero: any number.
	Concurrent int

	// RetryAfter is how a refusal tells when to retry.
	RetryAfter RetryAfter
}

// Rate is N per a time. The zero Rate is no limit.
type Rate struct {
	N   int
	Per time.Duration
}

// RetryAfter is how a 429 tells when to retry: one of the ways below, or a time such as
// "2s" that it always names, however long the limit takes. Rounding is upwards, so only
// such a time can be too short.
type RetryAfter string

// The ways to tell when the limit would accept a request.
const (
	RetryNone    RetryAfter = ""        // no Retry-After header
	RetrySeconds RetryAfter = "seconds" // in whole seconds
	RetryExact   RetryAfter = "exact"   // in seconds with three decimals
	RetryDate    RetryAfter = "date"    // as an HTTP date, which has whole seconds
)

// LimitChange is a limit that replaces the previous one completely at a time, counted
// from New.
//
// The tokens in the bucket stay as far as they fit; a new bucket starts full. Accepted
// requests still count in the current window if the windows begin and end as before.
// Requests in flight still count.
type LimitChange struct {
	From  time.Duration
	Limit Limit
}

// validateChanges refuses invalid changes, and changes out of order.
func validateChanges(changes []LimitChange) error {
	last := time.Duration(-1)
	for _, c := range changes {
		if c.From <= last {
			return fmt.Errorf("a limit from %v on: must come later than the one before it", c.From)
		}
		if err := c.Limit.withDefaults().validate(); err != nil {
			return err
		}
		last = c.From
	}
	return nil
}

func (l Limit) withDefaults() Limit {
	if l.Rate.N > 0 && l.Rate.Per > 0 && l.Burst == 0 {
		l.Burst = int(math.Ceil(float64(l.Rate.N) * float64(time.Second) / float64(l.Rate.Per)))
	}
	return l
}

func (l Limit) validate() error {
	switch {
	case l.Rate.wrong():
		return fmt.Errorf("a limit of %d per %v: both must be positive", l.Rate.N, l.Rate.Per)
	case float64(l.Rate.N)*float64(time.Second) > math.MaxInt64/4:
		return fmt.Errorf("a limit of %d per %v: too large to count", l.Rate.N, l.Rate.Per)
	case l.Burst < 0:
		return fmt.Errorf("a burst of %d: must be positive", l.Burst)
	case l.Burst > 0 && l.Rate == Rate{}:
		return errors.New("a burst without a rate: write it as 20/s,burst=5")
	case float64(l.Burst)*float64(l.Rate.Per) > math.MaxInt64/4:
		return fmt.Errorf("a limit of %d per %v with a burst of %d: too large to count", l.Rate.N, l.Rate.Per, l.Burst)
	case l.Window.wrong():
		return fmt.Errorf("a window of %d per %v: both must be positive", l.Window.N, l.Window.Per)
	case l.Phase < 0 || l.Phase > 0 && l.Phase >= l.Window.Per:
		return fmt.Errorf("a phase of %v: must be less than the time of a window, as in window=100/1s,phase=300ms",
			l.Phase)
	case l.Concurrent < 0:
		return fmt.Errorf("a limit of %d concurrent requests: must be positive", l.Concurrent)
	case !l.RetryAfter.valid():
		return fmt.Errorf("no way %q to say when to retry: must be none, seconds, exact, date, or a time such as 2s",
			string(l.RetryAfter))
	}
	return nil
}

// wrong reports whether r is neither zero nor a rate.
func (r Rate) wrong() bool { return r != Rate{} && (r.N <= 0 || r.Per <= 0) }

// gate applies a Limit. The caller holds the lock. It calculates in integers, so a
// limit is exact to the nanosecond.
type gate struct {
	limit   Limit
	changes []LimitChange // to come
	start   time.Time

	// The content of the bucket in fractions of a token: Rate.Per of them make a
	// token, and Rate.N of them are added per nanosecond.
	level  int64
	filled time.Time // when level was updated

	window int64 // number of the window in which used counts
	used   int

	inFlight int
}

func newGate(l Limit, changes []LimitChange, start time.Time) *gate {
	return &gate{
		limit:   l,
		changes: changes,
		start:   start,
		level:   int64(l.Burst) * int64(l.Rate.Per),
		filled:  start,
		window:  math.MinInt64,
	}
}

// enter accepts a request, or returns the time until the limit would accept one if no
// other came. Call leave for each accepted request.
func (g *gate) enter(now time.Time) (wait time.Duration, ok bool) {
	for len(g.changes) > 0 && !now.Before(g.start.Add(g.changes[0].From)) {
		g.change(g.start.Add(g.changes[0].From), g.changes[0].Limit.withDefaults())
		g.changes = g.changes[1:]
	}
	g.fill(now)
	number, left := g.windowAt(now)
	if number != g.window {
		g.window, g.used = number, 0
	}
	if per := int64(g.limit.Rate.Per); g.level < per {
		n := int64(g.limit.Rate.N)
		wait = time.Duration((per - g.level + n - 1) / n)
	}
	if g.limit.Window.N > 0 && g.used >= g.limit.Window.N {
		wait = max(wait, left)
	}
	if g.limit.Concurrent > 0 && g.inFlight >= g.limit.Concurrent {
		wait = max(wait, time.Second) // a guess: it is unknown when one ends
	}
	if wait > 0 {
		return wait, false
	}
	g.level -= int64(g.limit.Rate.Per)
	g.used++
	g.inFlight++
	return 0, true
}

// change replaces the limit.
func (g *gate) change(at time.Time, l Limit) {
	g.fill(at)
	old, full := g.limit, int64(l.Burst)*int64(l.Rate.Per)
	if old.Rate.N == 0 || l.Rate.N == 0 || g.level/int64(old.Rate.Per) >= int64(l.Burst) {
		g.level = full
	} else {
		// The bucket has less than l.Burst tokens, so this cannot overflow.
		high, low := bits.Mul64(uint64(g.level), uint64(l.Rate.Per))
		parts, _ := bits.Div64(high, low, uint64(old.Rate.Per))
		g.level = int64(parts)
	}
	g.filled = at
	if old.Window.Per != l.Window.Per || old.Phase != l.Phase {
		g.window = math.MinInt64
	}
	g.limit = l
}

// leave ends a request that was accepted.
func (g *gate) leave() { g.inFlight-- }

// fill adds the tokens since the last call.
func (g *gate) fill(now time.Time) {
	r := g.limit.Rate
	if r.N == 0 || !now.After(g.filled) {
		return
	}
	full := int64(g.limit.Burst) * int64(r.Per)
	// Multiply only if it cannot overflow; otherwise the bucket is full.
	passed := int64(now.Sub(g.filled))
	if passed > (full-g.level)/int64(r.N) {
		g.level = full
	} else {
		g.level += passed * int64(r.N)
	}
	g.filled = now
}

// windowAt returns the number of the current window, and the time until it ends.
func (g *gate) windowAt(now time.Time) (number int64, left time.Duration) {
	per := g.limit.Window.Per
	if per == 0 {
		return 0, 0
	}
	since := now.Sub(g.start) - g.limit.Phase
	if since < 0 {
		return -1, -since
	}
	return int64(since / per), per - since%per
}

func (r RetryAfter) valid() bool {
	switch r {
	case RetryNone, RetrySeconds, RetryExact, RetryDate:
		return true
	}
	_, ok := r.constant()
	return ok
}

// constant is the time that is always named, if one is.
func (r RetryAfter) constant() (time.Duration, bool) {
	d, err := time.ParseDuration(string(r))
	return d, err == nil && d >= 0
}

// header is the value of Retry-After, or empty for none.
func (r RetryAfter) header(now time.Time, wait time.Duration) string {
	switch r {
	case RetryNone:
		return ""
	case RetrySeconds:
		return strconv.FormatInt(int64((wait+time.Second-1)/time.Second), 10)
	case RetryExact:
		ms := (wait + time.Millisecond - 1) / time.Millisecond
		return strconv.FormatFloat(float64(ms)/1000, 'f', 3, 64)
	case RetryDate:
		return now.Add(wait + time.Second - 1).UTC().Format(http.TimeFormat)
	}
	d, _ := r.constant()
	return strconv.FormatFloat(d.Seconds(), 'f', -1, 64)
}
