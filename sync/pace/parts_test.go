package pace

import "testing"

func TestEpisode(t *testing.T) {
	var e episode
	e.begin(1, 0.9, 0.5, 0, looking)
	e.add(0.8)
	e.add(0.95)
	if e.first != 0.8 || e.last != 0.95 || e.refusals != 3 || e.phase != looking || e.staleBeforeIt != 0.5 {
		t.Errorf("three refusals: %+v", e)
	}
	// Nothing was accepted meanwhile: the same refusals go on.
	e.open, e.vainPauses = false, 1
	e.begin(2, 1.9, 1.5, 3, weighing)
	if e.first != 0.8 || e.last != 1.9 || e.refusals != 4 || e.phase != looking || e.vainSince != 1 ||
		e.askedPause != 3 {
		t.Errorf("and another: %+v", e)
	}
	// Others after a success.
	e.open, e.vainPauses = false, 0
	e.begin(5, 4.9, 4.5, 0, weighing)
	if e.first != 4.9 || e.refusals != 1 || e.phase != weighing || e.vainSince != 5 ||
		e.askedPause != 0 {
		t.Errorf("others: %+v", e)
	}
}
