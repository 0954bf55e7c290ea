package cli

import (
	"bytes"
	"context"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"tracksync/internal/terminal"
	"tracksync/internal/track"
	"tracksync/report"
	engine "tracksync/sync"
	"tracksync/sync/pace"
)

// Where several codes apply, the order is: the signal, the key, the stop, the
// rows.
func TestRunCode(t *testing.T) {
	bad := report.Summary{Rows: 2, Totals: report.Totals{track.Updated: 1, track.Failed: 1}}
	good := report.Summary{Rows: 2, Totals: report.Totals{track.Updated: 1, track.Skipped: 1}}
	for _, tc := range []struct {
		name    string
		reason  engine.Reason
		sig     os.Signal
		local   bool
		summary report.Summary
		want    int
	}{
		{"all well", engine.Completed, nil, false, good, 0},
		{"some failed", engine.Completed, nil, false, bad, 1},
		{"outage", engine.Outage, nil, false, bad, 3},
		{"too many failures", engine.TooManyFailures, nil, false, bad, 3},
		{"another account", engine.WrongAccount, nil, false, bad, 3},
		{"disk full", engine.LocalWrite, nil, false, good, 3},
		{"the manifest changed", engine.ManifestError, nil, false, bad, 3},
		{"a report failed", engine.Completed, nil, true, good, 3},
		{"the key", engine.Unauthorized, nil, false, bad, 4},
		{"forbidden", engine.ForbiddenKey, nil, true, bad, 4},
		{"the time was up", engine.Deadline, nil, false, bad, 7},
		{"the time was up, and a report failed", engine.Deadline, nil, true, bad, 3},
		{"SIGTERM when the time was up", engine.Deadline, syscall.SIGTERM, false, bad, 143},
		{"SIGHUP", engine.Interrupted, syscall.SIGHUP, false, bad, 129},
		{"SIGINT", engine.Interrupted, os.Interrupt, false, bad, 130},
		{"SIGTERM", engine.Interrupted, syscall.SIGTERM, false, bad, 143},
		{"SIGINT after the key was rejected", engine.Unauthorized, os.Interrupt, false, bad, 130},
	} {
		if got := runCode(engine.End{Reason: tc.reason}, tc.sig, tc.local, tc.summary); got != tc.want {
			t.Errorf("%s: %d, want %d", tc.name, got, tc.want)
		}
	}
}

// A signal that comes just when one listener hands over to the next is heard by
// one of them.
func TestNoSignalIsLost(t *testing.T) {
	for range 200 {
		synctest.Test(t, func(t *testing.T) {
			signals := make(chan os.Signal, 1)
			a := &app{signals: signals}
			ctx, release := a.interruptible(context.Background())
			signals <- os.Interrupt
			release()
			heard := signalOf(ctx) != nil // whoever called release looks now
			synctest.Wait()
			if !heard && len(signals) == 0 {
				t.Fatal("it is lost")
			}
		})
	}
}

func TestBar(t *testing.T) {
	now := time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)
	width := 120
	p := &progress{width: func() int { return width }, total: 2000, started: now, limit: "50/s"}
	for range 500 {
		p.result(track.Result{Status: track.Updated})
		p.attempt(now.Add(9*time.Second), 50)
	}
	p.result(track.Result{Status: track.Failed})
	now = now.Add(10 * time.Second)
	want := "██████░░░░░░░░░░░░░░░░░░ 501 / 2,000 rows · 25% · 1 failed · 500/s (limit 50/s) · 30s left"
	if got := p.bar(now); got != want {
		t.Errorf("\n%s, want\n%s", got, want)
	}
	p.pause(pace.Pause{Until: now.Add(3 * time.Second), Reason: pace.Refused})
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
	s := &screen{w: terminal.NewLog(&b, terminal.NewPatience(), nil)}
	write := func(text string) {
		if _, err := s.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		s.w.Drain()
	}
	show := func(text string) { s.show(text); s.w.Drain() }
	write("one\n")
	show("bar")
	show("bar")
	write("two\n")
	show("")
	want := "one\n" + clearLine + "bar" + clearLine + "two\nbar" + clearLine
	if b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}

func TestWords(t *testing.T) {
	for d, want := range map[time.Duration]string{
		450 * time.Millisecond: "450ms", 12 * time.Second: "12s", 200 * time.Second: "3m20s",
		59*time.Minute + 59*time.Second: "59m59s", 2*time.Hour + 5*time.Minute: "2h05m",
	} {
		if got := short(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := thousands(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}
