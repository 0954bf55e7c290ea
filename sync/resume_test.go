package sync

import (
	"context"
	"iter"
	"testing"
	"testing/synctest"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/track"
)

// Rows that an earlier session worked on, and their results at the end.
func TestEarlierSessions(t *testing.T) {
	refuse := func(int, track.Update) (api.Answer, error) {
		return fail(api.Permanent, 422, "invalid_request")
	}
	conflict := func(int, track.Update) (api.Answer, error) {
		return fail(api.Permanent, 409, "http_409")
	}
	down := func(int, track.Update) (api.Answer, error) {
		return fail(api.Retryable, 500, "server_error")
	}
	unauthorized := func(int, track.Update) (api.Answer, error) {
		return fail(api.Unauthorized, 401, "unauthorized")
	}
	asked := track.Values{Volume: track.Value(5)}
	earlier := func(s track.Status) track.Result {
		r := track.Result{Row: 1, ID: 1001, Status: s, HTTPStatus: 504, Attempts: 5, RateLimited: 2, OutageAttempts: 1,
			DurationMS: 1000,
			Error:      &track.Error{Code: "before", Message: "before"}, FinishedAt: time.Now(),
			Asked: asked.Fingerprint()}
		if s == track.Unknown {
			r.Changes = track.ChangesOf(asked)
		}
		return r
	}
	for _, tc := range []struct {
		name     string
		before   track.Status
		answer   func(int, track.Update) (api.Answer, error)
		want     track.Status
		code     string
		http     int
		attempts int
	}{
		{"failed, then updated", track.Failed, ok, track.Updated, "", 200, 6},
		{"unknown, then updated", track.Unknown, ok, track.Updated, "", 200, 6},
		{"unknown, then used up again", track.Unknown, down, track.Unknown, "server_error", 500, 7},
		{"unknown, then refused for good", track.Unknown, refuse, track.Failed, "invalid_request", 422, 6},
		{"unknown, then a conflict", track.Unknown, conflict, track.Unknown, "http_409", 409, 6},
		{"failed, then used up again", track.Failed, down, track.Failed, "server_error", 500, 7},
		{"unknown, then the key is rejected", track.Unknown, unauthorized, track.Unknown, "unauthorized", 401, 5},
		{"failed, then the key is rejected", track.Failed, unauthorized, track.Failed, "unauthorized", 401, 5},
		{"not applied, then stopped", track.NotApplied, nil, track.NotApplied, "before", 504, 5},
		{"failed, then stopped", track.Failed, nil, track.Failed, "before", 504, 5},
		{"unknown, then stopped", track.Unknown, nil, track.Unknown, "before", 504, 5},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, sink, was := newFake(tc.answer), &recorder{}, earlier(tc.before)
				e := New(f, sink, Options{Rate: 100, MaxAttempts: 2, Proven: true})
				if tc.answer == nil {
					e.Stop(Interrupted, "before anything")
				}
				row := track.Row{Number: 1, Update: track.Update{ID: 1001, Values: asked}, Earlier: &was}
				rows := iter.Seq2[track.Row, error](func(yield func(track.Row, error) bool) { yield(row, nil) })
				if _, err := e.Run(context.Background(), rows, sink); err != nil {
					t.Fatal(err)
				}
				r := sink.results[1]
				code := ""
				if r.Error != nil {
					code = r.Error.Code
				}
				if r.Status != tc.want || code != tc.code || r.HTTPStatus != tc.http || r.Attempts != tc.attempts {
					t.Errorf("%s (%s, %d) after %d attempts; want %s (%s, %d) after %d",
						r.Status, code, r.HTTPStatus, r.Attempts, tc.want, tc.code, tc.http, tc.attempts)
				}
				if r.RateLimited != 2 || r.OutageAttempts != 1 || r.DurationMS < 1000 ||
					r.Asked != asked.Fingerprint() {
					t.Errorf("got %+v", r)
				}
				if r.Status == track.Unknown && r.Changes != track.ChangesOf(asked) {
					t.Errorf("the changes are %+v", r.Changes)
				}
			})
		})
	}
}

// Rows that a run did not reach. Rows that have nothing to send get their usual result.
func TestResultUnreached(t *testing.T) {
	asks := track.Update{ID: 7, Values: track.Values{Volume: track.Value(5)}}
	for _, tc := range []struct {
		name string
		row  track.Row
		want track.Status
	}{
		{"not attempted", track.Row{Number: 1, Update: asks}, track.NotAttempted},
		{"known from before", track.Row{Number: 1, Update: asks, Earlier: &track.Result{Row: 1, Status: track.Unknown}},
			track.Unknown},
		{"asks nothing", track.Row{Number: 1, Update: track.Update{ID: 7}}, track.Skipped},
		{"a later row counts", track.Row{Number: 1, Update: asks, Superseded: true}, track.Superseded},
		{"invalid", track.Row{Number: 1, Update: asks,
			Problems: []track.Problem{{Message: "volume is wrong", Field: "volume"}}}, track.Invalid},
	} {
		if got := ResultUnreached(tc.row, time.Now()); got.Status != tc.want || got.Row != 1 ||
			(tc.want == track.Invalid) != (got.Error != nil) {
			t.Errorf("%s: %+v", tc.name, got)
		}
	}
}

// If an earlier session had successes, rows that do not exist do not mean that the key is
// wrong.
func TestAProvenKey(t *testing.T) {
	for _, status := range []struct {
		code int
		want Reason
	}{{404, Completed}, {403, ForbiddenKey}} {
		synctest.Test(t, func(t *testing.T) {
			class := map[int]api.Class{404: api.Permanent, 403: api.Forbidden}[status.code]
			f := newFake(func(int, track.Update) (api.Answer, error) { return fail(class, status.code, "no") })
			sink := &recorder{}
			end, err := New(f, sink, Options{Rate: 100, Proven: true, Concurrency: 1}).Run(context.Background(),
				rows(12), sink)
			if err != nil || end.Reason != status.want {
				t.Errorf("%d: %v, %v", status.code, end, err)
			}
			if status.code == 403 && sink.count(track.Failed) != forbiddenRows {
				t.Errorf("%d rows failed", sink.count(track.Failed))
			}
		})
	}
}
