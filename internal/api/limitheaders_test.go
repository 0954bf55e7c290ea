package api

import (
	"net/http"
	"testing"
)

func TestLimits(t *testing.T) {
	h := http.Header{}
	if limits(h) != nil {
		t.Error("there is something in nothing")
	}
	for _, name := range []string{"RateLimit", "RateLimit-Policy", "RateLimit-Remaining",
		"X-RateLimit-Limit", "X-Ratelimit-Reset", "X-Rate-Limit-Remaining", "Rate-Limit-Reset"} {
		h.Set(name, "1")
	}
	want := len(h)
	for _, name := range []string{"Retry-After", "X-Api-Key", "Ratelimits", "X-Rate-Limiter", "Rate-Limits-Of",
		"Date"} {
		h.Set(name, "1")
	}
	got := limits(h)
	if len(got) != want || got.Get("X-RateLimit-Limit") != "1" || got.Get("RateLimit") != "1" {
		t.Errorf("%v", got)
	}
}
