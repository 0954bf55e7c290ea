package terminal

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"tracksync/internal/display"
	"tracksync/internal/track"
	"tracksync/sync/pace"
)

// logEvery is the time between two log lines where there is no terminal.
const logEvery = 10 * time.Second

// Progress shows how far a run is: a bar on a terminal, a log line every ten seconds
// elsewhere. One goroutine owns it.
type Progress struct {
	ProgressOptions
	logged time.Time
	window rateWindow // of requests
	ended  rateWindow // of rows

	done, failed int
	pausedUntil  time.Time
	pauseReason  pace.Reason
	read         Reading
	limit        string // the rate in force
	down         bool   // the API is
}

// Reading is how far the reading of the state is.
type Reading struct {
	Calls  int // answered
	Seen   int // tracks that are kept
	Wanted int // 0: all there are
}

// ProgressOptions say what a Progress shows, and where.
type ProgressOptions struct {
	Log    zerolog.Logger
	Screen *Screen // nil: no bar
	Width  func() int
	Style  display.Style

	Rows    int // of the run
	Before  int // rows done before it was resumed
	Started time.Time
	Limit   pace.Rate // at the start
	Survey  bool      // the state is read, before the rows
}

// NewProgress returns the progress of a run that begins now.
func NewProgress(o ProgressOptions) *Progress {
	p := &Progress{
		ProgressOptions: o, logged: o.Started, done: o.Before, limit: limitText(o.Limit),
		window: newRateWindow(10), ended: newRateWindow(60),
	}
	p.ended.first = o.Started
	return p
}

// Reading updates how far the reading of the state is.
func (p *Progress) Reading(r Reading) { p.read = r }

// Result counts the result of a row.
func (p *Progress) Result(r track.Result) {
	if p.Survey { // the state was read
		p.Survey, p.ended.first = false, r.FinishedAt
	}
	if r.Status == track.NotAttempted {
		return
	}
	p.done++
	p.ended.add(r.FinishedAt)
	if !r.Status.Success() {
		p.failed++
	}
}

// Attempt counts a request that started at now, and updates the rate in force.
func (p *Progress) Attempt(now time.Time, limit pace.Rate) {
	p.window.add(now)
	p.limit = limitText(limit)
}

// limitText is a rate in force, in a few characters.
func limitText(r pace.Rate) string {
	switch {
	case r >= 10_000:
		return "none"
	case r >= 100:
		return fmt.Sprintf("%.0f/s", float64(r))
	}
	return fmt.Sprintf("%.3g/s", float64(r))
}

// Down sets whether the API is down.
func (p *Progress) Down(down bool) { p.down = down }

// Pause sets until when the run waits, and why.
func (p *Progress) Pause(q pace.Pause) { p.pausedUntil, p.pauseReason = q.Until, q.Reason }

// Tick shows the progress. It is called several times a second.
func (p *Progress) Tick(now time.Time) {
	if p.Screen != nil {
		p.Screen.Show(p.bar(now))
		return
	}
	if now.Sub(p.logged) < logEvery {
		return
	}
	p.logged = now
	if p.Survey {
		p.Log.Info().Int("tracks", p.read.Seen).Int("calls", p.read.Calls).
			Float64("rate", round(p.window.rate(now))).Str("limit", p.limit).Msg("reading the state")
		return
	}
	ev := p.Log.Info().Int("done", p.done).Int("rows", p.Rows).Int("failed", p.failed).
		Float64("rate", round(p.window.rate(now))).Str("limit", p.limit)
	if p.down {
		ev = ev.Bool("api_down", true)
	}
	if p.pausedUntil.After(now) {
		ev = ev.Str("paused", string(p.pauseReason)).Str("pause_left", display.Short(p.pausedUntil.Sub(now)))
	}
	if left, ok := p.left(now); ok {
		ev = ev.Str("left", display.Short(left))
	}
	ev.Msg("progress")
}

