package sync

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/track"
)

// A bad minute of any kind must not slow down the rest of the run.
func TestPaceRecoversFromABadMinute(t *testing.T) {
	refuse := func(after time.Duration) func() (api.Answer, error) {
		return func() (api.Answer, error) {
			a, err := fail(api.Throttled, 429, "rate_limited")
			a.RetryAfter = after
			return a, err
		}
	}
	for name, tc := range map[string]struct {
		answer func() (api.Answer, error)
		share  float64
	}{
		"half are 503":               {kinds["503"], 0.5},
		"60 % are 503":               {kinds["503"], 0.6},
		"80 % are 503":               {kinds["503"], 0.8},
		"all are refused":            {refuse(0), 1},
		"refused with Retry-After":   {refuse(5 * time.Second), 1},
		"half of them are refused":   {refuse(0), 0.5},
		"a tenth of them is refused": {refuse(0), 0.1},
	} {
		for _, learn := range []bool{true, false} {
			for seed := range uint64(4) {
				t.Run(fmt.Sprintf("%s, learn %v, seed %d", name, learn, seed), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						rng := rand.New(rand.NewPCG(seed, 5))
						f := newFake(nil)
						f.answer = func(nth int, u track.Update) (api.Answer, error) {
							f.mu.Lock()
							defer f.mu.Unlock()
							if at := time.Since(f.begun); at > 10*time.Second && at < 70*time.Second &&
								rng.Float64() < tc.share {
								return tc.answer()
							}
							return api.Answer{Status: 200}, nil
						}
						r, end := run(t, f, 4000, Options{Rate: 50, Learn: learn, MaxAttempts: 100}, nil)
						want(t, r, map[track.Status]int{track.Updated: 4000})
						if end.Reason != Completed {
							t.Errorf("ended %+v", end)
						}
						// 80 s of work, at worst after the bad minute, and some time to
						// recover.
						if took := time.Since(f.begun); took > 220*time.Second {
							t.Errorf("took %v", took)
						}
					})
				})
			}
		}
	}
}

// One refusal that asks for half a minute delays the run by half a minute.
func TestOneRefusal(t *testing.T) {
	for _, learn := range []bool{true, false} {
		for _, after := range []time.Duration{0, 5 * time.Second, 30 * time.Second} {
			t.Run(fmt.Sprintf("learn %v, Retry-After %v", learn, after), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					f := newFake(nil)
					refused := false
					f.answer = func(nth int, u track.Update) (api.Answer, error) {
						f.mu.Lock()
						defer f.mu.Unlock()
						if len(f.calls) >= 500 && !refused {
							refused = true
							a, err := fail(api.Throttled, 429, "rate_limited")
							a.RetryAfter = after
							return a, err
						}
						return api.Answer{Status: 200}, nil
					}
					r, _ := run(t, f, 6000, Options{Rate: 50, Learn: learn}, nil)
					want(t, r, map[track.Status]int{track.Updated: 6000})
					if took := time.Since(f.begun); took > 120*time.Second+after+75*time.Second {
						t.Errorf("took %v, ideal %v", took, 120*time.Second+after)
					}
				})
			})
		}
	}
}

// Rows that are refused at any rate fail by themselves and block no others, wherever they
// are.
func TestRowsAlwaysRefused(t *testing.T) {
	for name, bad := range map[string]func(n int) bool{
		"in the middle":     func(n int) bool { return n == 500 },
		"the last":          func(n int) bool { return n == 1000 },
		"two in the middle": func(n int) bool { return n == 500 || n == 501 },
	} {
		for _, learn := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, learn %v", name, learn), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					refuse := func() (api.Answer, error) { return fail(api.Throttled, 429, "rate_limited") }
					f, end := runWithBadRows(t, 1000, bad, refuse, Options{Rate: 50, Learn: learn})
					if took := time.Since(f.begun); took > 150*time.Second || end.Reason != Completed {
						t.Errorf("took %v, ended %+v", took, end)
					}
				})
			})
		}
	}
}
