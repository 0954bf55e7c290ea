package display

import (
	"fmt"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/dustin/go-humanize/english"
)

// Thousands is n with its thousands apart: 1,204,331.
func Thousands(n int) string { return humanize.Comma(int64(n)) }

// Count is n of a thing: "1 row", "2,000 rows", "3 entries".
func Count(n int, thing string) string { return Thousands(n) + " " + english.PluralWord(n, thing, "") }

// Short is a duration for a line that is short of room: 450ms, 12s, 3m20s, 2h05m.
func Short(d time.Duration) string {
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

// Long is a duration for a report: 412 ms, 9.9 s, 3 m 20 s, 2 h 5 m.
func Long(d time.Duration) string {
	if d = d.Round(time.Millisecond); d < time.Second {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	if d = d.Round(100 * time.Millisecond); d < time.Minute {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	if d = d.Round(time.Second); d < time.Hour {
		return fmt.Sprintf("%d m %d s", d/time.Minute, d%time.Minute/time.Second)
	}
	d = d.Round(time.Minute)
	return fmt.Sprintf("%s h %d m", Thousands(int(d/time.Hour)), d%time.Hour/time.Minute)
}

// Age is how long ago something was, in one unit: 12s, 3m, 5h, 12d.
func Age(d time.Duration) string {
	switch d = max(d, 0); {
	case d < time.Minute:
		return fmt.Sprintf("%ds", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%dm", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", d/time.Hour)
	}
	return fmt.Sprintf("%sd", Thousands(int(d/(24*time.Hour))))
}
