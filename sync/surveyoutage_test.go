package sync

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/track"
	"tracksync/sync/current"
)

// listed is an account whose listing fails as it is told.
type listed struct {
	*account
	list func(offset int, at time.Duration) bool // whether the page fails
	down func(at time.Duration) bool             // whether everything fails
	from time.Time
}

var errDown = &api.Error{Class: api.Retryable, Code: "unavailable", Message: "503 Service Unavailable", Status: 503}

// A listing has few pages in flight. An outage is waited for all the same, and a
// page that always fails is no outage.
func TestOutageWhileListing(t *testing.T) {
	minute := func(at time.Duration) bool { return at > 100*time.Millisecond && at < time.Minute }
	always := func(time.Duration) bool { return true }
	for _, tc := range []struct {
		name     string
		full     bool
		list     func(int, time.Duration) bool
		down     func(time.Duration) bool
		attempts int
		reason   Reason
		seen     int // tracks; -1: whatever
		most     time.Duration
	}{
		{"all, down for a minute", true, nil, minute, 5, Completed, 500, 2 * time.Minute},
		{"wanted, down for a minute", false, nil, minute, 5, Completed, 500, 2 * time.Minute},
		{"all, down from the start", true, nil, always, 5, Outage, 0, time.Minute},
		{"wanted, down from the start", false, nil, always, 5, Outage, 0, time.Minute},
		{"all, one attempt", true, nil, always, 1, Completed, 0, time.Minute},
		{"wanted, a page that always fails", false, func(o int, _ time.Duration) bool { return o == 200 }, nil, 5,
			Completed, 500, 10 * time.Minute},
		{"wanted, no page at all", false, func(int, time.Duration) bool { return true }, nil, 5, Completed, 500,
			10 * time.Minute},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := &listed{account: newAccount(500), list: tc.list, down: tc.down, from: time.Now()}
				s := &Survey{Listing: current.NewFullListing(), Store: current.NewFullStore(&spool{})}
				if !tc.full {
					s = surveyOf(volumes(500, changedBelow(0)))
				}
				end, err := New(a, &recorder{},
					Options{Rate: 100, Survey: s, MaxAttempts: tc.attempts}).Survey(context.Background())
				if err != nil || end.Reason != tc.reason || tc.seen >= 0 && s.Store.Len() != tc.seen ||
					time.Since(a.from) > tc.most {
					t.Errorf("%v, %v: %d tracks after %v, %d pages, %d GETs", end, err, s.Store.Len(),
						time.Since(a.from), a.pages, len(a.gets))
				}
			})
		})
	}
}

// That a track cannot be read says nothing of a PUT that an earlier session has
// sent.
func TestUnknownStaysUnknownWhenTheStateCannotBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAccount(1)
		a.get = func(track.ID) *api.Error {
			return &api.Error{Class: api.Permanent, Code: "invalid_request", Message: "oh", Status: 400}
		}
		rows := volumes(1, changedBelow(1))
		rows[0].Earlier = &track.Result{Row: 1, ID: 1, Status: track.Unknown, Attempts: 1}
		sink := &keeper{a: a}
		end, err := New(a, sink, Options{Rate: 100, Snapshots: sink, Proven: true}).Run(context.Background(),
			each(rows), sink)
		if err != nil || end.Reason != Completed || sink.results[1].Status != track.Unknown || len(a.puts) > 0 {
			t.Errorf("%v, %v: %+v, %d PUTs", end, err, sink.results[1], len(a.puts))
		}
	})
}

// A PUT that waited through an outage is not sent on the ground of an old state.
func TestWhatIsExpectedIsLookedAtAgainAfterAnOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, sink, rows := newAccount(10), &recorder{}, volumes(10, changedBelow(10))
		for i := range rows {
			rows[i].Expect = track.Alternatives{{Volume: track.Value(50)}}
		}
		begun := time.Now()
		down := func() *api.Error {
			since := time.Since(begun)
			if since > 2*time.Minute { // meanwhile, somebody else
				a.tracks[5] = track.Values{Name: track.Value("Track"), Volume: track.Value(33),
					Project: track.Null[track.ID]()}
			}
			if since < 4*time.Second || since > 3*time.Minute {
				return nil
			}
			return &api.Error{Class: api.Retryable, Code: "unavailable", Message: "down", Status: 503}
		}
		a.refuse, a.get = down, func(track.ID) *api.Error { return down() }
		end, err := New(a, sink, Options{Rate: 1, Survey: surveyOf(rows)}).Run(context.Background(), each(rows), sink)
		if err != nil || end.Reason != Completed || sink.count(track.Updated) != 9 ||
			sink.results[5].Status != track.Drifted {
			t.Errorf("%v, %v: %d updated, %+v", end, err, sink.count(track.Updated), sink.results[5])
		}
	})
}

// A survey whose first page cannot be had comes to an end: that page is all there
// is to wait for.
func TestASurveyThatMeetsAnOutageAtOnce(t *testing.T) {
	for name, one := range map[string]bool{"everything is down": false, "only the listing": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a, sink, rows := newAccount(50), &recorder{}, volumes(50, changedBelow(10))
				down := func() *api.Error {
					return &api.Error{Class: api.Retryable, Code: "unavailable", Message: "down", Status: 503,
						Transport: true}
				}
				a.list = down
				want := Completed
				if !one {
					a.refuse, a.get, want = down, func(track.ID) *api.Error { return down() }, Outage
				}
				ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
				defer cancel()
				end, err := New(a, sink, Options{Rate: 100, SkipUnchanged: true, Survey: surveyOf(rows)}).Run(ctx,
					each(rows), sink)
				if err != nil || end.Reason != want || one && sink.count(track.Updated) != 10 ||
					!one && sink.count(track.NotAttempted) != 50 {
					t.Errorf("%v, %v: %d updated, %d not attempted", end, err, sink.count(track.Updated),
						sink.count(track.NotAttempted))
				}
			})
		})
	}
}

// To read a track again gives its PUT no further attempts.
func TestReadingAgainGivesNoAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, sink, rows := newAccount(1), &recorder{}, volumes(1, changedBelow(1))
		rows[0].Expect = track.Alternatives{{Volume: track.Value(50)}}
		puts := 0
		a.refuse = func() *api.Error {
			puts++
			return &api.Error{Class: api.Retryable, Code: "timeout", Message: "too early", Status: 425}
		}
		end, err := New(a, sink, Options{
			Rate: 100, MaxAttempts: 6, Backoff: 2 * time.Minute, MaxBackoff: 2 * time.Minute,
			Random: func() float64 { return 0.9 },
		}).Run(context.Background(), each(rows), sink)
		if err != nil || end.Reason != Completed || puts != 6 || len(a.gets) != 6 {
			t.Errorf("%v, %v: %d PUTs, %d GETs", end, err, puts, len(a.gets))
		}
		if r := sink.results[1]; r.Status != track.Failed || r.Attempts != 12 {
			t.Errorf("got %+v", r)
		}
	})
}
