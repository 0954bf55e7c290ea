package run

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"tracksync/input"
	"tracksync/internal/track"
	"tracksync/report/journal"
	"tracksync/sync/plan"
)

// Whichever PUTs of a run were applied, the undo entry accepts the track as the run left
// it and restores exactly the fields that changed.
func TestUndoFromAnyState(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for i := range 20_000 {
		was := someTrack(random)
		now, image := was, journal.Image{ID: 1}
		var last track.Result
		var history []string
		for range 1 + random.IntN(4) {
			sends := someChange(random)
			s := journal.Send{Was: now, Values: sends}
			last = track.Result{ID: 1, Status: track.Unknown, Changes: track.ChangesOf(sends)}
			if random.IntN(2) == 0 { // applied
				now = now.Overlay(sends)
				if random.IntN(2) == 0 {
					last.Status = track.Updated
				}
			}
			image.Sends = append(image.Sends, s)
			image.Was = image.Was.Overlay(was.Only(sends))
			history = append(history, fmt.Sprintf("%s %+v", last.Status, sends))
		}
		e, lost := undoEntry(image, last)
		changed, _ := plan.Diff(was, track.Track{Values: now}, false)
		restores, _ := plan.Diff(e.Update.Values, track.Track{Values: now}, false)
		if restores != changed || len(lost) > 0 {
			t.Fatalf("%d: of %+v %v made %+v: restores %+v", i, was, history, now, e.Update.Values)
		}
		if wrong := plan.Drift(e.Expect, nil, track.Track{Values: now}); !changed.Empty() && len(wrong) > 0 {
			t.Fatalf("%d: of %+v %v made %+v, which drifts: %v", i, was, history, now, wrong)
		}
		if len(e.Expect) > input.MaxAlternatives || slices.Contains(e.Expect, track.Values{}) {
			t.Fatalf("%d: expects %+v", i, e.Expect)
		}
	}
}

func someTrack(r *rand.Rand) track.Values {
	return track.Values{Name: track.Value([]string{"a", "b"}[r.IntN(2)]), Volume: track.Value(r.IntN(3)),
		Project: track.Value(track.ID(1 + r.IntN(2)))}
}

func someChange(r *rand.Rand) (v track.Values) {
	for v.Empty() {
		v = someTrack(r)
		for _, drop := range []func(){
			func() { v.Name = track.Field[string]{} }, func() { v.Volume = track.Field[int]{} },
			func() { v.Project = track.Field[track.ID]{} },
		} {
			if r.IntN(2) == 0 {
				drop()
			}
		}
	}
	return v
}

// The undo entry does not accept a track that somebody else changed after the run.
func TestUndoLeavesOthersWorkAlone(t *testing.T) {
	volume := func(n int) track.Values { return track.Values{Volume: track.Value(n)} }
	sends := []journal.Send{{Was: volume(40), Values: volume(50)}, {Was: volume(50), Values: volume(60)}}
	image := journal.Image{ID: 1, Was: volume(40), Sends: sends}
	for _, c := range []struct {
		status track.Status
		want   track.Alternatives
	}{
		{track.Unknown, track.Alternatives{volume(50), volume(60)}},
		{track.Updated, track.Alternatives{volume(60)}},
	} {
		e, _ := undoEntry(image, track.Result{ID: 1, Status: c.status, Changes: track.ChangesOf(volume(60))})
		if e.Update.Values != volume(40) || !slices.Equal(e.Expect, c.want) {
			t.Errorf("%s: %+v", c.status, e)
		}
	}
}
