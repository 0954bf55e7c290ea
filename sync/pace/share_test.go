package pace

import (
	"testing"
	"time"
)

// Processes that divide a limit begin together as fast as one process does, also when they
// learn it anew.
func TestShareOfTheStart(t *testing.T) {
	random := func() float64 { return 0 }
	started := func(share float64, forget bool) (n int) {
		now := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
		p := Auto(Options{Most: Unlimited, Random: random, Share: share})
		if forget {
			p.Take(now, 0)
			p.forget(now)
			p.suspended = suspension{}
		}
		for until := now.Add(time.Second); now.Before(until); now = now.Add(time.Millisecond) {
			for p.Take(now, n) == 0 {
				n++
			}
		}
		return n
	}
	for _, forget := range []bool{false, true} {
		for _, of := range []int{1, 2, 4, 8} {
			if all := of * started(1/float64(of), forget); all > started(0, forget) || all == 0 {
				t.Errorf("%d start %d requests before the first answer, and one starts %d", of, all, started(0, forget))
			}
		}
	}
}
