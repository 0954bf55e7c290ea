package sync

import (
	"math/rand/v2"
	"time"

	"tracksync/internal/alarm"
	"tracksync/sync/pace"
)

// Options say how a run is made. Comments name the default of a zero field.
type Options struct {
	Rate        pace.Rate     // the highest rate; required
	Learn       bool          // start low and find the API's limit below Rate
	Remembered  *pace.Limit   // the limit that an earlier run found; nil: none
	Requests    int           // about as many as the run sends; 0: not known
	Share       float64       // this run's share of the limit, if several runs divide it; 0: all of it
	Concurrency int           // the most requests in flight; 32
	MaxAttempts int           // the most attempts of a row; 5
	Grace       time.Duration // for requests in flight when a run stops; 5 s
	MaxFailures MaxFailures   // default: no limit
	MaxOutage   time.Duration // the longest outage, or time of nothing but refusals; 5 min

	// Deadline is when requests in flight are cancelled. No rows are started from Grace
	// before it. Zero: never.
	Deadline time.Time

	// Proven says that rows succeeded with this key before the run was resumed. Then a
	// start with only 404s or 403s does not mean that the key is wrong.
	Proven bool

	// Survey is the state to read before the first row; nil: none.
	Survey *Survey
	// SkipUnchanged sends only the fields that differ from the known state of the track. A
	// row without such a field is unchanged.
	SkipUnchanged bool
	// Snapshots records what every track is right before its PUT; nil: no snapshots are
	// made.
	Snapshots Snapshots
	// Force updates tracks even if they are not as their rows expect.
	Force bool
	// Canary is how many rows are sent one at a time at first, and read back. If one of
	// them is not as it should be, the run stops.
	Canary int
	// CanaryPassed says that an earlier session has updated so many rows. Then the rows that
	// it tried without success are none of the canaries.
	CanaryPassed bool
	// Media knows which media was applied last; nil: not known.
	Media Media
	// Sent is called before every PUT; may be nil.
	Sent Sent
	// Fresh is how old the state of a track may be when it is compared with what a row
	// expects; 1 min. An older state is read again.
	Fresh time.Duration

	// MaxWaiting is how many rows may wait for another attempt; 1,024. If there are more,
	// no new row is started. That bounds memory when everything fails.
	MaxWaiting int

	// Backoff is the longest wait before the second attempt; 200 ms. It is tripled for each
	// further attempt, up to MaxBackoff (30 s), with full jitter. The first one is short
	// because most failures concern a single request. The later ones are longer than a
	// restart of the service.
	Backoff, MaxBackoff time.Duration

	// Alarm makes the timer of a strict rate, which cannot make up for the delays of the Go
	// runtime's timers; nil: those are exact enough.
	Alarm func() *alarm.Alarm

	// Random returns numbers in [0,1) and must be safe for one goroutine;
	// math/rand/v2's when nil.
	Random func() float64
}

func (o Options) withDefaults() Options {
	set := func(d *time.Duration, v time.Duration) {
		if *d <= 0 {
			*d = v
		}
	}
	count := func(n *int, v int) {
		if *n <= 0 {
			*n = v
		}
	}
	count(&o.Concurrency, 32)
	count(&o.MaxAttempts, 5)
	count(&o.MaxWaiting, 1024)
	set(&o.Grace, 5*time.Second)
	set(&o.MaxOutage, 5*time.Minute)
	set(&o.Fresh, time.Minute)
	set(&o.Backoff, 200*time.Millisecond)
	set(&o.MaxBackoff, 30*time.Second)
	if o.Random == nil {
		o.Random = rand.Float64
	}
	return o
}

// backoff is the wait after the nth attempt: exponential, with full jitter, so
// that rows that failed together do not come back together.
func (o Options) backoff(n int) time.Duration {
	ceiling := o.Backoff
	for range n - 1 {
		if ceiling *= 3; ceiling >= o.MaxBackoff {
			break
		}
	}
	ceiling = min(ceiling, o.MaxBackoff)
	return time.Duration(o.Random() * float64(ceiling))
}
