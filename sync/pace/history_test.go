package pace

import (
	"math"
	"testing"
	"time"
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
	if h.halve(); len(h) != 2 || h[0].at != 0.4 {
		t.Errorf("halved to %+v", h)
	}
}

// A refusal of a request that is no longer in the log pauses, and nothing is learned from it.
func TestRefusalOfAForgottenRequest(t *testing.T) {
	p := Auto(Options{Most: Unlimited, Random: half})
	p.Take(at(0), 0)
	now := 0.0
	send := func(n int) {
		for range n {
			for wait := p.Take(at(now), 1); wait > 0; wait = p.Take(at(now), 1) {
				now += wait.Seconds() + 1e-6
			}
			now += 1e-3
			p.Answered(at(now), Answer{Started: at(now - 1e-3), Took: ms})
		}
	}
	send(maxLog + 10)
	p.Answered(at(now), Answer{Started: at(0), Took: fromSeconds(now), Outcome: Refusal, RetryAfter: time.Second})
	if wait := p.Take(at(now), 1); wait != time.Second {
		t.Errorf("after a refusal that asks for a second: wait %v", wait)
	}
	before := now
	if send(100); now > before+2 {
		t.Errorf("a hundred requests took %.1f s", now-before)
	}
	if l, found := p.Learned(); found {
		t.Errorf("learned %+v", l)
	}
}
