package sync

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/track"
)

// kinds are the ways in which an API can be down.
var kinds = map[string]func() (api.Answer, error){
	"503": func() (api.Answer, error) { return fail(api.Retryable, 503, "server_error") },
	"connection refused": func() (api.Answer, error) {
		return api.Answer{}, &api.Error{Class: api.Retryable, Code: "connection_refused", Transport: true}
	},
	"521": func() (api.Answer, error) { return fail(api.Retryable, 521, "gateway_error") },
	"511": func() (api.Answer, error) { return fail(api.Permanent, 511, "server_error") },
	"connection lost": func() (api.Answer, error) {
		return api.Answer{}, &api.Error{Class: api.Retryable, Code: "connection_lost", Transport: true,
			MayBeApplied: true}
	},
}

// down makes f fail with kind from one time to another, counted from its start.
func down(f *fake, from, to time.Duration, kind func() (api.Answer, error)) {
	inner := f.answer
	f.answer = func(nth int, u track.Update) (api.Answer, error) {
		if at := time.Since(f.begun); at >= from && at < to {
			return kind()
		}
		return inner(nth, u)
	}
}

// An outage of a minute costs no row, a few dozen requests, and hardly more time than it
// lasts.
func TestOutageCostsNoRow(t *testing.T) {
	for name, kind := range kinds {
		for _, concurrency := range []int{1, 4, 32} {
			t.Run(fmt.Sprintf("%s, %d at once", name, concurrency), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					f := newFake(ok)
					down(f, 10*time.Second, 70*time.Second, kind)
					r, end := run(t, f, 1000, Options{Rate: 50, Concurrency: concurrency}, nil)
					want(t, r, map[track.Status]int{track.Updated: 1000})
					if end.Reason != Completed {
						t.Errorf("ended %+v", end)
					}
					lost := 0
					for _, res := range r.results {
						lost += res.OutageAttempts
						if res.Attempts != 1 {
							t.Errorf("row %d was charged %d attempts", res.Row, res.Attempts)
						}
					}
					if extra := len(f.calls) - 1000; extra != lost || extra > concurrency+24 {
						t.Errorf("%d requests in the outage, %d in the results", extra, lost)
					}
					if len(r.outages) != 2 || !r.outages[0].Until.IsZero() || r.outages[1].Requests != lost {
						t.Fatalf("outages %+v", r.outages)
					}
					if took := r.outages[1].Until.Sub(r.outages[1].From); took < 58*time.Second ||
						took > 66*time.Second {
						t.Errorf("the outage took %v", took)
					}
				})
			})
		}
	}
}

// While the API is down, there is one request at a time.
func TestProbesAreAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(ok)
		down(f, 5*time.Second, 60*time.Second, kinds["503"])
		run(t, f, 500, Options{Rate: 50}, nil)
		var probes []time.Duration
		for _, c := range f.calls {
			if c.at > 6*time.Second && c.at < 60*time.Second {
				probes = append(probes, c.at)
			}
		}
		if len(probes) < 8 || len(probes) > 20 {
			t.Errorf("%d probes: %v", len(probes), probes)
		}
		for i := 1; i < len(probes); i++ {
			if gap := probes[i] - probes[i-1]; gap < 150*time.Millisecond || gap > longestProbe+100*time.Millisecond {
				t.Errorf("probes %v apart", gap)
			}
		}
	})
}

func TestOutageThatDoesNotEnd(t *testing.T) {
	for _, tc := range []struct {
		name  string
		kind  string
		from  time.Duration
		opts  Options
		took  [2]time.Duration
		check func(r *recorder) map[track.Status]int
	}{
		{"from the start", "connection refused", 0, Options{}, [2]time.Duration{30 * time.Second, 31 * time.Second},
			func(*recorder) map[track.Status]int { return map[track.Status]int{track.NotAttempted: 1000} }},
		{"after a success", "503", 10 * time.Second, Options{}, [2]time.Duration{310 * time.Second, 311 * time.Second},
			func(r *recorder) map[track.Status]int {
				n := r.count(track.Updated)
				return map[track.Status]int{track.Updated: n, track.NotAttempted: 1000 - n}
			}},
		{"--max-outage", "503", 10 * time.Second, Options{MaxOutage: 20 * time.Second},
			[2]time.Duration{30 * time.Second, 31 * time.Second},
			func(r *recorder) map[track.Status]int {
				n := r.count(track.Updated)
				return map[track.Status]int{track.Updated: n, track.NotAttempted: 1000 - n}
			}},
		{"rows that may have been applied are unknown", "connection lost", 10 * time.Second, Options{},
			[2]time.Duration{310 * time.Second, 311 * time.Second},
			func(r *recorder) map[track.Status]int {
				n, u := r.count(track.Updated), r.count(track.Unknown)
				if u < 3 || u > 60 {
					t.Errorf("%d rows are unknown", u)
				}
				return map[track.Status]int{track.Updated: n, track.Unknown: u, track.NotAttempted: 1000 - n - u}
			}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(ok)
				down(f, tc.from, 24*time.Hour, kinds[tc.kind])
				tc.opts.Rate = 50
				r, end := run(t, f, 1000, tc.opts, nil)
				want(t, r, tc.check(r))
				if end.Reason != Outage || end.Message == "" {
					t.Errorf("ended %+v", end)
				}
				if took := time.Since(f.begun); took < tc.took[0] || took > tc.took[1] {
					t.Errorf("stopped after %v", took)
				}
			})
		})
	}
}

