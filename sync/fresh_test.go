package sync

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/track"
)

// set changes the volume of a track, as somebody else would.
func (a *account) set(id track.ID, volume int) {
	v := a.tracks[id]
	v.Volume = track.Value(volume)
	a.tracks[id] = v
}

// onceEach answers each of the first PUTs with one of errs, and the others well.
func (a *account) onceEach(errs ...*api.Error) {
	a.refuse = func() *api.Error {
		if len(errs) == 0 {
			return nil
		}
		err := errs[0]
		errs = errs[1:]
		return err
	}
}

// snapshotsOf are the volumes in the snapshots of a track, one for each PUT.
func (r *recorder) snapshotsOf(id track.ID) (volumes []string) {
	for _, t := range r.before {
		if t.ID == id {
			volumes = append(volumes, t.Volume.String())
		}
	}
	return volumes
}

// A snapshot is the state right before the PUT, however long the PUT had to wait, and
// never contains the run's own change.
func TestWhatIsKeptIsFresh(t *testing.T) {
	refused := &api.Error{Class: api.Throttled, Code: "rate_limited", Message: "slowly", Status: 429}
	busy := &api.Error{Class: api.Retryable, Code: "server_error", Message: "busy", Status: 503}
	lost := &api.Error{Class: api.Retryable, Code: "gateway_error", Message: "lost", Status: 502, MayBeApplied: true}
	forbidden := &api.Error{Class: api.Forbidden, Code: "forbidden", Message: "no", Status: 403}
	for _, tc := range []struct {
		name      string
		answers   []*api.Error // to the first PUTs
		applies   bool         // the first of them is applied
		meanwhile int          // what somebody else sets
		later     time.Duration
		snapshots []string
		puts      int
		status    track.Status
		fate      bool
	}{
		{"answered at once", nil, false, 0, 0, []string{"50"}, 1, track.Updated, true},
		{"refused for a short time", []*api.Error{refused}, false, 0, 30 * time.Second, []string{"50"}, 1,
			track.Updated, true},
		{"refused for long", []*api.Error{refused}, false, 77, 2 * time.Minute, []string{"50", "77"}, 1, track.Updated,
			true},
		{"refused for long, time and again", []*api.Error{refused, refused, refused, refused}, false, 77,
			2 * time.Minute, []string{"50", "77", "77"}, 1, track.Updated, true},
		{"busy for long", []*api.Error{busy}, false, 77, 2 * time.Minute, []string{"50", "77"}, 1, track.Updated, true},
		{"lost, and not applied", []*api.Error{lost}, false, 50, 2 * time.Minute, []string{"50", "50"}, 1,
			track.Updated, true},
		{"lost, and applied", []*api.Error{lost}, true, 0, 2 * time.Minute, []string{"50"}, 0, track.Updated, true},
		{"lost, and changed by somebody", []*api.Error{lost}, false, 77, 2 * time.Minute, []string{"50"}, 1,
			track.Updated, true},
		{"lost, and then forbidden", []*api.Error{lost, forbidden}, false, 77, 2 * time.Minute, []string{"50"}, 0,
			track.Unknown, true},
		{"seen not to be applied, and then forbidden", []*api.Error{lost, forbidden}, false, 50, 2 * time.Minute,
			[]string{"50", "50"}, 0, track.Failed, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a, sink := newAccount(1), &recorder{}
				a.onceEach(tc.answers...)
				a.later = tc.later
				go func() {
					time.Sleep(5 * time.Second)
					a.mu.Lock()
					defer a.mu.Unlock()
					if tc.applies {
						a.set(1, 60)
					}
					if tc.meanwhile != 0 {
						a.set(1, tc.meanwhile)
					}
				}()
				rows := volumes(1, func(int) int { return 60 })
				end, err := New(a, sink, Options{Rate: 10, Snapshots: sink, MaxOutage: time.Hour,
					Proven: true}).Run(context.Background(), each(rows), sink)
				if err != nil || end.Reason != Completed || sink.results[1].Status != tc.status ||
					len(a.puts) != tc.puts {
					t.Fatalf("%v, %v: %+v, %d PUTs", end, err, sink.results[1], len(a.puts))
				}
				if got := sink.snapshotsOf(1); !slices.Equal(got, tc.snapshots) {
					t.Errorf("snapshots %v, want %v", got, tc.snapshots)
				}
				if len(sink.fates) != 1 || sink.fates[0].applied != tc.fate {
					t.Errorf("what became of the PUT: %+v", sink.fates)
				}
				if r := sink.results[1]; tc.status == track.Updated &&
					fmt.Sprint(r.Changes.Volume) != fmt.Sprintf("%s → 60", tc.snapshots[len(tc.snapshots)-1]) {
					t.Errorf("changes %s", r.Changes.Volume)
				}
				time.Sleep(10 * time.Second) // somebody's
			})
		})
	}
}