// End removes the bar.
func (p *Progress) End() {
	if p.Screen != nil {
		p.Screen.Show("")
	}
}

// left estimates the remaining time: how long the remaining rows take as fast as those of the last
// minute, after the pause. It reports false while that would be a guess.
func (p *Progress) left(now time.Time) (time.Duration, bool) {
	rate := p.ended.rate(now)
	if p.down || rate == 0 || now.Sub(p.ended.first) < 2*time.Second {
		return 0, false
	}
	took := time.Duration(float64(p.Rows-p.done) / rate * float64(time.Second))
	return took + max(0, p.pausedUntil.Sub(now)), true
}

// The bar is as wide as fits beside the text.
const minBar, maxBar = 8, 24

// bar is the status line, which fits the width of the terminal.
func (p *Progress) bar(now time.Time) string {
	width := p.Width() - 1
	if p.Survey {
		return p.fit(p.surveyParts(now), width)
	}
	share := 1.0
	if p.Rows > 0 {
		share = float64(p.done) / float64(p.Rows)
	}
	text := p.fit(p.rowParts(now, share), width)
	columns := min(maxBar, width-display.Columns(text)-1)
	if columns < minBar {
		return text
	}
	full := min(columns, int(share*float64(columns)))
	bar := p.Style.Plain(strings.Repeat("█", full) + strings.Repeat("░", columns-full))
	return p.Style.Paint(display.Cyan, bar) + " " + text
}

// part is one of the things that are told in the status line. Where there is no room for all, those
// of the highest rank are left out.
type part struct {
	text string
	rank int
}

// fit is the parts as one line of at most width columns.
func (p *Progress) fit(parts []part, width int) string {
	for {
		texts, worst := make([]string, len(parts)), 0
		for i, one := range parts {
			texts[i] = one.text
			if one.rank > parts[worst].rank {
				worst = i
			}
		}
		line := p.Style.Plain(strings.Join(texts, " · "))
		if len(parts) < 2 || display.Columns(line) <= width {
			return p.Style.Fit(line, width)
		}
		parts = slices.Delete(parts, worst, worst+1)
	}
}

// surveyParts are what is told while the state is read.
func (p *Progress) surveyParts(now time.Time) []part {
	seen := display.Count(p.read.Seen, "track")
	if p.read.Wanted > 0 {
		seen += " of " + display.Thousands(p.read.Wanted)
	}
	return append([]part{{"reading the state", 1}, {seen, 0}, {display.Count(p.read.Calls, "call"), 5}}, p.paceParts(now)...)
}

// rowParts are what is told while rows are sent, of which a share is done.
func (p *Progress) rowParts(now time.Time, share float64) []part {
	parts := []part{
		{display.Thousands(p.done) + " / " + display.Thousands(p.Rows) + " rows", 4},
		{fmt.Sprintf("%d%%", int(share*100)), 0},
	}
	if p.failed > 0 {
		parts = append(parts, part{display.Thousands(p.failed) + " failed", 1})
	}
	parts = append(parts, p.paceParts(now)...)
	if left, ok := p.left(now); ok {
		parts = append(parts, part{display.Short(left) + " left", 3})
	}
	return parts
}

// paceParts are how fast requests go, and what stops them.
func (p *Progress) paceParts(now time.Time) []part {
	parts := []part{{fmt.Sprintf("%.4g/s (limit %s)", round(p.window.rate(now)), p.limit), 6}}
	if p.down {
		parts = append(parts, part{"the API is down", 0})
	}
	if p.pausedUntil.After(now) {
		left := display.Short(p.pausedUntil.Sub(now))
		parts = append(parts, part{fmt.Sprintf("paused %s: %s", left, pauseText(p.pauseReason)), 2})
	}
	return parts
}

func pauseText(r pace.Reason) string {
	if r == pace.RetryAfter {
		return "the API asked to wait"
	}
	return "rate limited"
}

// round leaves one decimal.
func round(f float64) float64 { return float64(int(f*10+0.5)) / 10 }
