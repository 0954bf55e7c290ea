package sync

import (
	"testing"
	"testing/synctest"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/track"
	"tracksync/sync/pace"
)

// bucket is a server's limit of rate requests a second and burst at once.
func bucket(f *fake, rate, burst float64) {
	inner := f.answer
	tokens, at := burst, time.Now()
	f.answer = func(nth int, u track.Update) (api.Answer, error) {
		a, err := inner(nth, u)
		if a.Status != 200 {
			return a, err // it is down: the limit sees nothing of it
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		now := time.Now()
		tokens = min(burst, tokens+rate*now.Sub(at).Seconds())
		at = now
		if tokens < 1 {
			return fail(api.Throttled, 429, "rate_limited")
		}
		tokens--
		return a, err
	}
}

// After an outage the pace is what it was: what was accepted while nobody asked
// says nothing about the limit.
func TestOutageTeachesThePaceNothing(t *testing.T) {
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(ok)
				down(f, 5*time.Second, 35*time.Second, kind)
				bucket(f, 50, 5)
				r, _ := run(t, f, 2000, Options{Rate: pace.Unlimited, Learn: true}, nil)
				want(t, r, map[track.Status]int{track.Updated: 2000})
				refused := 0
				for _, a := range r.attempts {
					if a.Refused {
						refused++
					}
				}
				if took := time.Since(f.begun); took > 80*time.Second {
					t.Errorf("took %v, of which 30s were an outage and 40s the limit", took)
				}
				if refused > 80 {
					t.Errorf("%d requests were refused", refused)
				}
			})
		})
	}
}
