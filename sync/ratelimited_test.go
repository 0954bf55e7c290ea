package sync

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/track"
	"tracksync/sync/pace"
)

func TestRefusalsCostNoAttempt(t *testing.T) {
	for _, after := range []time.Duration{0, 2 * time.Second} {
		t.Run(fmt.Sprintf("Retry-After %v", after), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				// A fixed window of 20 a second, against an unlimited sender.
				var window time.Duration
				accepted := 0
				f := newFake(nil)
				f.answer = func(nth int, u track.Update) (api.Answer, error) {
					f.mu.Lock()
					defer f.mu.Unlock()
					if w := time.Since(f.begun).Truncate(time.Second); w != window {
						window, accepted = w, 0
					}
					if accepted >= 20 {
						a, err := fail(api.Throttled, 429, "rate_limited")
						a.RetryAfter = after
						return a, err
					}
					accepted++
					return api.Answer{Status: 200}, nil
				}
				r, _ := run(t, f, 400, Options{MaxAttempts: 1}, nil)
				want(t, r, map[track.Status]int{track.Updated: 400})
				refused := 0
				for _, res := range r.results {
					refused += res.RateLimited
					if res.Attempts != 1 {
						t.Fatalf("row %d: %d attempts", res.Row, res.Attempts)
					}
				}
				if refused == 0 || len(r.pauses) == 0 {
					t.Error("nothing was refused: the test tests nothing")
				}
				// While paused, no request starts.
				for _, p := range r.pauses {
					for _, c := range f.calls {
						if at := f.begun.Add(c.at); at.After(p.From) && at.Before(p.Until) {
							t.Fatalf("a request started at %v, in a pause", c.at)
						}
					}
				}
			})
		})
	}
}

func TestRowRefusedAloneFails(t *testing.T) {
	for _, latency := range []time.Duration{5 * time.Millisecond, 300 * time.Millisecond, 2 * time.Second} {
		for _, rate := range []pace.Rate{10, 50, pace.Unlimited} {
			for _, concurrency := range []int{1, 8, 32} {
				t.Run(fmt.Sprintf("%v %v %d", latency, rate, concurrency), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						f := newFake(func(_ int, u track.Update) (api.Answer, error) {
							if u.ID == 1001 {
								return fail(api.Throttled, 429, "rate_limited")
							}
							return api.Answer{Status: 200}, nil
						})
						f.latency = func(_ int, u track.Update) time.Duration {
							if u.ID == 1001 {
								return time.Millisecond // refusals overtake the rest
							}
							return latency
						}
						r, end := run(t, f, 3000, Options{Rate: rate, Concurrency: concurrency}, nil)
						want(t, r, map[track.Status]int{track.Updated: 2999, track.Failed: 1})
						if res := r.results[1]; res.RateLimited < 20 || res.RateLimited > 60 || res.Attempts != 0 ||
							res.Error.Code != "rate_limited" {
							t.Errorf("refused row: %+v", res)
						}
						if end.Reason != Completed {
							t.Errorf("ended %+v", end)
						}
					})
				})
			}
		}
	}
}

func TestNothingButRefusalsStopsTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(func(_ int, u track.Update) (api.Answer, error) {
			return fail(api.Throttled, 429, "rate_limited")
		})
		r, end := run(t, f, 50, Options{MaxOutage: 5 * time.Minute}, nil)
		want(t, r, map[track.Status]int{track.NotAttempted: 50})
		if end.Reason != Outage {
			t.Errorf("ended %+v", end)
		}
		if took := time.Since(f.begun); took < 5*time.Minute || took > 5*time.Minute+time.Second {
			t.Errorf("stopped after %v", took)
		}
	})
}

func TestLongRetryAfterStopsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(func(nth int, u track.Update) (api.Answer, error) {
			if u.ID == 1040 {
				a, err := fail(api.Throttled, 429, "rate_limited")
				a.RetryAfter = time.Hour
				return a, err
			}
			return api.Answer{Status: 200}, nil
		})
		r, end := run(t, f, 100, Options{Concurrency: 1}, nil)
		want(t, r, map[track.Status]int{track.Updated: 39, track.NotAttempted: 61})
		if end.Reason != Outage || time.Since(f.begun) > 10*time.Second {
			t.Errorf("ended %+v after %v", end, time.Since(f.begun))
		}
	})
}
