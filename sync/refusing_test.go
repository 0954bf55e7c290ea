package sync

import (
	"testing"
	"testing/synctest"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/track"
	"tracksync/sync/pace"
)

// The time of refusals counts from the first refusal, but only after a later request was
// refused too: if requests are rare, one refusal says nothing.
func TestRefusalsFarApart(t *testing.T) {
	for _, tc := range []struct {
		name    string
		rate    pace.Rate
		most    time.Duration // --max-outage
		refused int           // requests, from the third on
		end     Reason
		after   time.Duration // the first refusal; of an end that is no completion
	}{
		{"10/h, one refusal", 10.0 / 3600, 5 * time.Minute, 1, Completed, 0},
		{"10/h, nothing but refusals", 10.0 / 3600, 5 * time.Minute, 1000, Outage, 6 * time.Minute},
		{"1/m with 30 s, one refusal", 1.0 / 60, 30 * time.Second, 1, Completed, 0},
		{"1/m with 30 s, two in succession", 1.0 / 60, 30 * time.Second, 2, Outage, time.Minute},
		{"1/m with 5 m, two in succession", 1.0 / 60, 5 * time.Minute, 2, Completed, 0},
		{"50/s, nothing but refusals", 50, 5 * time.Minute, 10_000, Outage, 5 * time.Minute},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(nil)
				var first time.Time
				f.answer = func(int, track.Update) (api.Answer, error) {
					f.mu.Lock()
					defer f.mu.Unlock()
					if n := len(f.calls); n > 2 && n <= 2+tc.refused {
						if first.IsZero() {
							first = time.Now()
						}
						return fail(api.Throttled, 429, "rate_limited")
					}
					return api.Answer{Status: 200}, nil
				}
				r, end := run(t, f, 20, Options{Rate: tc.rate, MaxOutage: tc.most}, nil)
				if end.Reason != tc.end {
					t.Fatalf("ended %+v, want %s", end, tc.end)
				}
				if tc.end == Completed {
					want(t, r, map[track.Status]int{track.Updated: 20})
					return
				}
				// A rate that was refused is lowered, so that the next request comes later.
				if took := time.Since(first); took < tc.after || took > tc.after*3/2 {
					t.Errorf("stopped %v after the first refusal, want %v", took, tc.after)
				}
				want(t, r, map[track.Status]int{track.Updated: r.count(track.Updated),
					track.NotAttempted: 20 - r.count(track.Updated)})
			})
		})
	}
}

// If a request from before the first refusal is accepted, the time of refusals does not
// become longer.
func TestAStragglerIsNoEndOfRefusals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(func(_ int, u track.Update) (api.Answer, error) {
			if u.ID == 1001 {
				return api.Answer{Status: 200}, nil
			}
			return fail(api.Throttled, 429, "rate_limited")
		})
		f.latency = func(_ int, u track.Update) time.Duration {
			if u.ID == 1001 {
				return 28 * time.Second
			}
			return 10 * time.Millisecond
		}
		r, end := run(t, f, 20, Options{Rate: 50, MaxOutage: 30 * time.Second}, nil)
		want(t, r, map[track.Status]int{track.Updated: 1, track.NotAttempted: 19})
		if took := time.Since(f.begun); end.Reason != Outage || took > 31*time.Second {
			t.Errorf("ended %+v after %v", end, took)
		}
	})
}
