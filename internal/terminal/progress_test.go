package terminal

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"tracksync/internal/track"
	"tracksync/sync/pace"
)

func TestBar(t *testing.T) {
	now := time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)
	width := 120
	p := NewProgress(ProgressOptions{Width: func() int { return width }, Rows: 2000, Started: now, Limit: 50})
	for range 500 {
		p.Result(track.Result{Status: track.Updated})
		p.Attempt(now.Add(9*time.Second), 50)
	}
	p.Result(track.Result{Status: track.Failed})
	now = now.Add(10 * time.Second)
	want := "██████░░░░░░░░░░░░░░░░░░ 501 / 2,000 rows · 25% · 1 failed · 500/s (limit 50/s) · 30s left"
	if got := p.bar(now); got != want {
		t.Errorf("\n%s, want\n%s", got, want)
	}
	p.Pause(pace.Pause{Until: now.Add(3 * time.Second), Reason: pace.Refused})
	if got := p.bar(now); !strings.Contains(got, "paused 3s: rate limited") {
		t.Error(got)
	}
	for width = 1; width < 120; width++ {
		if n := utf8.RuneCountInString(p.bar(now)); n >= width && width > 1 {
			t.Errorf("%d characters in a terminal of %d", n, width)
		}
	}
}

func TestRateWindow(t *testing.T) {
	start := time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)
	var w rateWindow
	if got := w.rate(start); got != 0 {
		t.Errorf("before anything: %v", got)
	}
	for i := range 300 { // ten a second for half a minute
		w.add(start.Add(time.Duration(i) * 100 * time.Millisecond))
	}
	if got := w.rate(start.Add(29900 * time.Millisecond)); got < 9.5 || got > 10.5 {
		t.Errorf("at ten a second: %v", got)
	}
	if got := w.rate(start.Add(time.Minute)); got != 0 {
		t.Errorf("half a minute later: %v", got)
	}
}

// Log lines scroll above the status line.
func TestScreen(t *testing.T) {
	var b bytes.Buffer
	s := NewScreen(NewLog(&b, NewPatience(), nil), nil)
	write := func(text string) {
		if _, err := s.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		s.Drain()
	}
	show := func(text string) { s.Show(text); s.Drain() }
	write("one\n")
	show("bar")
	show("bar")
	write("two\n")
	show("")
	want := "one\n" + ClearLine + "bar" + ClearLine + "two\nbar" + ClearLine
	if b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}
