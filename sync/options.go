package sync

import (
	"math/rand/v2"
	"time"

	"tracksync/internal/alarm"
	"tracksync/sync/pace"
)

// Options say how a run is made. Zero fields take the defaults named.
type Options struct {
	Rate        pace.Rate     // ceiling of requests a second; must be set
	Learn       bool          // find the API's limit below it, from a low start
	Remembered  *pace.Limit   // what Learn found in an earlier run; nil: nothing
	Share       float64       // of the remembered limit, where runs divide it; 0: all of it
	Concurrency int           // requests in flight at most; 32
	MaxAttempts int           // attempts a row has; 5
	Grace       time.Duration // for requests in flight when a run stops; 5 s
	MaxFailures MaxFailures   // never
	MaxOutage   time.Duration // longest outage, or time of nothing but refusals; 5 min

	// Deadline is when requests in flight are cut off. Grace before it no row
	// is started any more. Zero: never.
	Deadline time.Time

	// Proven says that rows succeeded with this key before the run was
	// resumed: that rows are 404 or 403 from the start says nothing about the key.
	Proven bool

	// Survey, when it is not nil, is the state to read before the first row.
	Survey *Survey
	// SkipUnchanged sends only the fields that differ from the state of the
	// track, where that is known; a row without any is unchanged.
	SkipUnchanged bool
	// Snapshots, when it is not nil, takes what every track is, which is read right
	// before its PUT.
	Snapshots Snapshots
	// Force updates tracks also that are not as their rows expect.
	Force bool
	// Canary is how many rows are sent one at a time at first, each read back;
	// one that is not right stops the run.
	Canary int
	// Media knows which media was applied last; nil: nobody does.
	Media Media
	// Sent hears of every PUT before it leaves; nil: nobody does.
	Sent Sent
	// Fresh is how old the state that a row expects may be when it is compared
	// before a PUT; 1 min. An older one is read again.
	Fresh time.Duration

	// MaxWaiting is how many rows may wait for another attempt before no new
	// row is started; 1,024. It bounds memory when everything fails.
	MaxWaiting int

	// Backoff is the longest wait before the second attempt, 200 ms, tripled
	// for each further one up to MaxBackoff, 30 s, each fully jittered. The
	// first is short because most failures are of one request; the later ones
	// outlast a restart of the service.
	Backoff, MaxBackoff time.Duration

	// Alarm makes the timer of a strict rate, which loses what a timer of the Go
	// runtime is late; nil: those are exact enough.
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
