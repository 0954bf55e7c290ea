package sync

import (
	"testing"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/track"
	"tracksync/sync/plan"
)

// at is any time.
var at = time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)

// statusOf is the status of a move's result; "" if it has none.
func statusOf(m move) track.Status {
	for _, e := range m.events {
		if r, ends := e.(*rowEnded); ends {
			return r.result.Status
		}
	}
	return ""
}

// What an outcome means for a row, without an engine.
func TestRowOutcomes(t *testing.T) {
	volume := func(n int) track.Track {
		return track.Track{ID: 1001, Values: track.Values{Volume: track.Value(n)}}
	}
	found := func(n int) reply { return reply{track: volume(n)} }
	failure := func(e api.Error) *api.Error { return &e }
	lost := failure(api.Error{Class: api.Retryable, Code: "timeout", Message: "no answer", MayBeApplied: true})
	refused := failure(api.Error{Class: api.Permanent, Code: "not_found", Message: "no such track", Status: 404,
		Decides: true})
	proxied := failure(api.Error{Class: api.Permanent, Code: "not_found", Message: "a page", Status: 404,
		Foreign: true})

	type prepare func(*rowTask)
	atStep := func(s step) prepare { return func(r *rowTask) { r.step = s } }
	snapshots := func(r *rowTask) { r.rules.snapshots = true }
	expecting := func(n int) prepare {
		return func(r *rowTask) { r.row.Expect = track.Alternatives{volume(n).Values} }
	}
	canary := func(r *rowTask) { r.canary = true }
	inDoubt := func(r *rowTask) {
		before := volume(50)
		r.before, r.send = &before, r.row.Update.Values
		r.doubted("no answer")
	}
	endedBy := func(e *api.Error) prepare { return func(r *rowTask) { r.last = e; r.noted(e) } }
	earlier := func(s track.Status) prepare {
		return func(r *rowTask) {
			r.row.Earlier = &track.Result{Status: s}
			r.mayBeApplied = s == track.Unknown
		}
	}
	succeeded := func(a reply, stopping bool) func(*rowTask) move {
		return func(r *rowTask) move { return r.succeeded(a, situation{at, stopping}) }
	}
	exhaust := func(r *rowTask) move { return r.exhausted(situation{now: at}) }
	stop := func(r *rowTask) move { return r.stopped(situation{at, true}) }

	for _, tc := range []struct {
		name    string
		prepare []prepare
		happens func(*rowTask) move
		to      place
		status  track.Status
		step    step // afterwards
	}{
		{"as asked", nil, succeeded(found(60), false), atEnd, track.Updated, sending},
		{"otherwise", nil, succeeded(found(61), false), atEnd, track.NotApplied, sending},
		{"a canary is read back", []prepare{canary}, succeeded(found(60), false), atReady, "", confirming},
		{"a canary is not when the run stops", []prepare{canary}, succeeded(found(60), true), atEnd, track.Updated,
			sending},
		{"a canary that is otherwise", []prepare{canary}, succeeded(found(61), false), atEnd, track.NotApplied,
			sending},
		{"confirmed", []prepare{canary, atStep(confirming)}, succeeded(found(60), false), atEnd, track.Updated,
			confirming},
		{"not confirmed", []prepare{canary, atStep(confirming)}, succeeded(found(61), false), atEnd, track.NotApplied,
			confirming},

		{"read, and differs", []prepare{atStep(reading), expecting(50)}, succeeded(found(50), false), atReady, "",
			sending},
		{"read for a snapshot", []prepare{atStep(reading), snapshots}, succeeded(found(50), false), atSnapshot, "",
			sending},
		{"read, and is so", []prepare{atStep(reading), expecting(50)}, succeeded(found(60), false), atEnd,
			track.Unchanged, reading},
		{"read, and drifted", []prepare{atStep(reading), expecting(50)}, succeeded(found(51), false), atEnd,
			track.Drifted, reading},
		{"read when the run stops", []prepare{atStep(reading), expecting(50)}, succeeded(found(50), true), atEnd,
			track.NotAttempted, sending},

		{"in doubt, and was applied", []prepare{atStep(reading), inDoubt, expecting(50)}, succeeded(found(60), false),
			atEnd, track.Updated, reading},
		{"in doubt, and was not", []prepare{atStep(reading), inDoubt, expecting(50)}, succeeded(found(50), false),
			atReady, "", sending},
		{"in doubt, and somebody else's", []prepare{atStep(reading), inDoubt, expecting(50)},
			succeeded(found(7), false), atEnd, track.Unknown, reading},
		{"no second snapshot in doubt", []prepare{atStep(reading), snapshots, inDoubt}, succeeded(found(7), false),
			atReady, "", sending},

		{"refused for good", []prepare{endedBy(refused)}, exhaust, atEnd, track.Failed, sending},
		{"lost at last", []prepare{endedBy(lost)}, exhaust, atEnd, track.Unknown, sending},
		{"lost, then settled", []prepare{endedBy(lost), endedBy(refused)}, exhaust, atEnd, track.Failed, sending},
		{"lost, then a page of a proxy", []prepare{endedBy(lost), endedBy(proxied)}, exhaust, atEnd, track.Unknown,
			sending},
		{"unknown before, then settled", []prepare{earlier(track.Unknown), endedBy(refused)}, exhaust, atEnd,
			track.Failed, sending},
		{"unknown before, and cannot be read", []prepare{earlier(track.Unknown), atStep(reading), endedBy(proxied)},
			exhaust, atEnd, track.Unknown, reading},
		{"a canary that cannot be read back", []prepare{canary, atStep(confirming), endedBy(refused)}, exhaust, atEnd,
			track.Updated, confirming},

		{"stopped before anything", nil, stop, atEnd, track.NotAttempted, sending},
		{"stopped after an attempt", []prepare{func(r *rowTask) { r.attempts = 1 }}, stop, atEnd, track.Failed,
			sending},
		{"stopped after a read", []prepare{atStep(reading), func(r *rowTask) { r.attempts = 1 }}, stop, atEnd,
			track.NotAttempted, reading},
		{"stopped in doubt", []prepare{endedBy(lost)}, stop, atEnd, track.Unknown, sending},
		{"stopped as it was before", []prepare{earlier(track.NotApplied)}, stop, atEnd, track.NotApplied, sending},
		{"stopped while it is confirmed", []prepare{canary, atStep(confirming)}, stop, atEnd, track.Updated,
			confirming},
	} {
		t.Run(tc.name, func(t *testing.T) {
			asked := track.Row{Number: 1, Update: track.Update{ID: 1001, Values: volume(60).Values}}
			r := taskOf(asked, &rowRules{policy: plan.Policy{}, fresh: time.Minute})
			for _, p := range tc.prepare {
				p(r)
			}
			m := tc.happens(r)
			if m.to != tc.to || statusOf(m) != tc.status || r.step != tc.step {
				t.Errorf("goes to %d with %q and step %d, want %d, %q, %d", m.to, statusOf(m), r.step, tc.to, tc.status,
					tc.step)
			}
			if (m.to == atEnd) != (statusOf(m) != "") {
				t.Error("a row has a result when it ends, and only then")
			}
		})
	}
}

