package sync

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/track"
	"tracksync/sync/pace"
)

func (f *fake) Update(ctx context.Context, u track.Update) (track.Track, api.Answer, error) {
	f.mu.Lock()
	f.calls = append(f.calls, call{time.Since(f.begun), u.ID})
	f.nth[u.ID]++
	nth := f.nth[u.ID]
	f.overlap = f.overlap || f.flight[u.ID]
	f.flight[u.ID] = true
	f.inFlight++
	f.peak = max(f.peak, f.inFlight)
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		f.inFlight--
		f.flight[u.ID] = false
		f.mu.Unlock()
	}()
	d := 50 * time.Millisecond
	if f.latency != nil {
		d = f.latency(nth, u)
	}
	select {
	case <-time.After(d):
	case <-ctx.Done():
		return track.Track{}, api.Answer{},
			&api.Error{Class: api.Canceled, Code: "canceled", Message: "cut off", MayBeApplied: true}
	}
	a, err := f.answer(nth, u)
	return track.Track{ID: u.ID, Values: u.Values}, a, err
}

// Get and List are for fakes that have tracks.
func (f *fake) Get(context.Context, track.ID) (track.Track, api.Answer, error) {
	panic("nobody should read")
}

func (f *fake) List(context.Context, int, int) ([]track.Track, api.Answer, error) {
	panic("nobody should list")
}

func (r *recorder) Attempt(a Attempt) { r.attempts = append(r.attempts, a) }

func (r *recorder) Pause(p pace.Pause) { r.pauses = append(r.pauses, p) }

func (r *recorder) Learned(l pace.Limit) { r.learned = append(r.learned, l) }
func (r *recorder) Outage(d Downtime)    { r.outages = append(r.outages, d) }

func (r *recorder) Reading(n Reading) { r.reading = n }

func (r *recorder) Sync() error { r.keeps++; return nil }

func (r *recorder) Append(_ track.Update, t track.Track) error {
	r.before = append(r.before, t)
	return nil
}

func (r *recorder) Ended(id track.ID, applied bool, answered track.Values) error {
	r.fates = append(r.fates, fate{id, applied, answered})
	return nil
}

func (r *recorder) Flush() error { r.flushes++; return nil }

func (r *recorder) Tick() error { return nil }

func (r *recorder) Result(row track.Row, res track.Result) error {
	if r.results == nil {
		r.results = map[int]track.Result{}
	}
	if _, again := r.results[row.Number]; again || res.Row != row.Number {
		r.repeated = true
	}
	r.results[row.Number] = res
	r.order = append(r.order, row.Number)
	if r.failAt > 0 && len(r.order) >= r.failAt {
		return errors.New("disk full")
	}
	return nil
}

func (r *recorder) count(s track.Status) int {
	n := 0
	for _, res := range r.results {
		if res.Status == s {
			n++
		}
	}
	return n
}

func TestEveryRowUpdated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(ok)
		r, end := run(t, f, 1000, Options{Concurrency: 8}, nil)
		want(t, r, map[track.Status]int{track.Updated: 1000})
		if end.Reason != Completed || end.Message != "" {
			t.Errorf("ended %+v", end)
		}
		if f.peak != 8 {
			t.Errorf("%d requests in flight at most, want 8", f.peak)
		}
		if took := time.Since(f.begun); took.Round(time.Millisecond) != 125*50*time.Millisecond {
			t.Errorf("took %v, want 6.25s: the workers were not kept busy", took)
		}
		res := r.results[17]
		if res.Attempts != 1 || res.HTTPStatus != 200 || res.DurationMS != 50 ||
			res.Changes.Volume.To != track.Value(17) {
			t.Errorf("result %+v", res)
		}
	})
}

