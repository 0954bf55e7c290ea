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
		if !isLimit(name) {
			continue
		}
		if found == nil {
			found = http.Header{}
		}
		found[name] = values
	}
	return found
}

// isLimit tells the headers about limits by their names, in net/http's spelling.
func isLimit(name string) bool {
	name = strings.TrimPrefix(name, "X-")
	rest, ok := strings.CutPrefix(name, "Ratelimit")
	if !ok {
		rest, ok = strings.CutPrefix(name, "Rate-Limit")
	}
	return ok && (rest == "" || rest[0] == '-')
}
