package sync

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/track"
)

// A PUT that expects something is not based on what the survey read long ago.
func TestOldStateIsReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, sink, rows := newAccount(200), &recorder{}, volumes(200, func(int) int { return 60 })
		for i := range rows {
			rows[i].Expect = track.Alternatives{track.Values{Volume: track.Value(50)}}
		}
		a.onPut = func(u track.Update) { // somebody is at the last track meanwhile
			if u.ID == 1 {
				v := a.tracks[200]
				v.Volume = track.Value(77)
				a.tracks[200] = v
			}
		}
		end, err := New(a, sink, Options{Rate: 10, Survey: surveyOf(rows),
			Fresh: 10 * time.Second}).Run(context.Background(), each(rows), sink)
		if err != nil || end.Reason != Completed || sink.results[200].Status != track.Drifted || len(a.gets) < 50 ||
			len(a.gets) > 150 {
			t.Errorf("%v, %v: the last is %s, %d GETs", end, err, sink.results[200].Status, len(a.gets))
		}
	})
}

// keeper is a recorder that also writes its snapshots into the account's log.
type keeper struct {
	recorder
	a   *account
	err error // of Sync
	not error // of Append
}

// Every track's state is durable before its PUT.
func TestSnapshots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAccount(300)
		sink := &keeper{a: a}
		end, err := New(a, sink, Options{Rate: 200, Snapshots: sink}).Run(context.Background(),
			each(volumes(310, changedBelow(300))), sink)
		if err != nil || end.Reason != Completed || sink.count(track.Updated) != 300 ||
			sink.count(track.Failed) != 10 || len(a.puts) != 300 {
			t.Fatalf("%v, %v: %d updated, %d failed, %d PUTs", end, err, sink.count(track.Updated),
				sink.count(track.Failed), len(a.puts))
		}
		at := map[string]int{}
		for i, what := range a.log {
			at[what] = i + 1
		}
		for _, row := range volumes(300, changedBelow(0)) {
			id := row.Update.ID.String()
			if get, kept, put := at["get "+id], at["kept "+id], at["put "+id]; get == 0 || kept < get || put < kept {
				t.Fatalf("track %s: read at %d, kept at %d, sent at %d", id, get, kept, put)
			}
		}
		if b := sink.before[0]; b.Volume != track.Value(50) || !b.Project.IsNull() {
			t.Errorf("kept %+v", b)
		}
		if r := sink.results[1]; r.Attempts != 2 || r.Changes.Volume.From != track.Value(50) {
			t.Errorf("got %+v", r)
		}
	})
}

func TestNothingIsSentThatIsNotKept(t *testing.T) {
	full := errors.New("disk full")
	for name, sink := range map[string]*keeper{"written": {not: full}, "synced": {err: full}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := newAccount(300)
				sink.a = a
				end, err := New(a, sink, Options{Rate: 200, Snapshots: sink}).Run(context.Background(),
					each(volumes(300, changedBelow(300))), sink)
				if err != nil || end.Reason != LocalWrite || len(a.puts) > 0 || len(sink.results) == 0 ||
					sink.count(track.NotAttempted) != len(sink.results) {
					t.Errorf("%v, %v: %d PUTs, %d results, %d not attempted", end, err, len(a.puts), len(sink.results),
						sink.count(track.NotAttempted))
				}
			})
		})
	}
}

func TestAStateThatCannotBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAccount(10)
		a.get = func(id track.ID) *api.Error {
			if id == 5 {
				return &api.Error{Class: api.Retryable, Code: "server_error", Message: "oh", Status: 500}
			}
			return nil
		}
		sink := &keeper{a: a}
		end, err := New(a, sink, Options{Rate: 100, Snapshots: sink, MaxAttempts: 3}).Run(context.Background(),
			each(volumes(10, changedBelow(10))), sink)
		if err != nil || end.Reason != Completed || sink.results[5].Status != track.Failed ||
			sink.results[5].Attempts != 3 || len(a.puts) != 9 {
			t.Errorf("%v, %v: %+v, %d PUTs", end, err, sink.results[5], len(a.puts))
		}
	})
}

// A read does not count as an attempt of the PUT, and a PUT not as one of the read.
func TestStepsHaveAttemptsOfTheirOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAccount(1)
		fails := 2
		a.get = func(track.ID) *api.Error {
			if fails--; fails >= 0 {
				return &api.Error{Class: api.Retryable, Code: "server_error", Message: "oh", Status: 500}
			}
			return nil
		}
		sink := &keeper{a: a}
		_, err := New(a, sink, Options{Rate: 100, Snapshots: sink, MaxAttempts: 3}).Run(context.Background(),
			each(volumes(1, changedBelow(1))), sink)
		if r := sink.results[1]; err != nil || r.Status != track.Updated || r.Attempts != 4 {
			t.Errorf("%v: %+v", err, r)
		}
	})
}
