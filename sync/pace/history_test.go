package pace

import (
	"math"
	"testing"
)

// told builds a history from text: "+" accepted, "-" refused, "?" open, one each
// tenth of a second from 0; a blank is a tenth in which nothing was sent.
func told(text string) history {
	var h history
	for i, c := range text {
		s := sent{at: float64(i) / 10, end: float64(i)/10 + 0.05}
		switch c {
		case ' ':
			continue
		case '+':
			s.state = accepted
		case '-':
			s.state = refused
		}
		h = append(h, s)
	}
	return h
}

func TestHistoryCounts(t *testing.T) {
	h := told("++-+?- +-")
	for _, tc := range []struct {
		name      string
		got, want any
	}{
		{"accepted from the start", h.acceptedFrom(0), 4},
		{"accepted from 0.3", h.acceptedFrom(0.3), 2},
		{"not refused between 0.1 and 0.7", h.countBetween(0.1, 0.7), 2},
		{"open from 0.4", h.openFrom(0.4), true},
		{"open from 0.5", h.openFrom(0.5), false},
		{"open before 0.4", h.openBefore(0.4), false},
		{"open before 0.5", h.openBefore(0.5), true},
		{"rate of none before", h.rateBefore(0, 1), 0.0},
		{"found", h.find(0.4).at, 0.4},
		{"not found: it has ended", h.find(0.3) == nil, true},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: %v, want %v", tc.name, tc.got, tc.want)
		}
	}
}

func TestHistoryMeasures(t *testing.T) {
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-6 {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	near("rate before", told("++++++++++").rateBefore(1, 0.95), 10)
}

func TestHistoryForgets(t *testing.T) {
	h := told("++?+++")
	h.drop(0.32)
	if len(h) != 4 || h[0].state != open || h[1].at != 0.3 {
		t.Errorf("dropped to %+v", h)
	}
	if at := h.halve(); at != 0.3 || len(h) != 2 {
		t.Errorf("halved at %v to %+v", at, h)
	}
}
