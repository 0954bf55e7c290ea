package sync

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tracksync/internal/track"
)

// Wherever tasks are put, each is in one place only, and the queue knows which.
func TestQueue(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	places := []place{atNone, atRefused, atReady, atWaiting, atUndecided, atAPI, atSnapshot, atEnd}
	var q queue
	var all []task
	for n := range 20 {
		r := taskOf(row(n), &rowRules{})
		r.due = at.Add(time.Duration(rng.IntN(1000)) * time.Second)
		all = append(all, r)
	}
	for i := range 5000 {
		moved := all[rng.IntN(len(all))]
		to := places[rng.IntN(len(places))]
		switch {
		case i%7 == 0:
			q.putFirst(moved)
			to = atReady
		case to == atNone:
			q.remove(moved)
		default:
			q.put(moved, to)
		}
		if moved.tried().place != to {
			t.Fatalf("put to %d, and is at %d", to, moved.tried().place)
		}
		counts := map[place]int{}
		for _, other := range all {
			counts[other.tried().place]++
		}
		if len(q.refused) != counts[atRefused] || len(q.ready) != counts[atReady] ||
			len(q.waiting) != counts[atWaiting] ||
			len(q.undecided) != counts[atUndecided] || q.inFlight != counts[atAPI] ||
			q.snapshots != counts[atSnapshot] {
			t.Fatalf("%v: %d refused, %d ready, %d waiting, %d undecided, %d in flight, %d snapshots",
				counts, len(q.refused), len(q.ready), len(q.waiting), len(q.undecided), q.inFlight, q.snapshots)
		}
		if first := q.firstDue(); first != nil &&
			slices.ContainsFunc(q.waiting, func(t task) bool { return due(t).Before(due(first)) }) {
			t.Fatal("the first is not the first that is due")
		}
	}
	left := len(q.refused) + len(q.ready) + len(q.waiting)
	drained := q.drain()
	if len(drained) != left || q.unfinished() != q.snapshots {
		t.Errorf("%d drained of %d, %d unfinished", len(drained), left, q.unfinished())
	}
}

// Refused tasks go first, then those with a further step, then those that are due, then
// new ones.
func TestPickReady(t *testing.T) {
	numbered := func(n int) *rowTask { return taskOf(track.Row{Number: n}, &rowRules{}) }
	for _, tc := range []struct {
		name   string
		places []place
		latest int // refusals of what was sent last
		alone  bool
		want   int // the number of the task: its place in places, from 1; 0: none
	}{
		{"refused first", []place{atNext, atWaiting, atReady, atRefused}, 0, false, 4},
		{"ready", []place{atNext, atWaiting, atReady}, 0, false, 3},
		{"due", []place{atNext, atWaiting}, 0, false, 2},
		{"new", []place{atNext}, 0, false, 1},
		{"another kind behind one that was refused", []place{atNext, atRefused}, 1, false, 1},
		{"refused again when there is nothing else", []place{atRefused}, 1, false, 1},
		{"nothing new behind a canary", []place{atNext}, 0, true, 0},
		{"the oldest", []place{atReady, atReady}, 0, false, 1},
	} {
		s := newScheduler(Options{Rate: 1000}.withDefaults(), at)
		s.alone = tc.alone
		if tc.latest > 0 {
			latest := numbered(99)
			latest.refusals = tc.latest
			s.latest = latest
		}
		for i, p := range tc.places {
			s.put(numbered(i+1), p)
		}
		got := 0
		if t, _ := s.pick(at); t != nil {
			got = t.number()
		}
		if got != tc.want {
			t.Errorf("%s: task %d, want %d", tc.name, got, tc.want)
		}
	}
}

// taskOf is the task of a row.
func taskOf(row track.Row, rules *rowRules) *rowTask {
	r := new(rowTask)
	r.begin(row, rules)
	return r
}
