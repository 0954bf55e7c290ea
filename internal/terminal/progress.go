package terminal

import (
	"fmt"
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
	window rateWindow

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
	Color  bool

	Rows    int // of the run
	Before  int // rows done before it was resumed
	Started time.Time
	Limit   pace.Rate // at the start
	Survey  bool      // the state is read, before the rows
}

// NewProgress returns the progress of a run that begins now.
func NewProgress(o ProgressOptions) *Progress {
	return &Progress{ProgressOptions: o, logged: o.Started, done: o.Before, limit: limitText(o.Limit)}
}

// Reading updates how far the reading of the state is.
func (p *Progress) Reading(r Reading) { p.read = r }

// Result counts the result of a row.
func (p *Progress) Result(r track.Result) {
	if p.Survey { // the state was read
		p.Survey, p.Started = false, r.FinishedAt
	}
	if r.Status == track.NotAttempted {
		return
	}
	p.done++
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

// left estimates the remaining time from the speed so far. It reports false while that
// would be a guess.
func (p *Progress) left(now time.Time) (time.Duration, bool) {
	elapsed := now.Sub(p.Started)
	if p.done == p.Before || elapsed < 2*time.Second {
		return 0, false
	}
	perRow := elapsed / time.Duration(p.done-p.Before)
	return perRow * time.Duration(p.Rows-p.done), true
}

const barWidth = 24

// bar is the status line, shortened to the width of the terminal.
func (p *Progress) bar(now time.Time) string {
	if p.Survey {
		return display.Fit(strings.Join(p.surveyParts(now), " · "), p.Width()-1)
	}
	share := 1.0
	if p.Rows > 0 {
		share = float64(p.done) / float64(p.Rows)
	}
	text := strings.Join(p.rowParts(now, share), " · ")
	room := p.Width() - 1 - barWidth - 1
	if room < 10 { // too narrow for a bar
		return display.Fit(text, p.Width()-1)
	}
	full := min(barWidth, int(share*barWidth))
	bar := strings.Repeat("█", full) + strings.Repeat("░", barWidth-full)
	if p.Color {
		bar = "\x1b[36m" + bar + "\x1b[0m"
	}
	return bar + " " + display.Fit(text, room)
}

// surveyParts are what is told while the state is read.
func (p *Progress) surveyParts(now time.Time) []string {
	seen := display.Count(p.read.Seen, "track")
	if p.read.Wanted > 0 {
		seen += " of " + display.Thousands(p.read.Wanted)
	}
	return append([]string{"reading the state", seen, display.Count(p.read.Calls, "call")}, p.paceParts(now)...)
}

// rowParts are what is told while rows are sent, of which a share is done.
func (p *Progress) rowParts(now time.Time, share float64) []string {
	parts := []string{
		display.Thousands(p.done) + " / " + display.Thousands(p.Rows) + " rows",
		fmt.Sprintf("%d%%", int(share*100)),
	}
	if p.failed > 0 {
		parts = append(parts, display.Thousands(p.failed)+" failed")
	}
	parts = append(parts, p.paceParts(now)...)
	if left, ok := p.left(now); ok {
		parts = append(parts, display.Short(left)+" left")
	}
	return parts
}

// paceParts are how fast requests go, and what stops them.
func (p *Progress) paceParts(now time.Time) []string {
	parts := []string{fmt.Sprintf("%.4g/s (limit %s)", round(p.window.rate(now)), p.limit)}
	if p.down {
		parts = append(parts, "the API is down")
	}
	if p.pausedUntil.After(now) {
		left := display.Short(p.pausedUntil.Sub(now))
		parts = append(parts, fmt.Sprintf("paused %s: %s", left, pauseText(p.pauseReason)))
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
