package sandbox

import (
	"net/http"
)

// inspectionBase is the path below which a sandbox tells what it received.
const inspectionBase = "/_sandbox/"

// inspection serves what a sandbox knows, for tests and people in another
// process.
func (s *Sandbox) inspection() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+inspectionBase+"stats", func(w http.ResponseWriter, r *http.Request) {
		jsonAnswer(http.StatusOK, s.Stats()).send(w)
	})
	mux.HandleFunc("GET "+inspectionBase+"tracks/{id}", func(w http.ResponseWriter, r *http.Request) {
		st, ok := s.Track(routeOf(base + "background_tracks/" + r.PathValue("id")).id)
		if !ok {
			failure(http.StatusNotFound).send(w)
			return
		}
		jsonAnswer(http.StatusOK, st).send(w)
	})
	if s.config.KeepRequests > 0 {
		mux.HandleFunc("GET "+inspectionBase+"requests", func(w http.ResponseWriter, r *http.Request) {
			s.mu.Lock()
			events := s.journal.requests()
			s.mu.Unlock()
			jsonAnswer(http.StatusOK, events).send(w)
		})
	}
	return mux
}