// 1,000 rows at 100/s take 9.99 s, and 5 % more requests take 5 % longer, because retries
// are paced as well.
func TestFixedRateHoldsWithRetries(t *testing.T) {
	for _, share := range []float64{0, 0.05, 0.5} {
		t.Run(fmt.Sprintf("%g of the requests fail", share), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				rng := rand.New(rand.NewPCG(3, 4))
				f := newFake(nil)
				f.answer = func(nth int, u track.Update) (api.Answer, error) {
					f.mu.Lock()
					defer f.mu.Unlock()
					if rng.Float64() < share {
						return fail(api.Retryable, 503, "server_error")
					}
					return api.Answer{Status: 200}, nil
				}
				r, _ := run(t, f, 1000, Options{Rate: 100, MaxAttempts: 100, MaxWaiting: 5000}, nil)
				want(t, r, map[track.Status]int{track.Updated: 1000})
				for i := 1; i < len(f.calls); i++ {
					if gap := f.calls[i].at - f.calls[i-1].at; gap < 10*time.Millisecond {
						t.Fatalf("requests %d and %d are %v apart", i-1, i, gap)
					}
				}
				last := f.calls[len(f.calls)-1].at
				ideal := time.Duration(len(f.calls)-1) * 10 * time.Millisecond
				// The very last rows may have to wait for their backoff.
				if share <= 0.05 && last > ideal*101/100+100*time.Millisecond {
					t.Errorf("%d requests took %v, ideal %v", len(f.calls), last, ideal)
				}
			})
		})
	}
}

// If 1 % of the requests hang until their timeout, the others go on: a waiting row
// occupies no worker, and a hanging one occupies only one.
func TestHangingRequestsDoNotStallTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(nil)
		hangs := func(nth int, u track.Update) bool { return nth == 1 && u.ID%100 == 0 }
		f.latency = func(nth int, u track.Update) time.Duration {
			if hangs(nth, u) {
				return 2 * time.Second
			}
			return 50 * time.Millisecond
		}
		f.answer = func(nth int, u track.Update) (api.Answer, error) {
			if hangs(nth, u) {
				return api.Answer{}, &api.Error{Class: api.Retryable, Code: "timeout", MayBeApplied: true,
					Transport: true}
			}
			return api.Answer{Status: 200}, nil
		}
		r, _ := run(t, f, 2000, Options{Rate: 200}, nil)
		want(t, r, map[track.Status]int{track.Updated: 2000})
		if took := time.Since(f.begun); took > 13*time.Second {
			t.Errorf("took %v, want about 10s", took)
		}
	})
}

