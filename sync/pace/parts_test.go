package pace

import "testing"

func TestEpisode(t *testing.T) {
	var e episode
	e.begin(1, 0.9, 0.5, 0, probing)
	e.another(0.8)
	e.another(0.95)
	if e.first != 0.8 || e.last != 0.95 || e.hits != 3 || e.phase != probing || e.cutBefore != 0.5 {
		t.Errorf("three refusals: %+v", e)
	}
	// Nothing was accepted meanwhile: the same refusals go on.
	e.open, e.alone = false, 1
	e.begin(2, 1.9, 1.5, 3, cruising)
	if e.first != 0.8 || e.last != 1.9 || e.hits != 4 || e.phase != probing || e.since != 1 || e.asked != 3 {
		t.Errorf("and another: %+v", e)
	}
	// Others after a success.
	e.open, e.alone = false, 0
	e.begin(5, 4.9, 4.5, 0, cruising)
	if e.first != 4.9 || e.hits != 1 || e.phase != cruising || e.phaseBefore != probing || e.since != 5 || e.asked != 0 {
		t.Errorf("others: %+v", e)
	}
}

func TestPlacesAreWidened(t *testing.T) {
	p := places{n: 8, next: 10}
	for _, step := range []struct {
		t         float64
		n, trying int
	}{{9, 8, 0}, {11, 8, 1}, {11.5, 8, 1}, {12.1, 9, 2}, {13.2, 11, 4}} {
		if p.widen(step.t, 0.05); p.n != step.n || p.trying != step.trying {
			t.Errorf("at %v: %d and %d more, want %d and %d", step.t, p.n, p.trying, step.n, step.trying)
		}
	}
	none := places{}
	if none.widen(100, 0.05); none.n != 0 || none.trying != 0 {
		t.Errorf("nothing is widened to %+v", none)
	}
}

func TestWindowsAreKnownBySeveral(t *testing.T) {
	for _, tc := range []struct {
		w    windows
		want bool
	}{{windows{ended: 1, full: 600}, false}, {windows{ended: 2, full: 600}, true}, {windows{ended: 3, full: 1}, false}} {
		if got := tc.w.known(); got != tc.want {
			t.Errorf("%+v: known %v", tc.w, got)
		}
	}
}
