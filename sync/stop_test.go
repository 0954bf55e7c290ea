package sync

import (
	"context"
	"errors"
	"iter"
	"testing"
	"testing/synctest"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/track"
	"tracksync/sync/current"
	"tracksync/sync/pace"
)

// Answers that end a run, and what becomes of its rows.
func TestAnswersThatStopARun(t *testing.T) {
	from := func(n track.ID, class api.Class, status int, code string) func(int, track.Update) (api.Answer, error) {
		return func(_ int, u track.Update) (api.Answer, error) {
			if u.ID >= 1000+n {
				return fail(class, status, code)
			}
			return api.Answer{Status: 200}, nil
		}
	}
	for _, tc := range []struct {
		name   string
		answer func(int, track.Update) (api.Answer, error)
		opts   Options
		reason Reason
		want   map[track.Status]int // of 100 rows, one at a time
	}{
		{"401 at first", from(1, api.Unauthorized, 401, "unauthorized"), Options{}, Unauthorized,
			map[track.Status]int{track.NotAttempted: 100}},
		{"401 later", from(31, api.Unauthorized, 401, "unauthorized"), Options{}, Unauthorized,
			map[track.Status]int{track.Updated: 30, track.NotAttempted: 70}},
		{"403 before a success", from(1, api.Forbidden, 403, "forbidden"), Options{}, ForbiddenKey,
			map[track.Status]int{track.NotAttempted: 100}},
		{"403 five times in succession", from(31, api.Forbidden, 403, "forbidden"), Options{}, ForbiddenKey,
			map[track.Status]int{track.Updated: 30, track.Failed: 5, track.NotAttempted: 65}},
		{"403 now and then", func(_ int, u track.Update) (api.Answer, error) {
			if u.ID%5 != 1 {
				return fail(api.Forbidden, 403, "forbidden")
			}
			return api.Answer{Status: 200}, nil
		}, Options{}, Completed, map[track.Status]int{track.Updated: 20, track.Failed: 80}},
		{"the first ten 404", from(1, api.Permanent, 404, "not_found"), Options{}, WrongAccount,
			map[track.Status]int{track.Failed: 10, track.NotAttempted: 90}},
		{"all but the first 404", from(2, api.Permanent, 404, "not_found"), Options{}, Completed,
			map[track.Status]int{track.Updated: 1, track.Failed: 99}},
		{"--max-failures 3", from(11, api.Permanent, 422, "invalid_request"),
			Options{MaxFailures: MaxFailures{Rows: 3}}, TooManyFailures,
			map[track.Status]int{track.Updated: 10, track.Failed: 3, track.NotAttempted: 87}},
		{"--max-failures 50% waits for 20 rows", from(1, api.Permanent, 422, "invalid_request"),
			Options{MaxFailures: MaxFailures{Percent: 50}}, TooManyFailures,
			map[track.Status]int{track.Failed: 20, track.NotAttempted: 80}},
		{"--max-failures 50%", from(31, api.Permanent, 422, "invalid_request"),
			Options{MaxFailures: MaxFailures{Percent: 50}}, TooManyFailures,
			map[track.Status]int{track.Updated: 30, track.Failed: 30, track.NotAttempted: 40}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tc.opts.Concurrency = 1
				r, end := run(t, newFake(tc.answer), 100, tc.opts, nil)
				want(t, r, tc.want)
				if end.Reason != tc.reason {
					t.Errorf("ended %+v, want %s", end, tc.reason)
				}
				if (end.Message == "") != (tc.reason == Completed) {
					t.Errorf("message %q beside %s", end.Message, end.Reason)
				}
			})
		})
	}
}

func TestStopLetsRequestsInFlightFinish(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(ok)
		r, end := run(t, f, 1000, Options{Concurrency: 10}, func(e *Engine, _ context.CancelFunc) {
			time.Sleep(120 * time.Millisecond)
			e.Stop(Interrupted, "SIGINT")
			e.Stop(Interrupted, "again: the first counts")
		})
		want(t, r, map[track.Status]int{track.Updated: 30, track.NotAttempted: 970})
		if end.Reason != Interrupted || end.Message != "SIGINT" {
			t.Errorf("ended %+v", end)
		}
		if took := time.Since(f.begun).Round(time.Millisecond); took != 150*time.Millisecond {
			t.Errorf("took %v, want 150ms", took)
		}
	})
}

func TestGraceEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(ok)
		f.latency = func(int, track.Update) time.Duration { return time.Hour }
		r, _ := run(t, f, 100, Options{Concurrency: 10, Grace: 5 * time.Second}, func(e *Engine, _ context.CancelFunc) {
			time.Sleep(time.Second)
			e.Stop(Interrupted, "SIGTERM")
		})
		want(t, r, map[track.Status]int{track.Unknown: 10, track.NotAttempted: 90})
		if took := time.Since(f.begun); took != 6*time.Second {
			t.Errorf("took %v, want 6s", took)
		}
	})
}

