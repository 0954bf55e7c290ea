package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// read takes from an answer's header what it says about time.
func (a *Answer) read(h http.Header) {
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		a.Date = date
	}
	a.RetryAfter = retryAfter(h, time.Now(), a.Date)
	a.Limits = limits(h)
}

// asksToWait reports whether an answer tells everyone to wait, so that its body
// must not be waited for: a server may send it as slowly as it likes.
func asksToWait(a Answer) bool {
	return a.Status/100 != 2 && (a.Status == http.StatusTooManyRequests || a.RetryAfter > 0)
}

type earlyKey struct{}

// WithEarly returns a context in which a call tells of an answer that asks to wait
// as soon as its header is there, before the call returns. tell is called at most
// once a call, in the call's goroutine, and must not block.
func WithEarly(ctx context.Context, tell func(Answer)) context.Context {
	return context.WithValue(ctx, earlyKey{}, tell)
}

func tellEarly(ctx context.Context, a Answer) {
	if tell, ok := ctx.Value(earlyKey{}).(func(Answer)); ok {
		tell(a)
	}
}

// retryAfter reads the header of that name: seconds, or a date, which is
// measured against the server's own clock where the answer tells it. What
// cannot be read asks for nothing.
func retryAfter(h http.Header, now, date time.Time) time.Duration {
	text := h.Get("Retry-After")
	if text == "" {
		return 0
	}
	// ParseFloat also knows words and hexadecimal numbers.
	if s, err := strconv.ParseFloat(text, 64); err == nil && strings.Trim(text, "0123456789.") == "" {
		const most = float64(1<<62) / float64(time.Second)
		return time.Duration(min(s, most) * float64(time.Second))
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	if !date.IsZero() {
		now = date
	}
	return max(0, at.Sub(now))
}