func TestAfterFailure(t *testing.T) {
	again, final := api.Retryable, api.Permanent
	for _, tc := range []struct {
		name                  string
		class                 api.Class
		attempts              int
		stopping, mayBeOutage bool
		lostInOutage          bool
		want                  verdict
	}{
		{"the first of several", again, 1, false, false, false, tryAgain},
		{"may be an outage", again, 1, false, true, false, tryAgain},
		{"the last", again, 3, false, false, false, exhausted},
		{"the last, but may be an outage", again, 3, false, true, false, undecided},
		{"final", final, 1, false, false, false, exhausted},
		{"final, but may be an outage", final, 1, false, true, false, undecided},
		{"final, in an outage", final, 1, false, false, true, tryAgain},
		{"final, and never charged", final, 0, false, false, false, tryAgain},
		{"the run stops", again, 1, true, false, false, stopped},
		{"the run stops, but may be an outage", again, 1, true, true, false, undecided},
		{"final, and the run stops", final, 1, true, false, false, exhausted},
		{"the last, and the run stops", again, 3, true, false, false, stopped},
	} {
		tr := tries{last: &api.Error{Class: tc.class}}
		tr.attempts = tc.attempts
		tr.request = &request{spared: tc.lostInOutage}
		if got := tr.afterFailure(tc.stopping, tc.mayBeOutage, 3); got != tc.want {
			t.Errorf("%s: %d, want %d", tc.name, got, tc.want)
		}
	}
}
