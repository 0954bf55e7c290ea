// Package flags adds to pflag: flags that can be off, flags for one of several words,
// flags for a time of day, and a way to record flags and to restore them.
package flags

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/pflag"
)

// Off is the value of a flag that is not in use, and its default. On the command line it
// also switches off a flag that a resumed run has recorded.
const Off = "off"

// errOff says what a number of 0 probably meant.
var errOff = errors.New("it must be more than 0; leave the flag out, or set it to off, to do without")

// offInt is a number of at least 1, or off, which is stored as 0. The text "0" is an error,
// because it would be misunderstood: a limit of 0 rows is not meant to be no limit.
type offInt struct{ n *int }

// AddOffInt adds a flag for a number of at least 1, or off, which is stored as 0.
func AddOffInt(f *pflag.FlagSet, n *int, name, usage string) { f.Var(offInt{n}, name, usage) }

func (o offInt) Set(text string) error {
	if text == Off {
		*o.n = 0
		return nil
	}
	n, err := strconv.Atoi(text)
	switch {
	case err != nil:
		return fmt.Errorf("%q is not a whole number", text)
	case n < 1:
		return errOff
	}
	*o.n = n
	return nil
}

func (o offInt) String() string {
	if o.n == nil || *o.n == 0 {
		return Off
	}
	return strconv.Itoa(*o.n)
}

func (offInt) Type() string { return "int" }

// offDuration is a positive duration, or off, which is stored as 0.
type offDuration struct{ d *time.Duration }

// AddOffDuration adds a flag for a positive duration, or off, which is stored as 0.
func AddOffDuration(f *pflag.FlagSet, d *time.Duration, name, usage string) {
	f.Var(offDuration{d}, name, usage)
}

func (o offDuration) Set(text string) error {
	if text == Off {
		*o.d = 0
		return nil
	}
	d, err := time.ParseDuration(text)
	switch {
	case err != nil:
		return fmt.Errorf("%q is not a time, for example 90s, 20m or 3h45m", text)
	case d <= 0:
		return errOff
	}
	*o.d = d
	return nil
}

func (o offDuration) String() string {
	if o.d == nil || *o.d == 0 {
		return Off
	}
	return o.d.String()
}

func (offDuration) Type() string { return "duration" }
