package cli

import (
	"fmt"
	"time"

	"github.com/spf13/pflag"
)

// until is when a command shall have ended: a local time of day, of which the next
// is meant, or an instant.
type until struct {
	text    string // as it was given; empty: never
	instant bool
	clock   time.Time // of a time of day only the time of day counts
}

// daily are the forms of a time of day.
var daily = []string{"15:04", "15:04:05"}

func parseUntil(text string) (until, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return until{text, true, at}, nil
	}
	for _, form := range daily {
		if at, err := time.Parse(form, text); err == nil {
			return until{text, false, at}, nil
		}
	}
	return until{}, fmt.Errorf("%q is no time of day, for example 06:00, and no date with time and zone, for example 2026-11-24T06:00:00Z", text)
}

// after is when it is for a process that began at begun. A time of day is the next
// one, so that a job of the night ends in the morning.
func (u until) after(begun time.Time) time.Time {
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
type offUntil struct{ u *until }

func addOffUntil(f *pflag.FlagSet, u *until, name, usage string) { f.Var(offUntil{u}, name, usage) }

func (o offUntil) Set(text string) (err error) {
	if text == off {
		*o.u = until{}
		return nil
	}
	*o.u, err = parseUntil(text)
	return err
}

func (o offUntil) String() string {
	if o.u == nil || o.u.text == "" {
		return off
	}
	return o.u.text
}

func (offUntil) Type() string { return "time" }
