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

var barBegan = time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)

// newBar is a progress of 2000 rows on a terminal of *width columns.
func newBar(width *int) *Progress {
	return NewProgress(ProgressOptions{Width: func() int { return *width }, Rows: 2000, Started: barBegan, Limit: 50})
}

// send ends rows, each after one request, one every step.
func send(p *Progress, rows int, from time.Time, step time.Duration) (until time.Time) {
	for range rows {
		from = from.Add(step)
		p.Attempt(from, 50)
		p.Result(track.Result{Status: track.Updated, FinishedAt: from})
	}
	return from
}

func TestBar(t *testing.T) {
	width := 120
	p := newBar(&width)
	now := send(p, 500, barBegan, 20*time.Millisecond)
	p.Result(track.Result{Status: track.Failed, FinishedAt: now})
	for _, tc := range []struct {
		width int
		want  string
	}{
		{120, "██████░░░░░░░░░░░░░░░░░░ 501 / 2,000 rows · 25% · 1 failed · 50.1/s (limit 50/s) · 30s left"},
		{80, "███░░░░░░░░░ 501 / 2,000 rows · 25% · 1 failed · 50.1/s (limit 50/s) · 30s left"},
		{68, "501 / 2,000 rows · 25% · 1 failed · 50.1/s (limit 50/s) · 30s left"},
		{50, "501 / 2,000 rows · 25% · 1 failed · 30s left"},
		{40, "███░░░░░░░░░░ 25% · 1 failed · 30s left"},
		{30, "25% · 1 failed · 30s left"},
		{20, "25% · 1 failed"},
		{3, "2…"},
	} {
		if width = tc.width; p.bar(now) != tc.want {
			t.Errorf("%d:\n%s, want\n%s", width, p.bar(now), tc.want)
		}
	}
	p.Style.ASCII, width = true, 80
	if got := p.bar(now); got != "###......... 501 / 2,000 rows | 25% | 1 failed | 50.1/s (limit 50/s) | 30s left" {
		t.Error(got)
	}
	p.Style.ASCII = false
	p.Pause(pace.Pause{Until: now.Add(3 * time.Second), Reason: pace.Refused})
	p.Down(true)
	width = 120
	if got := p.bar(now); !strings.Contains(got, " · the API is down · paused 3s: rate limited") {
		t.Error(got)
	}
	width = 40
	if got := p.bar(now); got != "25% · 1 failed · the API is down" {
		t.Error(got)
	}
	for width = 1; width < 120; width++ {
		if n := utf8.RuneCountInString(p.bar(now)); n >= width && width > 1 {
			t.Errorf("%d characters in a terminal of %d", n, width)
		}
	}
}

// The time left follows the last minute, whatever was before it.
func TestTimeLeft(t *testing.T) {
	width := 120
	p := newBar(&width)
	left := func(now time.Time, want string) {
		t.Helper()
		if got := p.bar(now); !strings.HasSuffix(got, want) {
			t.Errorf("%s, want %s", got, want)
		}
	}
	left(barBegan.Add(time.Second), "(limit 50/s)") // nothing has ended
	now := send(p, 1000, barBegan, 10*time.Millisecond)
	left(now, " · 10s left")
	now = send(p, 100, now, time.Second) // slower: an average since the start would say 1m39s
	left(now, " · 14m45s left")
	p.Pause(pace.Pause{Until: now.Add(5 * time.Minute)})
	left(now, " · 19m45s left")
	p.Pause(pace.Pause{})
	p.Down(true)
	left(now, " · the API is down")
	p.Down(false)
	left(now.Add(2*time.Minute), "(limit 50/s)") // nothing has ended for a minute
}

func TestRateWindow(t *testing.T) {
	start := barBegan
	w := newRateWindow(10)
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
