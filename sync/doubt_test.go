package sync

import (
	"cmp"
	"context"
	"iter"
	"testing"
	"testing/synctest"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/track"
)

// The error of an unknown row says which attempt may have been applied, and that the row
// can be sent again.
func TestUnknownSaysWhich(t *testing.T) {
	lost := func() (api.Answer, error) {
		return api.Answer{}, &api.Error{Class: api.Retryable, Code: "timeout", Message: "no answer", Transport: true,
			MayBeApplied: true}
	}
	down := func() (api.Answer, error) { return fail(api.Retryable, 500, "server_error") }
	full := func() (api.Answer, error) { return fail(api.Throttled, 429, "rate_limited") }
	ban := func() (api.Answer, error) { return fail(api.Forbidden, 403, "forbidden") }
	asked := track.Values{Volume: track.Value(5)}
	killed := &track.Result{Row: 1, ID: 1001, Status: track.Unknown, FinishedAt: time.Now(), Asked: asked.Fingerprint(),
		Changes: track.ChangesOf(asked),
		Error:   &track.Error{Code: "killed", Message: "it was killed; sending the row again is safe"}}
	for _, tc := range []struct {
		name    string
		answers []func() (api.Answer, error)
		earlier *track.Result
		want    string

		attempts int // 0: as many as answers
	}{
		{"the only one", []func() (api.Answer, error){lost, down},
			nil,
			"server_error; attempt 1 of 2 (sent at 2000-01-01T00:00:00Z) may have been applied: no answer; sending " +
				"the row again is safe", 0},
		{"the last one", []func() (api.Answer, error){down, lost},
			nil,
			"no answer; attempt 2 of 2 (sent at 2000-01-01T00:00:00Z) may have been applied; sending the row again " +
				"is safe", 0},
		{"refusals are none", []func() (api.Answer, error){full, full, down, full, lost},
			nil,
			"no answer; attempt 2 of 2 (sent at 2000-01-01T00:00:00Z) may have been applied; sending the row again " +
				"is safe", 2},
		{"two of three", []func() (api.Answer, error){lost, down, lost},
			nil,
			"no answer; attempts 1 and 3 of 3, the latest sent at 2000-01-01T00:00:00Z, may have been applied; " +
				"sending the row again is safe", 0},
		{"many", []func() (api.Answer, error){lost, lost, lost, lost, down},
			nil,
			"server_error; 4 of 5 attempts, the latest sent at 2000-01-01T00:00:00Z, may have been applied: no " +
				"answer; sending the row again is safe", 0},
		{"then forbidden", []func() (api.Answer, error){lost, ban},
			nil,
			"forbidden; attempt 1 of 2 (sent at 2000-01-01T00:00:00Z) may have been applied: no answer; sending the " +
				"row again is safe", 0},
		{"one of an earlier session", []func() (api.Answer, error){down, down},
			killed,
			"server_error; an attempt of an earlier session may have been applied; sending the row again is safe", 0},
		{"one of an earlier session, stopped before it", nil,
			killed, "it was killed; sending the row again is safe", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(func(nth int, _ track.Update) (api.Answer, error) { return tc.answers[nth-1]() })
				f.latency = func(int, track.Update) time.Duration { return time.Millisecond }
				sink := &recorder{}
				e := New(f, sink, Options{Rate: 1000, MaxAttempts: cmp.Or(tc.attempts, len(tc.answers)), Proven: true,
					Random: func() float64 { return 0 }})
				if tc.answers == nil {
					e.Stop(Interrupted, "before anything")
				}
				row := track.Row{Number: 1, Update: track.Update{ID: 1001, Values: asked}, Earlier: tc.earlier}
				rows := iter.Seq2[track.Row, error](func(yield func(track.Row, error) bool) { yield(row, nil) })
				if _, err := e.Run(context.Background(), rows, sink); err != nil {
					t.Fatal(err)
				}
				r := sink.results[1]
				if r.Status != track.Unknown || r.Error == nil || r.Error.Message != tc.want {
					t.Errorf("%s: %+v\nwant %q", r.Status, r.Error, tc.want)
				}
			})
		})
	}
	if killed.Error.Message != "it was killed; sending the row again is safe" {
		t.Error("the earlier result was changed")
	}
}
