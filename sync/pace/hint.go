package pace

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Hint is what a server says about its limit in the headers of an answer. The zero
// Hint says nothing. A hint can be plainly wrong, so it can only slow the run down,
// and only as long as what the server does doesn't contradict it.
type Hint struct {
	Remaining float64       // requests left in it; matters only if Reset is set
	Reset     time.Duration // until there are more; 0: not said
}

// ParseHint reads a Hint from the headers of an answer: RateLimit as the IETF drafts
// have it, RateLimit-*, X-RateLimit-* and X-Rate-Limit-*. A reset is a number of seconds, or a time in seconds or
// milliseconds since 1970, which is measured from now: by the server's own clock,
// if the answer tells it. What cannot be read is ignored.
func ParseHint(h http.Header, now time.Time) Hint {
	if hint, ok := structured(h); ok {
		return hint
	}
	for _, prefix := range []string{"Ratelimit-", "X-Ratelimit-", "Rate-Limit-", "X-Rate-Limit-"} {
		remaining, ok := number(h.Get(prefix + "Remaining"))
		reset, timed := number(h.Get(prefix + "Reset"))
		if !ok || !timed {
			continue
		}
		return Hint{Remaining: remaining, Reset: resetIn(reset, now)}
	}
	return Hint{}
}

// structured reads RateLimit: "name";r=5;t=30, or the older
// RateLimit: limit=10, remaining=5, reset=30.
func structured(h http.Header) (Hint, bool) {
	remaining, reset := math.NaN(), math.NaN()
	text := strings.Join(h.Values("RateLimit"), ",")
	if len(text) > 1024 {
		return Hint{}, false
	}
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ';' || r == ',' }) {
		key, value, _ := strings.Cut(part, "=")
		n, ok := number(value)
		if !ok {
			continue
		}
		switch strings.ToLower(strings.TrimSpace(key)) {
		case "r", "remaining":
			// Of several limits, the one with the least left counts.
			if math.IsNaN(remaining) || n < remaining {
				remaining, reset = n, math.NaN()
			}
		case "t", "reset":
			if math.IsNaN(reset) {
				reset = n
			}
		}
	}
	if math.IsNaN(remaining) || math.IsNaN(reset) {
		return Hint{}, false
	}
	return Hint{Remaining: remaining, Reset: time.Duration(min(reset, 1e6) * float64(time.Second))}, true
}

func number(text string) (float64, bool) {
	text, _, _ = strings.Cut(text, ",")
	text, _, _ = strings.Cut(text, ";")
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	return n, err == nil && n >= 0 && n < 1e15
}

// resetIn tells a number of seconds from a time since 1970.
func resetIn(n float64, now time.Time) time.Duration {
	switch {
	case n > 1e11:
		n = n/1000 - float64(now.UnixMilli())/1000
	case n > 1e9:
		n -= float64(now.UnixMilli()) / 1000
	}
	return time.Duration(max(0, min(n, 1e6)) * float64(time.Second))
}

// hints records how far the server's hints are trusted.
type hints struct {
	trust       int     // below 0: not at all; 0: for a few seconds; above: as they are
	from, until float64 // the time for which the server said that nothing is left
	waiting     bool    // a refusal waits for until
}

const (
	unprovenWait = 5.0  // seconds to wait at most for a hint that has proved nothing yet
	provenWait   = 60.0 // seconds for one that has
	hintRounding = 1.0  // seconds: hints count in whole ones
)

// refused returns how long to wait after a refusal that names no time.
func (h *hints) refused(t float64, hint Hint) time.Duration {
	reset := hint.Reset.Seconds()
	if reset <= 0 || hint.Remaining >= 1 || h.trust < 0 {
		return 0
	}
	h.from, h.until, h.waiting = t, t+reset, true
	return time.Duration(min(reset, h.longestWait()) * float64(time.Second))
}

func (h *hints) longestWait() float64 {
	if h.trust > 0 {
		return provenWait
	}
	return unprovenWait
}

// accepted records an accepted request, and returns how many seconds to pause
// because nothing is left.
func (h *hints) accepted(t, start float64, hint Hint) float64 {
	if h.until > 0 && start > h.from {
		switch {
		case start < h.until-hintRounding-0.1*(h.until-h.from):
			h.trust -= 2
		case h.waiting:
			h.trust = min(h.trust+1, 3)
		}
		h.until, h.waiting = 0, false
	}
	reset := hint.Reset.Seconds()
	if reset <= 0 || hint.Remaining >= 1 {
		return 0
	}
	if h.until == 0 {
		h.from, h.until = t, t+reset
	}
	if h.trust <= 0 {
		return 0
	}
	return min(reset, provenWait)
}