// The result of a row after a series of failed attempts.
func TestFailuresOfARow(t *testing.T) {
	lost := &api.Error{Class: api.Retryable, Code: "connection_lost", Message: "lost", Transport: true,
		MayBeApplied: true}
	refusedConn := &api.Error{Class: api.Retryable, Code: "connection_refused", Message: "refused", Transport: true}
	busy := &api.Error{Class: api.Retryable, Code: "server_error", Message: "busy", Status: 503}
	gone := &api.Error{Class: api.Permanent, Code: "not_found", Message: "gone", Status: 404, Decides: true}
	page := &api.Error{Class: api.Permanent, Code: "not_found", Message: "a page", Status: 404, Foreign: true}
	forbidden := &api.Error{Class: api.Forbidden, Code: "forbidden", Message: "no", Status: 403}
	conflict := &api.Error{Class: api.Permanent, Code: "http_409", Message: "no", Status: 409}
	moved := &api.Error{Class: api.Permanent, Code: "redirect", Message: "elsewhere", Status: 302, Foreign: true}
	full := &api.Error{Class: api.Permanent, Code: "server_error", Message: "no room", Status: 507}
	for _, tc := range []struct {
		name     string
		errs     []error // the last one repeats; nil is a success
		status   track.Status
		attempts int
		code     string
	}{
		{"success", []error{nil}, track.Updated, 1, ""},
		{"one failure", []error{busy, nil}, track.Updated, 2, ""},
		{"lost, then a success", []error{lost, nil}, track.Updated, 2, ""},
		{"always 503", []error{busy}, track.Failed, 5, "server_error"},
		{"never connected", []error{refusedConn}, track.Failed, 5, "connection_refused"},
		{"always lost", []error{lost}, track.Unknown, 5, "connection_lost"},
		{"lost once, then 503", []error{lost, busy}, track.Unknown, 5, "server_error"},
		{"refused for good", []error{gone}, track.Failed, 1, "not_found"},
		{"lost, then refused for good", []error{lost, gone}, track.Failed, 2, "not_found"},
		{"lost, then a proxy's page", []error{lost, page}, track.Unknown, 2, "not_found"},
		{"lost, then a conflict", []error{lost, conflict}, track.Unknown, 2, "http_409"},
		{"lost, then a redirect", []error{lost, moved}, track.Unknown, 2, "redirect"},
		{"lost, then 507", []error{lost, full}, track.Unknown, 2, "server_error"},
		{"lost, then 503 and 507", []error{lost, busy, full}, track.Unknown, 3, "server_error"},
		{"forbidden", []error{forbidden}, track.Failed, 1, "forbidden"},
		{"lost, then forbidden", []error{lost, forbidden}, track.Unknown, 2, "forbidden"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(func(nth int, u track.Update) (api.Answer, error) {
					err := tc.errs[min(nth, len(tc.errs))-1]
					var e *api.Error
					if errors.As(err, &e) {
						return api.Answer{Status: e.Status}, e
					}
					return api.Answer{Status: 200}, nil
				})
				r, _ := run(t, f, 1, Options{Proven: true}, nil)
				res := r.results[1]
				if res.Status != tc.status || res.Attempts != tc.attempts || len(f.calls) != tc.attempts {
					t.Errorf("%+v after %d requests, want %s after %d", res, len(f.calls), tc.status, tc.attempts)
				}
				if code := ""; res.Error != nil && res.Error.Code != tc.code || res.Error == nil && tc.code != code {
					t.Errorf("error %+v, want code %q", res.Error, tc.code)
				}
				if sent := res.Changes != (track.Changes{}); sent != (tc.status != track.Failed) {
					t.Errorf("changes %+v beside %s", res.Changes, res.Status)
				}
			})
		})
	}
}

func TestBackoffIsJitteredAndBounded(t *testing.T) {
	o := Options{Random: func() float64 { return 0.999999 }}.withDefaults()
	for n, ceiling := range map[int]time.Duration{1: 200 * time.Millisecond, 2: 600 * time.Millisecond,
		4: 5400 * time.Millisecond, 30: 30 * time.Second, 1000: 30 * time.Second} {
		if got := o.backoff(n); got > ceiling || got < ceiling*99/100 {
			t.Errorf("after attempt %d: up to %v, want %v", n, got, ceiling)
		}
	}
	o.Random = func() float64 { return 0 }
	if got := o.backoff(3); got != 0 {
		t.Errorf("full jitter begins at 0, not %v", got)
	}
}

func TestWaitingRowsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(func(nth int, u track.Update) (api.Answer, error) {
			if nth < 3 {
				return fail(api.Retryable, 408, "server_busy")
			}
			return api.Answer{Status: 200}, nil
		})
		unfinished := 0
		inner := f.answer
		f.answer = func(nth int, u track.Update) (api.Answer, error) {
			f.mu.Lock()
			begun, finished := len(f.nth), 0
			for _, n := range f.nth {
				if n >= 3 {
					finished++
				}
			}
			unfinished = max(unfinished, begun-finished)
			f.mu.Unlock()
			return inner(nth, u)
		}
		r, _ := run(t, f, 500, Options{Concurrency: 4, MaxWaiting: 20}, nil)
		want(t, r, map[track.Status]int{track.Updated: 500})
		if unfinished > 20+4+1 {
			t.Errorf("%d rows were begun and not finished", unfinished)
		}
	})
}
