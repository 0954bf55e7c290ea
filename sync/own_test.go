package sync

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/track"
)

// What the run itself did in an earlier session is not drift. It is recorded until the
// row has succeeded.
func TestOwnWorkIsNoDrift(t *testing.T) {
	v := func(name string, volume int) track.Values {
		return track.Values{Name: track.Value(name), Volume: track.Value(volume)}
	}
	volume := func(n int) track.Values { return track.Values{Volume: track.Value(n)} }
	asked, expect := v("New", 60), track.Alternatives{v("Track", 50)}
	earlier := func(s track.Status, answered track.Values, left ...track.Values) *track.Result {
		r := &track.Result{Row: 1, ID: 1, Status: s, Attempts: 1, FinishedAt: time.Now(), Answered: answered,
			Left: left}
		if s != track.NotAttempted && s != track.Failed {
			r.Changes = track.ChangesOf(asked)
		}
		return r
	}
	for _, tc := range []struct {
		name    string
		earlier *track.Result
		now     track.Values
		refuse  int // the status of the PUT's answer
		want    track.Status
		left    int // states of earlier sessions in the result
	}{
		{"as expected", earlier(track.Unknown, track.Values{}), v("Track", 50), 0, track.Updated, 0},
		{"its answer was lost, and it was applied", earlier(track.Unknown, track.Values{}), v("New", 60), 0,
			track.Unchanged, 1},
		{"its answer was lost, and it was applied in part", earlier(track.Unknown, track.Values{}), v("New", 50), 0,
			track.Updated, 1},
		{"not applied in one field", earlier(track.NotApplied, v("New", 55)), v("New", 55), 0, track.Updated, 2},
		{"not applied in one field, and then refused", earlier(track.NotApplied, v("New", 55)), v("New", 55), 422,
			track.Failed, 2},
		{"failed after that", earlier(track.Failed, track.Values{}, v("New", 55)), v("New", 55), 0, track.Updated, 1},
		{"corrected since", earlier(track.NotAttempted, track.Values{}, volume(55)), v("Track", 55), 0, track.Updated,
			1},
		{"changed by somebody", earlier(track.Unknown, track.Values{}), v("New", 70), 0, track.Drifted, 1},
		{"failed, and changed by somebody", earlier(track.Failed, track.Values{}), v("Track", 60), 0, track.Drifted, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a, sink := newAccount(1), &recorder{}
				a.tracks[1] = tc.now
				if tc.refuse != 0 {
					a.refuse = func() *api.Error {
						return &api.Error{Class: api.Permanent, Code: "invalid_request", Message: "no",
							Status: tc.refuse, Decides: true}
					}
				}
				rows := []track.Row{{Number: 1, Update: track.Update{ID: 1, Values: asked}, Expect: expect,
					Earlier: tc.earlier}}
				end, err := New(a, sink, Options{Rate: 10, Proven: true}).Run(context.Background(), each(rows), sink)
				r := sink.results[1]
				if err != nil || end.Reason != Completed || r.Status != tc.want || len(r.Left) != tc.left {
					t.Errorf("%v, %v: %+v", end, err, r)
				}
			})
		})
	}
}

// A row whose PUT was lost reads its track again before the next PUT: for its own change,
// and for changes by others.
func TestOwnWorkInTheSameSession(t *testing.T) {
	for _, tc := range []struct {
		name string
		now  int // what the track has after the lost PUT
		want track.Status
		code string
		puts int
	}{
		{"not applied", 50, track.Updated, "", 1},
		{"applied", 60, track.Updated, "", 0},
		{"changed by somebody", 77, track.Unknown, "drifted", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a, sink, rows := newAccount(1), &recorder{}, volumes(1, func(int) int { return 60 })
				rows[0].Expect = track.Alternatives{{Volume: track.Value(50)}}
				a.onceEach(&api.Error{Class: api.Retryable, Code: "gateway_error", Message: "lost", Status: 502,
					MayBeApplied: true})
				a.later = 2 * time.Minute
				go func() {
					time.Sleep(5 * time.Second)
					a.mu.Lock()
					defer a.mu.Unlock()
					a.set(1, tc.now)
				}()
				end, err := New(a, sink, Options{Rate: 10, Proven: true}).Run(context.Background(), each(rows), sink)
				r, code := sink.results[1], ""
				if r.Error != nil {
					code = r.Error.Code
				}
				if err != nil || end.Reason != Completed || r.Status != tc.want || code != tc.code ||
					len(a.puts) != tc.puts {
					t.Errorf("%v, %v: %+v, %d PUTs", end, err, r, len(a.puts))
				}
				if to, _ := r.Changes.Volume.To.Get(); to != 60 {
					t.Errorf("changes %+v", r.Changes)
				}
			})
		})
	}
}
