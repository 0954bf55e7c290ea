package sandbox

import (
	"net/http"
)

// inspectionBase is the path of what a sandbox tells about itself.
const inspectionBase = "/_sandbox/"

// inspection serves the counters, for tests and people in another process.
func (s *Sandbox) inspection() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+inspectionBase+"stats", func(w http.ResponseWriter, r *http.Request) {
		jsonAnswer(http.StatusOK, s.Stats()).send(w)
	})
	return mux
}