// Rows that always fail are failed and are not an outage: one row, three in succession,
// many among others, and two that are the last ones.
func TestBadRowsAreNoOutage(t *testing.T) {
	for name, bad := range map[string]func(n int) bool{
		"one":                 func(n int) bool { return n == 50 },
		"the last two":        func(n int) bool { return n > 298 },
		"three in succession": func(n int) bool { return n >= 100 && n < 103 },
		"ten in succession":   func(n int) bool { return n >= 100 && n < 110 },
		"every fifth":         func(n int) bool { return n%5 == 0 },
		"only two rows":       func(n int) bool { return n < 3 },
	} {
		for _, concurrency := range []int{1, 32} {
			t.Run(fmt.Sprintf("%s, %d at once", name, concurrency), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					broken := func() (api.Answer, error) { return fail(api.Retryable, 500, "server_error") }
					f, end := runWithBadRows(t, 300, bad, broken, Options{Rate: 50, Concurrency: concurrency})
					if end.Reason != Completed {
						t.Errorf("ended %+v", end)
					}
					if took := time.Since(f.begun); took > 80*time.Second {
						t.Errorf("took %v", took)
					}
				})
			})
		}
	}
}

// A 5xx that is not retried ends its row at once if the row is the reason, and costs no
// row in an outage, whatever came before.
func TestFinal5xx(t *testing.T) {
	for _, concurrency := range []int{1, 32} {
		synctest.Test(t, func(t *testing.T) {
			f := newFake(func(nth int, u track.Update) (api.Answer, error) {
				switch {
				case u.ID%50 == 7:
					return fail(api.Permanent, 501, "server_error")
				case u.ID%50 == 9 && nth == 1: // it has an attempt less when the outage begins
					return fail(api.Retryable, 500, "server_error")
				}
				return api.Answer{Status: 200}, nil
			})
			down(f, 5*time.Second, 20*time.Second, kinds["511"])
			r, end := run(t, f, 500, Options{Rate: 50, Concurrency: concurrency}, nil)
			want(t, r, map[track.Status]int{track.Updated: 490, track.Failed: 10})
			if end.Reason != Completed || len(r.outages) != 2 {
				t.Errorf("ended %+v, outages %+v", end, r.outages)
			}
			for _, res := range r.results {
				if res.Status == track.Failed && (res.Attempts != 1 || res.HTTPStatus != 501) {
					t.Errorf("failed: %+v", res)
				}
			}
		})
	}
}

// If 30 % of the requests fail, every row still succeeds, and the run takes about as much
// longer as there are more requests.
func TestPartialOutageGoesOn(t *testing.T) {
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 1))
			f := newFake(nil)
			f.answer = func(int, track.Update) (api.Answer, error) {
				f.mu.Lock()
				defer f.mu.Unlock()
				if rng.Float64() < 0.3 {
					return fail(api.Retryable, 503, "server_error")
				}
				return api.Answer{Status: 200}, nil
			}
			r, end := run(t, f, 1000, Options{Rate: 50, MaxAttempts: 12, MaxBackoff: 2 * time.Second}, nil)
			want(t, r, map[track.Status]int{track.Updated: 1000})
			if end.Reason != Completed {
				t.Errorf("ended %+v", end)
			}
			if len(f.calls) > 1600 {
				t.Errorf("%d requests", len(f.calls))
			}
			if took := time.Since(f.begun); took > 45*time.Second {
				t.Errorf("seed %d: took %v", seed, took)
			}
		})
	}
}