// Every row that waited for the end of an outage is read again, and then sent before
// others.
func TestWhatIsKeptIsReadAgainAfterAnOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, sink := newAccount(40), &recorder{}
		begun := time.Now()
		down := func() *api.Error {
			since := time.Since(begun)
			if since > 2*time.Minute && a.tracks[40].Volume == track.Value(50) { // somebody else
				for id := track.ID(1); id <= 40; id++ {
					if a.tracks[id].Volume == track.Value(50) {
						a.set(id, 77)
					}
				}
			}
			if since < 500*time.Millisecond || since > 3*time.Minute {
				return nil
			}
			return &api.Error{Class: api.Retryable, Code: "server_error", Message: "down", Status: 503}
		}
		a.refuse, a.get = down, func(track.ID) *api.Error { return down() }
		end, err := New(a, sink, Options{Rate: 20, Snapshots: sink}).Run(context.Background(),
			each(volumes(40, func(int) int { return 60 })), sink)
		if err != nil || end.Reason != Completed || sink.count(track.Updated) != 40 {
			t.Fatalf("%v, %v: %d updated", end, err, sink.count(track.Updated))
		}
		stale := 0
		for _, r := range sink.results {
			last := sink.snapshotsOf(r.ID)
			if r.Changes.Volume.From.String() != last[len(last)-1] {
				t.Errorf("track %d: changed from %s, kept %v", r.ID, r.Changes.Volume.From, last)
			}
			if r.Changes.Volume.From == track.Value(50) && r.FinishedAt.Sub(begun) > time.Minute {
				stale++
			}
		}
		if stale > 0 {
			t.Errorf("%d tracks are kept as they were long before", stale)
		}
	})
}

// At a rate so low that a PUT waits longer than a state is fresh, tracks are not read
// again.
func TestALowRateReadsOnce(t *testing.T) {
	for name, o := range map[string]Options{"kept": {Snapshots: &recorder{}}, "expected": {}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a, sink, rows := newAccount(3), &recorder{}, volumes(3, func(int) int { return 60 })
				if o.Snapshots != nil {
					o.Snapshots = sink
				} else {
					for i := range rows {
						rows[i].Expect = track.Alternatives{{Volume: track.Value(50)}}
					}
				}
				o.Rate = 10. / 3600
				ctx, cancel := context.WithTimeout(context.Background(), 2*time.Hour)
				defer cancel()
				end, err := New(a, sink, o).Run(ctx, each(rows), sink)
				if err != nil || end.Reason != Completed || len(a.gets) != 3 || len(a.puts) != 3 {
					t.Errorf("%v, %v: %d GETs, %d PUTs", end, err, len(a.gets), len(a.puts))
				}
			})
		})
	}
}

// If a limit allows a request only now and then, so that the PUT after each read is
// refused for longer than the state is fresh, PUTs still get through.
func TestALimitThatIsUsedUpByReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, sink, rows := newAccount(1), &recorder{}, volumes(1, func(int) int { return 60 })
		var next time.Time
		allow := func() *api.Error {
			if now := time.Now(); now.Before(next) {
				a.later = next.Sub(now)
				return &api.Error{Class: api.Throttled, Code: "rate_limited", Message: "slowly", Status: 429}
			}
			next = time.Now().Add(2 * time.Minute)
			return nil
		}
		a.refuse, a.get = allow, func(track.ID) *api.Error { return allow() }
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Hour)
		defer cancel()
		end, err := New(a, sink, Options{Rate: 10, Concurrency: 1, Snapshots: sink, MaxOutage: time.Hour}).Run(ctx,
			each(rows), sink)
		if err != nil || end.Reason != Completed || sink.count(track.Updated) != 1 || len(a.gets) > 6 {
			t.Errorf("%v, %v: %d updated, %d GETs", end, err, sink.count(track.Updated), len(a.gets))
		}
	})
}
