package sync

import (
	"math/rand/v2"
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

// After an outage the pace is as before: what was accepted during the outage says nothing
// about the limit.
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

// A server that limits the rate with 503s costs no row an attempt, and its limit is
// recognized.
func TestLimitThatSpeaks503(t *testing.T) {
	for _, rate := range []float64{10, 100} {
		synctest.Test(t, func(t *testing.T) {
			f := newFake(ok)
			bucket(f, rate, rate/5)
			inner := f.answer
			f.answer = func(nth int, u track.Update) (api.Answer, error) {
				a, err := inner(nth, u)
				if a.Status == 429 {
					return fail(api.Retryable, 503, "server_error")
				}
				return a, err
			}
			n := int(rate) * 30
			r, end := run(t, f, n, Options{Rate: pace.Unlimited, Learn: true}, nil)
			want(t, r, map[track.Status]int{track.Updated: n})
			if took := time.Since(f.begun); took > 33*time.Second {
				t.Errorf("rate %v: took %v, ideal 30s", rate, took)
			}
			if len(f.calls) > n*115/100 {
				t.Errorf("rate %v: %d requests for %d rows", rate, len(f.calls), n)
			}
			if end.Reason != Completed {
				t.Errorf("ended %+v", end)
			}
		})
	}
}

// A few random 503s are not a limit: --rate auto still reaches its ceiling.
func TestRandom503sDoNotSlowAuto(t *testing.T) {
	for _, share := range []float64{0.01, 0.05, 0.1} {
		for seed := range uint64(5) {
			synctest.Test(t, func(t *testing.T) {
				rng := rand.New(rand.NewPCG(seed, 9))
				f := newFake(nil)
				f.answer = func(int, track.Update) (api.Answer, error) {
					f.mu.Lock()
					defer f.mu.Unlock()
					if rng.Float64() < share {
						return fail(api.Retryable, 503, "server_error")
					}
					return api.Answer{Status: 200}, nil
				}
				r, _ := run(t, f, 2000, Options{Rate: 50, Learn: true, MaxAttempts: 12}, nil)
				want(t, r, map[track.Status]int{track.Updated: 2000})
				ideal := time.Duration(float64(len(f.calls)) / 50 * float64(time.Second))
				if took := time.Since(f.begun); took > ideal*12/10 {
					t.Errorf("%g of the requests fail: took %v, ideal %v", share, took, ideal)
				}
			})
		}
	}
}

// What is known of the limit is told while the run goes on, and not with every answer.
func TestLearnedIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(ok)
		bucket(f, 50, 5)
		r, end := run(t, f, 2000, Options{Rate: pace.Unlimited, Learn: true}, nil)
		took := int(time.Since(f.begun) / learnedEvery)
		if n := len(r.learned); n < 2 || n > took+1 || end.Learned.Kind != r.learned[n-1].Kind {
			t.Errorf("told %+v in %v, and at the end %+v", r.learned, time.Since(f.begun), end.Learned)
		}
	})
}
