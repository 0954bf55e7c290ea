package sync

import (
	"testing"

	"tracksync/internal/api"
	"tracksync/internal/track"
)

// The task of a row is used for another one when its result was delivered, and only if no
// request of it failed: the evidence of an outage may still lead to it.
func TestSpareTasks(t *testing.T) {
	for name, c := range map[string]struct {
		tries tries
		want  bool
	}{
		"answered at once":    {tries{effort: effort{attempts: 1}}, true},
		"after a failure":     {tries{effort: effort{attempts: 2}, last: &api.Error{}}, false},
		"after a refusal":     {tries{effort: effort{attempts: 1, refusals: 1}}, false},
		"after another step":  {tries{effort: effort{attempts: 1, earlier: 1, stage: 1}}, false},
		"failed at once":      {tries{effort: effort{attempts: 1}, last: &api.Error{}}, false},
		"lost in an outage":   {tries{effort: effort{attempts: 1, lost: 1}}, false},
		"never sent":          {tries{}, false},
		"in an outage before": {tries{effort: effort{attempts: 1, outlived: 1}}, false},
	} {
		used := make(chan []event, 1)
		m := &mailbox{used: used}
		r := taskOf(row(1), &rowRules{})
		r.tries = c.tries
		for _, e := range r.end(track.Result{Status: track.Updated}).events {
			m.tell(e)
		}
		if m.spareTask() == r {
			t.Errorf("%s: it is used again before its result was delivered", name)
		}
		used <- m.rest
		m.took()
		if got := m.spareTask() == r; got != c.want {
			t.Errorf("%s: used again: %v, want %v", name, got, c.want)
		}
		if m.spareTask() == r {
			t.Errorf("%s: used twice", name)
		}
	}
	r := taskOf(row(2), &rowRules{})
	r.tries, r.word = tries{effort: effort{attempts: 1}, status: 200}, "of another row"
	r.end(track.Result{})
	r.begin(row(3), &rowRules{})
	if r.row.Number != 3 || r.attempts != 0 || r.status != 0 || r.word != "" || r.ended.row != nil {
		t.Errorf("something of the row before is left: %+v", r)
	}
}

// An attempt is used for another request when it was delivered, not before.
func TestSpareAttempts(t *testing.T) {
	used := make(chan []event, 1)
	m := &mailbox{used: used}
	a := m.spareAttempt()
	m.tell(a)
	if m.spareAttempt() == a {
		t.Error("it is used again before it was delivered")
	}
	used <- m.rest
	m.took()
	if m.spareAttempt() != a {
		t.Error("it is not used again")
	}
	if m.spareAttempt() == a {
		t.Error("it is used twice")
	}
}
