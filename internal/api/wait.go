package api

import (
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// read fills in what a header says about waiting and limits.
func (a *Answer) read(h http.Header, d *dates) {
	a.Date = d.parse(h.Get("Date"))
	if h.Get("Retry-After") != "" {
		a.RetryAfter = retryAfter(h, time.Now(), a.Date)
	}
	a.Limits = limits(h)
}

// dates parses the dates of answers. Those of one second have the same, and are many.
// It is safe for concurrent use.
type dates struct{ latest atomic.Pointer[date] }

type date struct {
	text string
	at   time.Time
}

// parse returns the zero time for what is no date.
func (d *dates) parse(text string) time.Time {
	if latest := d.latest.Load(); latest != nil && latest.text == text {
		return latest.at
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return time.Time{}
	}
	d.latest.Store(&date{text, at})
	return at
}

// asksToWait reports whether an answer tells all workers to wait. Then act on the
// header at once: a server may send the body very slowly.
func asksToWait(a Answer) bool {
	return a.Status/100 != 2 && (a.Status == http.StatusTooManyRequests || a.RetryAfter > 0)
}

// retryAfter parses a Retry-After header: seconds, or a date. A date is compared with
// the server's own clock if the answer has a Date. A value that cannot be parsed
// counts as none.
func retryAfter(h http.Header, now, date time.Time) time.Duration {
	text := h.Get("Retry-After")
	if text == "" {
		return 0
	}
	// ParseFloat would also accept words and hexadecimal numbers.
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
