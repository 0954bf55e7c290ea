package pace

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Rate is a number of requests per second: positive, or Unlimited.
type Rate float64

// Unlimited is the rate that imposes no limit.
const Unlimited Rate = Rate(math.MaxFloat64)

// maxRate bounds what ParseRate accepts, so that a typing mistake is not read as a
// rate.
const maxRate = 1_000_000

// ParseRate reads a rate as people write it: "20", "20/s", "600/m", "3600/h",
// or "unlimited". A bare number is per second.
func ParseRate(s string) (Rate, error) {
	text := strings.TrimSpace(s)
	if strings.EqualFold(text, "unlimited") {
		return Unlimited, nil
	}
	number, unit, _ := strings.Cut(text, "/")
	per := time.Second
	if strings.Contains(text, "/") {
		switch strings.ToLower(strings.TrimSpace(unit)) {
		case "s", "sec", "second":
		case "m", "min", "minute":
			per = time.Minute
		case "h", "hour":
			per = time.Hour
		default:
			return 0, fmt.Errorf("rate %q: the unit is s, m or h, as in 20/s, 600/m or 3600/h", s)
		}
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	r := n / per.Seconds()
	switch {
	case err != nil || math.IsNaN(n):
		return 0, fmt.Errorf("rate %q is not a number of requests, for example 20/s or 600/m", s)
	case n <= 0:
		return 0, fmt.Errorf("rate %q must be more than 0", s)
	case r > maxRate:
		return 0, fmt.Errorf("rate %q is more than %d per second: use unlimited for no limit", s, maxRate)
	case r < 1.0/3600:
		return 0, fmt.Errorf("rate %q is less than one request an hour", s)
	}
	return Rate(r), nil
}

// String formats the rate as ParseRate reads it, in the unit that suits it best.
func (r Rate) String() string {
	switch {
	case r == Unlimited:
		return "unlimited"
	case r < 1.0/60:
		return trim(float64(r)*3600) + "/h"
	case r < 1:
		return trim(float64(r)*60) + "/m"
	}
	return trim(float64(r)) + "/s"
}

func trim(f float64) string { return strconv.FormatFloat(math.Round(f*1000)/1000, 'f', -1, 64) }

// Time returns how long n requests take at least at this rate; 0 for Unlimited.
func (r Rate) Time(n int) time.Duration {
	if r == Unlimited || n <= 1 {
		return 0
	}
	d := float64(n-1) / float64(r) * float64(time.Second)
	if d > math.MaxInt64/2 {
		return math.MaxInt64 / 2
	}
	return time.Duration(d)
}
