package api

import (
	"net/http"
	"strings"
)

// limits returns the headers about rate limits (RateLimit, RateLimit-*,
// X-RateLimit-*, X-Rate-Limit-*) unchanged; nil if there are none. The pace
// interprets them.
func limits(h http.Header) http.Header {
	var found http.Header
	for name, values := range h {
		plain := strings.TrimPrefix(strings.ToLower(name), "x-")
		plain = strings.Replace(plain, "rate-limit", "ratelimit", 1)
		if plain != "ratelimit" && !strings.HasPrefix(plain, "ratelimit-") {
			continue
		}
		if found == nil {
			found = http.Header{}
		}
		found[name] = values
	}
	return found
}
