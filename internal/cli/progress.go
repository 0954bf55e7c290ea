package cli

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rs/zerolog"

	"tracksync/internal/track"
	engine "tracksync/sync"
	"tracksync/sync/pace"
)

// logEvery is the time between two log lines where there is no terminal.
const logEvery = 10 * time.Second

// progress says how far a run is: a bar on a terminal, a log line every ten
// seconds elsewhere. One goroutine owns it.
type progress struct {
	log    zerolog.Logger
	screen *screen // nil: no bar
	width  func() int
	color  bool

	total   int // rows of the run
	before  int // rows done before it was resumed
	started time.Time
	logged  time.Time
	window  rateWindow

	done, failed int
	pausedUntil  time.Time
	pauseReason  pace.Reason
	surveying    bool           // the state is read, before the rows
	read         engine.Reading // how far that is
	limit        string         // the rate in force
	down         bool           // the API is
}

// reading takes how far the reading of the state is.
func (p *progress) reading(r engine.Reading) { p.read = r }

func (p *progress) result(r track.Result) {
	if p.surveying { // that is over
		p.surveying, p.started = false, r.FinishedAt
	}
	if r.Status == track.NotAttempted {
		return
	}
	p.done++
	if !r.Status.Success() {
		p.failed++
	}
}

func (p *progress) attempt(now time.Time, limit pace.Rate) {
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

func (p *progress) pause(q pace.Pause) { p.pausedUntil, p.pauseReason = q.Until, q.Reason }

// tick shows where the run stands.
func (p *progress) tick(now time.Time) {
	if p.screen != nil {
		p.screen.show(p.bar(now))
		return
	}
	if now.Sub(p.logged) < logEvery {
		return
	}
	p.logged = now
	if p.surveying {
		p.log.Info().Int("tracks", p.read.Seen).Int("calls", p.read.Calls).Float64("rate", round(p.window.rate(now))).
			Str("limit", p.limit).Msg("reading the state")
		return
	}
	ev := p.log.Info().Int("done", p.done).Int("rows", p.total).Int("failed", p.failed).
		Float64("rate", round(p.window.rate(now))).Str("limit", p.limit)
	if p.down {
		ev = ev.Bool("api_down", true)
	}
	if p.pausedUntil.After(now) {
		ev = ev.Str("paused", string(p.pauseReason)).Str("pause_left", short(p.pausedUntil.Sub(now)))
	}
	if left, ok := p.left(now); ok {
		ev = ev.Str("left", short(left))
	}
	ev.Msg("progress")
}

// end takes the bar away.
func (p *progress) end() {
	if p.screen != nil {
		p.screen.show("")
	}
}

// left estimates the time that the run still takes, from its speed so far.
func (p *progress) left(now time.Time) (time.Duration, bool) {
	elapsed := now.Sub(p.started)
	if p.done == p.before || elapsed < 2*time.Second {
		return 0, false
	}
	perRow := elapsed / time.Duration(p.done-p.before)
	return perRow * time.Duration(p.total-p.done), true
}

const barWidth = 24

// readingText is the status line while the state is read.
func (p *progress) readingText(now time.Time) string {
	text := "reading the state · " + count(p.read.Seen, "track")
	if p.read.Wanted > 0 {
		text += " of " + thousands(p.read.Wanted)
	}
	text += fmt.Sprintf(" · %s · %.4g/s (limit %s)", count(p.read.Calls, "call"), round(p.window.rate(now)), p.limit)
	if p.down {
		text += " · the API is down"
	}
	if p.pausedUntil.After(now) {
		text += fmt.Sprintf(" · paused %s: %s", short(p.pausedUntil.Sub(now)), pauseText(p.pauseReason))
	}
	return cut(text, p.width()-1)
}

// bar is the status line, as much of it as the terminal is wide.
func (p *progress) bar(now time.Time) string {
	if p.surveying {
		return p.readingText(now)
	}
	share := 1.0
	if p.total > 0 {
		share = float64(p.done) / float64(p.total)
	}
	full := min(barWidth, int(share*barWidth))
	parts := []string{fmt.Sprintf("%s / %s rows", thousands(p.done), thousands(p.total)), fmt.Sprintf("%d%%", int(share*100))}
	if p.failed > 0 {
		parts = append(parts, fmt.Sprintf("%s failed", thousands(p.failed)))
	}
	parts = append(parts, fmt.Sprintf("%.4g/s (limit %s)", round(p.window.rate(now)), p.limit))
	if p.down {
		parts = append(parts, "the API is down")
	}
	if p.pausedUntil.After(now) {
		parts = append(parts, fmt.Sprintf("paused %s: %s", short(p.pausedUntil.Sub(now)), pauseText(p.pauseReason)))
	}
	if left, ok := p.left(now); ok {
		parts = append(parts, short(left)+" left")
	}
	bar := strings.Repeat("█", full) + strings.Repeat("░", barWidth-full)
	text := strings.Join(parts, " · ")
	room := p.width() - 1 - barWidth - 1
	if room < 10 { // too narrow for a bar
		return cut(text, p.width()-1)
	}
	text = cut(text, room)
	if p.color {
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

// cut shortens text to width characters.
func cut(text string, width int) string {
	if utf8.RuneCountInString(text) <= width {
		return text
	}
	if width < 1 {
		return ""
	}
	return string([]rune(text)[:width-1]) + "…"
}

// rateWindow measures requests a second over the last seconds.
type rateWindow struct {
	counts [windowSeconds]int
	newest int64 // the second, since 1970, of the latest count
	first  time.Time
}

const windowSeconds = 10

func (w *rateWindow) add(now time.Time) {
	if w.first.IsZero() {
		w.first = now
	}
	w.advance(now)
	w.counts[now.Unix()%windowSeconds]++
}

// advance forgets the seconds that have left the window.
func (w *rateWindow) advance(now time.Time) {
	for s := max(w.newest+1, now.Unix()-windowSeconds+1); s <= now.Unix(); s++ {
		w.counts[s%windowSeconds] = 0
	}
	w.newest = max(w.newest, now.Unix())
}

func (w *rateWindow) rate(now time.Time) float64 {
	if w.first.IsZero() {
		return 0
	}
	w.advance(now)
	sum := 0
	for _, n := range w.counts {
		sum += n
	}
	// The window holds nine whole seconds and what has passed of this one.
	span := float64(windowSeconds-1) + float64(now.Nanosecond())/1e9
	return float64(sum) / max(1, min(span, now.Sub(w.first).Seconds()))
}

func round(f float64) float64 { return float64(int(f*10+0.5)) / 10 }

// short says a duration as people do: 450ms, 12s, 3m20s, 2h05m.
func short(d time.Duration) string {
	switch {
	case d < time.Second:
		return d.Round(10 * time.Millisecond).String()
	case d < time.Minute:
		return d.Round(time.Second).String()
	case d < time.Hour:
		d = d.Round(time.Second)
		return fmt.Sprintf("%dm%02ds", d/time.Minute, d%time.Minute/time.Second)
	}
	d = d.Round(time.Minute)
	return fmt.Sprintf("%dh%02dm", d/time.Hour, d%time.Hour/time.Minute)
}

// thousands writes n with separators.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// count says n of a thing: "1 row", "2,000 rows".
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return thousands(n) + " " + thing + "s"
}
