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

// Four that divide a limit of which they know nothing come to fair shares, also where refusals
// ask for a pause: none gets so little that the others end long before it.
func TestSharesSettle(t *testing.T) {
	const seeds = 8
	var smallest, ended float64
	for seed := range uint64(seeds) {
		sc := scenario{limit: tokens(100, 20), seconds: 40, clients: 4, workers: 16, stagger: 0.6, max: 50, share: 0.25,
			service: spread(60*time.Millisecond, 140*time.Millisecond), said: inSeconds}
		smallest += smallestShare(simulate(sc, seed)).speed / seeds
		sc.seconds, sc.rows = 900, 1000
		for _, h := range simulate(sc, seed).log {
			ended = max(ended, h.at)
		}
	}
	if smallest < 0.4 || ended > 80 {
		t.Errorf("the smallest got %.2f of its share on average, and the last ended after %.0f s instead of 40", smallest, ended)
	}
}