// If nearly everything fails, retries do not multiply the load: there are at most as many
// as successes, a reserve, and a tenth of the rate.
func TestRetryBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(7, 1))
		successes, retries := 0, 0
		f := newFake(nil)
		f.answer = func(nth int, _ track.Update) (api.Answer, error) {
			f.mu.Lock()
			defer f.mu.Unlock()
			if nth > 1 {
				retries++
			}
			if rng.Float64() < 0.8 {
				return fail(api.Retryable, 408, "server_busy")
			}
			successes++
			return api.Answer{Status: 200}, nil
		}
		run(t, f, 1500, Options{Rate: 100, MaxWaiting: 10_000}, nil)
		if most := successes + int(retryReserve) + int(time.Since(f.begun).Seconds()*100*retryShare) +
			1; retries > most {
			t.Errorf("%d retries, more than %d", retries, most)
		}
	})
}

// A row whose last attempt is the first victim of an outage does not fail: it stays
// undecided until it is known whether there is an outage.
func TestLastAttemptInAnOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var began time.Time // of the outage: with the row's second attempt
		f := newFake(nil)
		f.latency = func(nth int, u track.Update) time.Duration {
			if u.ID == 1001 && nth == 2 {
				return time.Millisecond // back before all others
			}
			return 50 * time.Millisecond
		}
		f.answer = func(nth int, u track.Update) (api.Answer, error) {
			f.mu.Lock()
			defer f.mu.Unlock()
			if u.ID == 1001 && nth == 2 && began.IsZero() {
				began = time.Now()
			}
			if u.ID == 1001 && nth == 1 || !began.IsZero() && time.Since(began) < 20*time.Second {
				return fail(api.Retryable, 503, "server_error")
			}
			return api.Answer{Status: 200}, nil
		}
		r, _ := run(t, f, 100, Options{Rate: 100, MaxAttempts: 2}, nil)
		want(t, r, map[track.Status]int{track.Updated: 100})
	})
}

func TestInterruptedInAnOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(ok)
		down(f, 0, time.Hour, kinds["503"])
		r, end := run(t, f, 100, Options{Rate: 50}, func(e *Engine, _ context.CancelFunc) {
			time.Sleep(10 * time.Second)
			e.Stop(Interrupted, "SIGINT")
		})
		want(t, r, map[track.Status]int{track.NotAttempted: 100})
		if end.Reason != Interrupted || len(r.outages) != 2 {
			t.Errorf("ended %+v, outages %+v", end, r.outages)
		}
	})
}

// A run that is stopped just as an outage begins fails no row either. A row that fails by
// itself, while others succeed, is failed.
func TestStoppedAsAnOutageBegins(t *testing.T) {
	for _, tc := range []struct {
		name    string
		kind    string
		down    time.Duration
		bad     track.ID // always fails; 0: none
		stopped time.Duration
		opts    Options
		status  track.Status // of rows
		rows    int          // that are neither updated nor not attempted
	}{
		{"one row has failed", "503", 2 * time.Second, 0, 2060 * time.Millisecond, Options{Rate: 10}, "", 0},
		{"one has failed, and one is under way", "503", 2 * time.Second, 0, 2120 * time.Millisecond, Options{Rate: 10},
			"", 0},
		{"one has failed with a final 5xx", "511", 2 * time.Second, 0, 2060 * time.Millisecond, Options{Rate: 10}, "",
			0},
		{"many are under way", "503", 2 * time.Second, 0, 2010 * time.Millisecond, Options{Rate: 1000}, "", 0},
		{"one at a time, and no attempt is left", "503", 2 * time.Second, 0, 2120 * time.Millisecond,
			Options{Rate: 10, Concurrency: 1, MaxAttempts: 1}, "", 0},
		{"it may have been applied", "connection lost", 2 * time.Second, 0, 2060 * time.Millisecond, Options{Rate: 10},
			track.Unknown, 1},
		{"a bad row", "503", time.Hour, 1020, 2055 * time.Millisecond, Options{Rate: 100, Backoff: time.Hour},
			track.Failed, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(func(_ int, u track.Update) (api.Answer, error) {
					if u.ID == tc.bad {
						return fail(api.Retryable, 500, "server_error")
					}
					return api.Answer{Status: 200}, nil
				})
				down(f, tc.down, time.Hour, kinds[tc.kind])
				r, end := run(t, f, 5000, tc.opts, func(e *Engine, _ context.CancelFunc) {
					time.Sleep(tc.stopped)
					e.Stop(Interrupted, "SIGTERM")
				})
				updated := r.count(track.Updated)
				if updated == 0 || end.Reason != Interrupted {
					t.Fatalf("%d rows are updated, ended %+v", updated, end)
				}
				statuses := map[track.Status]int{track.Updated: updated, track.NotAttempted: 5000 - updated - tc.rows}
				if tc.rows > 0 {
					statuses[tc.status] = tc.rows
				}
				want(t, r, statuses)
			})
		})
	}
}
