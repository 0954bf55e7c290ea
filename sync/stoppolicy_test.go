package sync

import (
	"testing"

	"tracksync/internal/api"
	"tracksync/internal/track"
)

// When rows that end stop a run.
func TestRowsThatStopARun(t *testing.T) {
	type ended struct {
		times   int
		status  track.Status
		http    int
		foreign bool
	}
	for _, tc := range []struct {
		name   string
		policy stopPolicy
		proven bool
		canary bool
		rows   []ended
		want   Reason // at the last of them; "": none
	}{
		{"all is well", stopPolicy{}, false, false, []ended{{100, track.Updated, 200, false}}, ""},
		{"the first are all 404", stopPolicy{}, false, false, []ended{{firstRows, track.Failed, 404, false}},
			WrongAccount},
		{"all but one", stopPolicy{}, false, false,
			[]ended{{1, track.Updated, 200, false}, {firstRows, track.Failed, 404, false}}, ""},
		{"with a key that is proven", stopPolicy{}, true, false, []ended{{firstRows, track.Failed, 404, false}}, ""},
		{"the first are all foreign", stopPolicy{}, false, false, []ended{{firstRows, track.Failed, 302, true}},
			WrongServer},
		{"so many failures", stopPolicy{maxFailures: MaxFailures{Rows: 3}}, true, false,
			[]ended{{50, track.Updated, 200, false}, {3, track.Unknown, 0, false}}, TooManyFailures},
		{"one less", stopPolicy{maxFailures: MaxFailures{Rows: 3}}, true, false,
			[]ended{{50, track.Updated, 200, false}, {2, track.Unknown, 0, false}}, ""},
		{"a share", stopPolicy{maxFailures: MaxFailures{Percent: 10}}, true, false,
			[]ended{{18, track.Updated, 200, false}, {2, track.Drifted, 200, false}}, TooManyFailures},
		{"a share of too few", stopPolicy{maxFailures: MaxFailures{Percent: 10}}, true, false,
			[]ended{{17, track.Updated, 200, false}, {2, track.Drifted, 200, false}}, ""},
		{"rows that the run left", stopPolicy{maxFailures: MaxFailures{Rows: 1}}, true, false,
			[]ended{{5, track.NotAttempted, 0, false}}, ""},
		{"a canary that is right", stopPolicy{canary: 1}, true, true, []ended{{1, track.Updated, 200, false}}, ""},
		{"a canary that is not", stopPolicy{canary: 1}, true, true, []ended{{1, track.NotApplied, 200, false}},
			CanaryFailed},
		{"a canary with nothing to send", stopPolicy{canary: 1}, true, true, []ended{{1, track.Unchanged, 200, false}},
			""},
		{"a canary counts before failures", stopPolicy{canary: 1, maxFailures: MaxFailures{Rows: 1}}, true, true,
			[]ended{{1, track.Failed, 422, false}}, CanaryFailed},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := tc.policy
			p.proven = func() bool { return tc.proven }
			var last *stop
			for _, e := range tc.rows {
				for range e.times {
					if last != nil {
						t.Fatalf("stopped too early: %s", last.message)
					}
					tr := &tries{last: &api.Error{Message: "no", Foreign: e.foreign}, started: at}
					last = p.rowEnded(tr, tc.canary, track.Result{Row: 1, Status: e.status, HTTPStatus: e.http})
				}
			}
			if got := reasonOf(last); got != tc.want {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}

func reasonOf(s *stop) Reason {
	if s == nil {
		return ""
	}
	return s.reason
}

// Five rows that end with 403 in succession stop a run, and what was never asked for
// is no row in between.
func TestForbiddenRows(t *testing.T) {
	forbidden := &api.Error{Class: api.Forbidden, Message: "no"}
	p := stopPolicy{proven: func() bool { return false }}
	if got := p.forbids(writeRequest, forbidden); reasonOf(got) != ForbiddenKey ||
		got.message != "the API forbids this key to update tracks: no" {
		t.Errorf("before any success: %+v", got)
	}
	p.successes = 1
	if got := p.forbids(pageRequest, forbidden); got != nil {
		t.Errorf("after a success: %+v", got)
	}
	end := func(status track.Status, http int, asked bool) {
		tr := &tries{last: forbidden}
		if asked {
			tr.started = at
		}
		p.rowEnded(tr, false, track.Result{Status: status, HTTPStatus: http})
	}
	for range forbiddenRows - 1 {
		end(track.Failed, 403, true)
		end(track.Unchanged, 0, false)
	}
	if got := p.forbade(forbidden); got != nil {
		t.Errorf("after %d: %+v", forbiddenRows-1, got)
	}
	end(track.Updated, 200, true)
	for range forbiddenRows {
		if got := p.forbade(forbidden); got != nil {
			t.Errorf("too early: %+v", got)
		}
		end(track.Failed, 403, true)
	}
	if got := p.forbade(forbidden); reasonOf(got) != ForbiddenKey {
		t.Errorf("after %d: %+v", forbiddenRows, got)
	}
}
