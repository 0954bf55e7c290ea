package flags

import (
	"fmt"
	"time"

	"github.com/spf13/pflag"
)

// Until is when a command must have ended: an instant, or a local time of day, which means
// its next occurrence.
type Until struct {
	Text    string // as the user wrote it; empty: never
	instant bool
	clock   time.Time // for a time of day, the date does not count
}

// daily are the formats of a time of day.
var daily = []string{"15:04", "15:04:05"}

// ParseUntil reads 06:00, or a date with time and zone.
func ParseUntil(text string) (Until, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return Until{text, true, at}, nil
	}
	for _, form := range daily {
		if at, err := time.Parse(form, text); err == nil {
			return Until{text, false, at}, nil
		}
	}
	return Until{},
		fmt.Errorf("%q is neither a time of day, for example 06:00, nor a date with time and zone, for example "+
			"2026-11-24T06:00:00Z", text)
}

// After is the instant for a process that began at begun. A time of day is the next one
// after that, so that a job that starts at night ends in the morning.
func (u Until) After(begun time.Time) time.Time {
	if u.instant {
		return u.clock
	}
	y, m, d := begun.Date()
	at := func(day int) time.Time {
		return time.Date(y, m, day, u.clock.Hour(), u.clock.Minute(), u.clock.Second(), 0, begun.Location())
	}
	if today := at(d); today.After(begun) {
		return today
	}
	return at(d + 1)
}

// offUntil is the flag.
type offUntil struct{ u *Until }

// AddOffUntil adds a flag for a time by the clock, or off.
func AddOffUntil(f *pflag.FlagSet, u *Until, name, usage string) { f.Var(offUntil{u}, name, usage) }

func (o offUntil) Set(text string) (err error) {
	if text == Off {
		*o.u = Until{}
		return nil
	}
	*o.u, err = ParseUntil(text)
	return err
}

func (o offUntil) String() string {
	if o.u == nil || o.u.Text == "" {
		return Off
	}
	return o.u.Text
}

func (offUntil) Type() string { return "time" }
