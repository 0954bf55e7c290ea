package sandbox

import (
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"
)

// Faults are what goes wrong between a client and the service. All but the outages
// are probabilities from 0 to 1. A request gets at most one fault, so together they
// are at most 1. The zero value has none.
//
// A fault before the change means that the request was not applied; one after the
// change means that it was, if the service accepted it.
type Faults struct {
	// Status answers with a JSON error of this status, from 400 to 599. 502 and 504
	// come after the change, as from a proxy that lost the answer; all others before.
	Status map[int]float64

	// ResetBefore and ResetAfter reset the connection before and after the change.
	ResetBefore, ResetAfter float64

	// HangBefore and HangAfter never answer: the connection stays open until
	// the client leaves, or for two minutes.
	HangBefore, HangAfter float64

	// Truncate answers with half of a body, after the change.
	Truncate float64

	// HTML200 answers 200 with the page of a proxy that did not forward the request.
	// HTML502 answers 502 with a page, after the change.
	HTML200, HTML502 float64

	// Outages are times when nothing reaches the service: connections are reset.
	Outages []Outage
}

// Outage is a time, counted from New, when every request fails.
type Outage struct {
	From, To time.Duration // from From on, until just before To
}

const hangFor = 2 * time.Minute

func (f Faults) validate() error {
	sum := 0.0
	for _, k := range f.kinds() {
		if !(k.chance >= 0 && k.chance <= 1) { // NaN too
			return fmt.Errorf("the fault %s has the probability %v: must be from 0 to 1", k.name, k.chance)
		}
		if k.action == actFail {
			if err := checkFailure(k.status); err != nil {
				return fmt.Errorf("fault: %w", err)
			}
		}
		sum += k.chance
	}
	if sum > 1+1e-9 {
		return fmt.Errorf("the faults have the probability %.4g together: must be at most 1", sum)
	}
	for _, o := range f.Outages {
		if o.From < 0 || o.To <= o.From {
			return fmt.Errorf("an outage from %v to %v: must end after it begins", o.From, o.To)
		}
	}
	return nil
}

type action int

const (
	actNone action = iota
	actFail
	actReset
	actHang
	actTruncate
	actHTML
)

// fault is one thing that can go wrong. The zero fault is none.
type fault struct {
	name   string // as in ParseFaults and events
	chance float64
	action action
	status int
	after  bool // injected after the change
}

// kinds lists the configured faults, always in the same order.
func (f Faults) kinds() []fault {
	kinds := []fault{
		{"reset-before", f.ResetBefore, actReset, 0, false},
		{"reset-after", f.ResetAfter, actReset, 0, true},
		{"hang-before", f.HangBefore, actHang, 0, false},
		{"hang-after", f.HangAfter, actHang, 0, true},
		{"truncate", f.Truncate, actTruncate, 0, true},
		{"html-200", f.HTML200, actHTML, http.StatusOK, false},
		{"html-502", f.HTML502, actHTML, http.StatusBadGateway, true},
	}
	for _, status := range slices.Sorted(maps.Keys(f.Status)) {
		after := status == http.StatusBadGateway || status == http.StatusGatewayTimeout
		kinds = append(kinds, fault{fmt.Sprint(status), f.Status[status], actFail, status, after})
	}
	return slices.DeleteFunc(kinds, func(k fault) bool { return k.chance == 0 })
}

// outage reports whether there is an outage at a time, counted from New.
func (f Faults) outage(since time.Duration) bool {
	return slices.ContainsFunc(f.Outages, func(o Outage) bool { return since >= o.From && since < o.To })
}

// Latency is how long an accepted request takes: between Min and Max, uniformly
// distributed. The zero value is none.
type Latency struct {
	Min, Max time.Duration
}

func (l Latency) validate() error {
	const longest = 24 * time.Hour
	if l.Min < 0 || l.Max < l.Min || l.Max > longest {
		return fmt.Errorf("a latency from %v to %v: must begin at 0 or later, end after that, and be at most a day", l.Min, l.Max)
	}
	return nil
}

// dice draws the latency and the fault of each request. The caller holds the lock.
type dice struct {
	seed    uint64
	latency Latency
	kinds   []fault
	rolls   map[roll]uint64 // how many requests of each kind there were
}

// roll is the kind of a request. Together with the seed and the number of earlier
// requests of the kind it determines the latency and the fault.
type roll struct {
	method string
	id     int64 // 0 for a listing, and for a track that doesn't exist
}

func newDice(c Config) *dice {
	return &dice{seed: c.Seed, latency: c.Latency, kinds: c.Faults.kinds(), rolls: make(map[roll]uint64)}
}

// roll draws for the next request of a kind.
func (d *dice) roll(r roll) (time.Duration, fault) {
	if len(d.kinds) == 0 && d.latency.Min == d.latency.Max {
		return d.latency.Min, fault{}
	}
	n := d.rolls[r]
	d.rolls[r] = n + 1
	h := fnv.New64a()
	fmt.Fprintf(h, "%s %d %d", r.method, r.id, n)
	random := rand.New(rand.NewPCG(d.seed, h.Sum64()))

	wait := d.latency.Min + time.Duration(random.Int64N(int64(d.latency.Max-d.latency.Min)+1))
	chance := random.Float64()
	for _, k := range d.kinds {
		if chance < k.chance {
			return wait, k
		}
		chance -= k.chance
	}
	return wait, fault{}
}
