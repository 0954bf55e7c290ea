package sync

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/track"
)

// A run in which every row has ended is complete, even if it was asked to stop.
func TestAllRowsEndedIsComplete(t *testing.T) {
	bad := func(n int) func(int, track.Update) (api.Answer, error) {
		return func(_ int, u track.Update) (api.Answer, error) {
			if u.ID > track.ID(1000+n) {
				return fail(api.Permanent, 422, "invalid_request")
			}
			return api.Answer{Status: 200}, nil
		}
	}
	stopAt := func(at time.Duration) func(*Engine, context.CancelFunc) {
		return func(e *Engine, _ context.CancelFunc) { time.Sleep(at); e.Stop(Interrupted, "SIGINT") }
	}
	later := func(_ int, u track.Update) (api.Answer, error) {
		a := api.Answer{Status: 200}
		if u.ID == 1020 {
			a.RetryAfter = time.Hour
		}
		return a, nil
	}
	for _, tc := range []struct {
		name      string
		answer    func(int, track.Update) (api.Answer, error)
		opts      Options
		meanwhile func(*Engine, context.CancelFunc)
		reason    Reason
		explained bool // a message says what the failures look like
		want      map[track.Status]int
	}{
		{"the last rows end within the grace", ok, Options{Rate: 100}, stopAt(195 * time.Millisecond), Completed, false,
			map[track.Status]int{track.Updated: 20}},
		{"a row is left", ok, Options{Rate: 100}, stopAt(185 * time.Millisecond), Interrupted, true,
			map[track.Status]int{track.Updated: 19, track.NotAttempted: 1}},
		{"the deadline comes behind the last start", ok, Options{Rate: 100, Deadline: time.Unix(0, 0)}, nil, Completed,
			false,
			map[track.Status]int{track.Updated: 20}},
		{"a row is cut off", ok, Options{Rate: 100, Grace: 10 * time.Millisecond}, stopAt(195 * time.Millisecond),
			Interrupted, true,
			map[track.Status]int{track.Updated: 16, track.Unknown: 4}},
		{"the last row is the one failure too many", bad(19),
			Options{Concurrency: 1, MaxFailures: MaxFailures{Rows: 1}}, nil, Completed, false,
			map[track.Status]int{track.Updated: 19, track.Failed: 1}},
		{"the last but one is", bad(18), Options{Concurrency: 1, MaxFailures: MaxFailures{Rows: 1}}, nil,
			TooManyFailures, true,
			map[track.Status]int{track.Updated: 18, track.Failed: 1, track.NotAttempted: 1}},
		{"the last row's answer asks to come back in an hour", later, Options{Concurrency: 1}, nil, Completed, false,
			map[track.Status]int{track.Updated: 20}},
		{"a row waits for its next attempt", func(_ int, u track.Update) (api.Answer, error) {
			if u.ID == 1003 {
				return fail(api.Retryable, 408, "server_busy")
			}
			return api.Answer{Status: 200}, nil
		}, Options{Backoff: time.Hour, MaxBackoff: time.Hour}, stopAt(time.Second), Interrupted, true,
			map[track.Status]int{track.Updated: 19, track.Failed: 1}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if !tc.opts.Deadline.IsZero() { // it is counted from here
					tc.opts.Grace, tc.opts.Deadline = time.Second, time.Now().Add(1195*time.Millisecond)
				}
				r, end := run(t, newFake(tc.answer), 20, tc.opts, tc.meanwhile)
				want(t, r, tc.want)
				if end.Reason != tc.reason || (end.Message != "") != tc.explained {
					t.Errorf("ended %+v, want %s", end, tc.reason)
				}
			})
		})
	}
}

// If ten rows that do not exist are all there are, the run is complete, and its message
// still says what they look like.
func TestCompleteButForeign(t *testing.T) {
	for n, reason := range map[int]Reason{firstRows: Completed, firstRows + 1: WrongAccount} {
		t.Run(fmt.Sprintf("%d rows", n), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(func(int, track.Update) (api.Answer, error) {
					return fail(api.Permanent, 404, "not_found")
				})
				_, end := run(t, f, n, Options{Concurrency: 1}, nil)
				if end.Reason != reason || end.Message == "" {
					t.Errorf("ended %+v, want %s", end, reason)
				}
			})
		})
	}
}

// If the very last row was in flight and is cancelled, the run was stopped.
func TestCutOffAtTheEndIsNotComplete(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(ok)
		f.latency = func(int, track.Update) time.Duration { return time.Hour }
		r, end := run(t, f, 3, Options{},
			func(_ *Engine, cancel context.CancelFunc) { time.Sleep(time.Second); cancel() })
		want(t, r, map[track.Status]int{track.Unknown: 3})
		if end.Reason != Interrupted {
			t.Errorf("ended %+v", end)
		}
	})
}
