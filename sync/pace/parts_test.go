package pace

import "testing"

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