// Grace before the deadline no row is started any more; at the deadline what is
// in flight is cut off.
func TestDeadline(t *testing.T) {
	for _, hang := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			f := newFake(ok)
			f.latency = func(nth int, u track.Update) time.Duration {
				if hang && time.Since(f.begun) > 7*time.Second {
					return time.Hour
				}
				return 50 * time.Millisecond
			}
			r, end := run(t, f, 1000,
				Options{Rate: 10, Grace: 2 * time.Second, Deadline: time.Now().Add(10 * time.Second)}, nil)
			if end.Reason != Deadline || end.Message == "" {
				t.Errorf("ended %+v", end)
			}
			if last := f.calls[len(f.calls)-1].at; last < 7900*time.Millisecond || last > 8*time.Second {
				t.Errorf("the last row was started at %v", last)
			}
			took := time.Since(f.begun)
			if hang && (took != 10*time.Second || r.count(track.Unknown) < 5) {
				t.Errorf("took %v, %d rows are unknown", took, r.count(track.Unknown))
			}
			if !hang && (took > 8100*time.Millisecond || r.count(track.Unknown) != 0) {
				t.Errorf("took %v, %d rows are unknown", took, r.count(track.Unknown))
			}
		})
	}
}

// If the time is up before the run begins, nothing is sent, however fast the answers are.
func TestDeadlineThatIsPast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, left := range []time.Duration{-time.Hour, 0, 2 * time.Second} {
			f := newFake(ok)
			f.latency = func(int, track.Update) time.Duration { return 0 }
			_, end := run(t, f, 3, Options{Grace: 2 * time.Second, Deadline: time.Now().Add(left)}, nil)
			if end.Reason != Deadline || len(f.calls) > 0 {
				t.Errorf("%v before the end: ended %+v, %d calls", left, end, len(f.calls))
			}
			a, s := newAccount(3), &Survey{Listing: current.NewFullListing(), Store: current.NewFullStore(&spool{})}
			end, err := New(a, &recorder{}, Options{Survey: s, Grace: 2 * time.Second, Deadline: time.Now().Add(left)}).Survey(t.Context())
			if err != nil || end.Reason != Deadline || s.Store.Len() > 0 {
				t.Errorf("a survey %v before the end: ended %+v with %d tracks, %v", left, end, s.Store.Len(), err)
			}
		}
	})
}

// The second signal cuts off what is in flight. Rows that were not read have
// no result: the reader ends at once.
func TestCancelCutsOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(ok)
		f.latency = func(int, track.Update) time.Duration { return time.Hour }
		r, end := run(t, f, 100_000, Options{Concurrency: 10}, func(e *Engine, cancel context.CancelFunc) {
			time.Sleep(time.Second)
			cancel()
		})
		if r.count(track.Unknown) != 10 || end.Reason != Interrupted {
			t.Errorf("%d unknown, ended %+v", r.count(track.Unknown), end)
		}
		if end.Rows > 10+2*readAhead {
			t.Errorf("%d rows were read", end.Rows)
		}
		if took := time.Since(f.begun); took != time.Second {
			t.Errorf("took %v", took)
		}
	})
}

// Rows that wait when the run stops say what became of them so far.
func TestStopWhileRowsWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(func(nth int, u track.Update) (api.Answer, error) {
			switch u.ID {
			case 1001:
				return fail(api.Retryable, 503, "server_error")
			case 1002:
				return api.Answer{}, &api.Error{Class: api.Retryable, Code: "timeout", MayBeApplied: true}
			case 1003:
				return fail(api.Throttled, 429, "rate_limited")
			}
			return api.Answer{Status: 200}, nil
		})
		never := func() float64 { return 0.9999 }
		// The rows behind them are sent when they have failed, and say that there
		// is no outage.
		r, _ := run(t, f, 10, Options{Rate: 20, Random: never, Backoff: time.Hour, MaxBackoff: time.Hour},
			func(e *Engine, _ context.CancelFunc) {
				time.Sleep(320 * time.Millisecond)
				e.Stop(Interrupted, "SIGINT")
			})
		for n, status := range map[int]track.Status{1: track.Failed, 2: track.Unknown, 3: track.NotAttempted,
			4: track.Updated} {
			if r.results[n].Status != status {
				t.Errorf("row %d is %+v, want %s", n, r.results[n], status)
			}
		}
	})
}

func TestStopBeforeRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink := &recorder{}
		f := newFake(ok)
		e := New(f, sink, Options{Rate: 1})
		e.Stop(Interrupted, "early")
		end, err := e.Run(t.Context(), rows(5), sink)
		if err != nil || end.Reason != Interrupted || len(f.calls) > 1 {
			t.Errorf("%+v, %v, %d requests", end, err, len(f.calls))
		}
	})
}

func TestSinkErrorStopsTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(ok)
		sink := &recorder{failAt: 10}
		end, err := New(f, sink, Options{Rate: pace.Unlimited, Concurrency: 4}).Run(t.Context(), rows(1000), sink)
		if err != nil || end.Reason != LocalWrite || end.Err == nil {
			t.Fatalf("%+v, %v", end, err)
		}
		if len(f.calls) > 20 {
			t.Errorf("%d requests after the sink failed at the tenth result", len(f.calls))
		}
		if len(sink.results) < len(f.calls) || len(sink.results) == 1000 || sink.repeated {
			t.Errorf("%d results of %d requests", len(sink.results), len(f.calls))
		}
	})
}

// A sink that fails only at its very last call is heard too.
func TestLateSinkError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink := &recorder{failAt: 3}
		end, _ := New(newFake(ok), sink, Options{Rate: pace.Unlimited}).Run(t.Context(), rows(3), sink)
		if end.Reason != LocalWrite {
			t.Errorf("ended %+v", end)
		}
	})
}

func TestManifestErrorStopsTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		changed := errors.New("tracks.csv changed since it was checked")
		broken := func(yield func(track.Row, error) bool) {
			for r := range rows(20) {
				if !yield(r, nil) {
					return
				}
			}
			yield(track.Row{}, changed)
		}
		sink := &recorder{}
		end, err := New(newFake(ok), sink, Options{Rate: pace.Unlimited, Concurrency: 2}).Run(t.Context(),
			iter.Seq2[track.Row, error](broken), sink)
		if err != nil || end.Reason != ManifestError || !errors.Is(end.Err, changed) || end.Rows != 20 {
			t.Errorf("%+v, %v", end, err)
		}
		if n := len(sink.results); n != 20 {
			t.Errorf("%d results for the 20 rows that were read", n)
		}
	})
}

// Rows to which nothing is sent have their status without a request.
func TestRowsWithoutRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		list := []track.Row{row(1), row(2), row(3), row(4)}
		list[0].Problems = []track.Problem{{Field: "volume", Message: "volume is 101", Hint: "at most 100"},
			{Message: "name is blank"}}
		list[1].Superseded = true
		list[2].Update.Values = track.Values{}
		f := newFake(ok)
		sink := &recorder{}
		_, err := New(f, sink, Options{Rate: pace.Unlimited}).Run(t.Context(), func(yield func(track.Row, error) bool) {
			for _, r := range list {
				if !yield(r, nil) {
					return
				}
			}
		}, sink)
		if err != nil || len(f.calls) != 1 {
			t.Fatalf("%v, %d requests", err, len(f.calls))
		}
		for n, status := range map[int]track.Status{1: track.Invalid, 2: track.Superseded, 3: track.Skipped,
			4: track.Updated} {
			if sink.results[n].Status != status {
				t.Errorf("row %d is %s, want %s", n, sink.results[n].Status, status)
			}
		}
		if e := sink.results[1].Error; e.Code != "invalid_row" ||
			e.Message != "volume is 101 (at most 100); name is blank" || e.Field != "volume" {
			t.Errorf("error %+v", e)
		}
	})
}

// An answer that contradicts the row.
func TestNotApplied(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := func() (*recorder, End) {
			sink := &recorder{}
			end, err := New(stubborn{}, sink, Options{Rate: pace.Unlimited}).Run(t.Context(), rows(1), sink)
			if err != nil {
				t.Fatal(err)
			}
			return sink, end
		}()
		res := r.results[1]
		if res.Status != track.NotApplied || res.Error.Code != "not_applied" || res.Error.Field != "volume" ||
			res.Error.Message != "volume: asked for 1, the API answered 77" {
			t.Errorf("%+v, %+v", res, res.Error)
		}
	})
}

type stubborn struct{ *fake }

func (stubborn) Update(_ context.Context, u track.Update) (track.Track, api.Answer, error) {
	return track.Track{ID: u.ID, Values: track.Values{Volume: track.Value(77)}}, api.Answer{Status: 200}, nil
}

func TestMaxFailuresReached(t *testing.T) {
	for _, tc := range []struct {
		m                MaxFailures
		failed, finished int
		want             bool
	}{
		{MaxFailures{}, 1000, 1000, false},
		{MaxFailures{Rows: 1}, 1, 1, true},
		{MaxFailures{Rows: 2}, 1, 100, false},
		{MaxFailures{Percent: 10}, 19, 19, false},
		{MaxFailures{Percent: 10}, 2, 20, true},
		{MaxFailures{Percent: 10}, 1, 20, false},
		{MaxFailures{Percent: 0.5}, 1, 201, false},
		{MaxFailures{Percent: 0.5}, 1, 200, true},
	} {
		if got := tc.m.reached(tc.failed, tc.finished); got != tc.want {
			t.Errorf("%+v reached by %d of %d: %v", tc.m, tc.failed, tc.finished, got)
		}
	}
}
