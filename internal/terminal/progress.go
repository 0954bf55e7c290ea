package terminal

import (
	"fmt"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"tracksync/internal/track"
	engine "tracksync/sync"
	"tracksync/sync/pace"
)

// logEvery is the time between two log lines where there is no terminal.
const logEvery = 10 * time.Second

// Progress says how far a run is: a bar on a terminal, a log line every ten
// seconds elsewhere. One goroutine owns it.
type Progress struct {
	ProgressOptions
	logged time.Time
	window rateWindow

	done, failed int
	pausedUntil  time.Time
	pauseReason  pace.Reason
	read         engine.Reading // how far the reading of the state is
	limit        string         // the rate in force
	down         bool           // the API is
}

// ProgressOptions say what a Progress is about, and where it goes.
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

// NewProgress returns the progress of what begins now.
func NewProgress(o ProgressOptions) *Progress {
	return &Progress{ProgressOptions: o, logged: o.Started, done: o.Before, limit: limitText(o.Limit)}
}

// Reading takes how far the reading of the state is.
func (p *Progress) Reading(r engine.Reading) { p.read = r }

// Result takes the result of a row.
func (p *Progress) Result(r track.Result) {
	if p.Survey { // that is over
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

// Attempt takes that a request started, and the rate in force.
func (p *Progress) Attempt(now time.Time, limit pace.Rate) {
	p.window.add(now)
	p.limit = limitText(limit)
}

// limitText says a rate in force shortly.
func limitText(r pace.Rate) string {
	switch {
	case r >= 10_000:
		return "none"
	case r >= 100:
		return fmt.Sprintf("%.0f/s", float64(r))
	}
	return fmt.Sprintf("%.3g/s", float64(r))
}

// Down takes whether the API is down.
func (p *Progress) Down(down bool) { p.down = down }

// Pause takes that the run waits.
func (p *Progress) Pause(q pace.Pause) { p.pausedUntil, p.pauseReason = q.Until, q.Reason }

// Tick shows where the run stands.
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
		p.Log.Info().Int("tracks", p.read.Seen).Int("calls", p.read.Calls).Float64("rate", round(p.window.rate(now))).
			Str("limit", p.limit).Msg("reading the state")
		return
	}
	ev := p.Log.Info().Int("done", p.done).Int("rows", p.Rows).Int("failed", p.failed).
		Float64("rate", round(p.window.rate(now))).Str("limit", p.limit)
	if p.down {
		ev = ev.Bool("api_down", true)
	}
	if p.pausedUntil.After(now) {
		ev = ev.Str("paused", string(p.pauseReason)).Str("pause_left", Short(p.pausedUntil.Sub(now)))
	}
	if left, ok := p.left(now); ok {
		ev = ev.Str("left", Short(left))
	}
	ev.Msg("progress")
}

// End takes the bar away.
func (p *Progress) End() {
	if p.Screen != nil {
		p.Screen.Show("")
	}
}

// left estimates the time that the run still takes, from its speed so far.
func (p *Progress) left(now time.Time) (time.Duration, bool) {
	elapsed := now.Sub(p.Started)
	if p.done == p.Before || elapsed < 2*time.Second {
		return 0, false
	}
	perRow := elapsed / time.Duration(p.done-p.Before)
	return perRow * time.Duration(p.Rows-p.done), true
}

const barWidth = 24

// readingText is the status line while the state is read.
func (p *Progress) readingText(now time.Time) string {
	text := "reading the state · " + Count(p.read.Seen, "track")
	if p.read.Wanted > 0 {
		text += " of " + Thousands(p.read.Wanted)
	}
	text += fmt.Sprintf(" · %s · %.4g/s (limit %s)", Count(p.read.Calls, "call"), round(p.window.rate(now)), p.limit)
	if p.down {
		text += " · the API is down"
	}
	if p.pausedUntil.After(now) {
		text += fmt.Sprintf(" · paused %s: %s", Short(p.pausedUntil.Sub(now)), pauseText(p.pauseReason))
	}
	return cut(text, p.Width()-1)
}

// bar is the status line, as much of it as the terminal is wide.
func (p *Progress) bar(now time.Time) string {
	if p.Survey {
		return p.readingText(now)
	}
	share := 1.0
	if p.Rows > 0 {
		share = float64(p.done) / float64(p.Rows)
	}
	full := min(barWidth, int(share*barWidth))
	parts := []string{fmt.Sprintf("%s / %s rows", Thousands(p.done), Thousands(p.Rows)), fmt.Sprintf("%d%%", int(share*100))}
	if p.failed > 0 {
		parts = append(parts, fmt.Sprintf("%s failed", Thousands(p.failed)))
	}
	parts = append(parts, fmt.Sprintf("%.4g/s (limit %s)", round(p.window.rate(now)), p.limit))
	if p.down {
		parts = append(parts, "the API is down")
	}
	if p.pausedUntil.After(now) {
		parts = append(parts, fmt.Sprintf("paused %s: %s", Short(p.pausedUntil.Sub(now)), pauseText(p.pauseReason)))
	}
	if left, ok := p.left(now); ok {
		parts = append(parts, Short(left)+" left")
	}
	bar := strings.Repeat("█", full) + strings.Repeat("░", barWidth-full)
	text := strings.Join(parts, " · ")
	room := p.Width() - 1 - barWidth - 1
	if room < 10 { // too narrow for a bar
		return cut(text, p.Width()-1)
	}
	text = cut(text, room)
	if p.Color {
		bar = "\x1b[36m" + bar + "\x1b[0m"
	}
	return bar + " " + text
}

func pauseText(r pace.Reason) string {
	if r == pace.RetryAfter {
		return "the API asked to wait"
	}
	return "rate limited"
}
