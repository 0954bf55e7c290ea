package pace

import (
	"math"
	"testing"
)

func TestEpisode(t *testing.T) {
	var e episode
	e.begin(1, 0.9, 0.5, 0, probing)
	e.add(0.8)
	e.add(0.95)
	if e.first != 0.8 || e.last != 0.95 || e.refusals != 3 || e.phase != probing || e.staleBeforeIt != 0.5 {
		t.Errorf("three refusals: %+v", e)
	}
	// Nothing was accepted meanwhile: the same refusals go on.
	e.open, e.vainPauses = false, 1
	e.begin(2, 1.9, 1.5, 3, cruising)
	if e.first != 0.8 || e.last != 1.9 || e.refusals != 4 || e.phase != probing || e.vainSince != 1 ||
		e.askedPause != 3 {
		t.Errorf("and another: %+v", e)
	}
	// Others after a success.
	e.open, e.vainPauses = false, 0
	e.begin(5, 4.9, 4.5, 0, cruising)
	if e.first != 4.9 || e.refusals != 1 || e.phase != cruising || e.phaseBefore != probing || e.vainSince != 5 ||
		e.askedPause != 0 {
		t.Errorf("others: %+v", e)
	}
}

func TestConcurrencyLimitIsProbed(t *testing.T) {
	c := concurrencyLimit{limit: 8, nextProbe: 10}
	for _, step := range []struct {
		t            float64
		limit, extra int
	}{{9, 8, 0}, {11, 8, 1}, {11.5, 8, 1}, {12.1, 9, 2}, {13.2, 11, 4}} {
		if c.widen(step.t, 0.05); c.limit != step.limit || c.extra != step.extra {
			t.Errorf("at %v: %d and %d more, want %d and %d", step.t, c.limit, c.extra, step.limit, step.extra)
		}
	}
	none := concurrencyLimit{}
	if none.widen(100, 0.05); none.limit != 0 || none.extra != 0 {
		t.Errorf("without a limit: %+v", none)
	}
}

func TestWindowsAreKnownBySeveral(t *testing.T) {
	for _, tc := range []struct {
		w    windows
		want bool
	}{{windows{ended: 1, full: 600}, false}, {windows{ended: 2, full: 600}, true},
		{windows{ended: 3, full: 1}, false}} {
		if got := tc.w.known(); got != tc.want {
			t.Errorf("%+v: known %v", tc.w, got)
		}
	}
}

// A window ends at fixed times, within the second to which a Retry-After is rounded.
func TestEndsThatAreNoWindows(t *testing.T) {
	for _, tc := range []struct {
		name string
		ends []float64
		want bool // of the last
	}{
		{"one says nothing", []float64{60}, false},
		{"nor do two", []float64{20, 80}, false},
		{"a minute each", []float64{20, 80, 140.8}, true},
		{"some are not met", []float64{20, 80, 259.2}, true},
		{"a bucket that always asks for 5 s", []float64{5.3, 14, 28.4}, false},
		{"a window after a bad time", []float64{5.3, 20, 80, 140}, true},
	} {
		var w named
		got := false
		for _, end := range tc.ends {
			got = w.onGrid(end)
		}
		if got != tc.want {
			t.Errorf("%s: %v", tc.name, got)
		}
	}
}

// What a server that refuses names, and how much it accepts, tells windows from a bucket.
func TestNamedWindows(t *testing.T) {
	type refusals struct {
		first, last, wait float64 // a wait of 0: nothing
		count             int     // accepted before
		back              float64 // when the server accepts again
	}
	for _, tc := range []struct {
		name string
		all  []refusals
		want bool // after the last
	}{
		{"one wait says nothing", []refusals{{0.3, 0.3, 4, 50, 4.3}}, false},
		{"always the same wait", []refusals{{0.3, 0.3, 3, 16, 3.3}, {5, 5, 3, 80, 8}, {9.2, 9.2, 3, 60, 12.2}}, false},
		{"the same count in the same time", []refusals{{0.3, 0.3, 3, 16, 3.3}, {3.6, 3.6, 3, 16, 6.6}}, false},
		{"the same count, but slower", []refusals{{0.3, 0.3, 10, 100, 10.3}, {11.3, 11.3, 10, 100, 21.3}}, true},
		{"different waits", []refusals{{0.3, 0.3, 4, 50, 4.3}, {6.3, 6.3, 3, 70, 9.3}}, true},
		{"refused longer than named", []refusals{{0.3, 0.3, 4, 50, 4.3}, {6, 9, 1, 70, 9.3}}, false},
	} {
		var n named
		var u used
		got := false
		for _, r := range tc.all {
			n.refused(r.first, r.wait)
			u.add(r.count, r.first, r.back)
			got = n.isWindow(r.back, r.last, u.same)
		}
		if got != tc.want {
			t.Errorf("%s: %v", tc.name, got)
		}
	}
	if n := (named{varies: true, passed: true, end: 5}); n.isWindow(5, 1, true) {
		t.Error("a window that accepts between refusals")
	}
}

// Windows that end unnoticed count as whole ones, and the first may have begun earlier.
func TestRateOfUsedWindows(t *testing.T) {
	var u used
	u.add(45, 0.3, 2.3)
	u.add(45, 3.3, 5.3)
	if got := u.rate(5.3, 1); math.Abs(got-15) > 0.01 {
		t.Errorf("one window: %.2f", got)
	}
	u.add(81, 10.2, 11.3)
	if got := u.rate(11.3, 1); math.Abs(got-15) > 0.01 {
		t.Errorf("two, one of which was not used up: %.2f", got)
	}
	if got := u.rate(11.3, 0.01); got <= 15 {
		t.Errorf("the length is not known well, but %.2f is not tried", got)
	}
}
