package sync

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	gosync "sync"
	"testing"
	"testing/synctest"
	"time"

	"tracksync/internal/track"
)

// dripping is a server that refuses the first request: its header comes at once, and its
// body only after the time body. It answers the others within 50 ms. header is called for
// each answer. It records when requests came.
func dripping(status int, body time.Duration, header func(nth int, h http.Header)) (answer http.HandlerFunc,
	starts func() []time.Duration) {
	var mu gosync.Mutex
	var came []time.Duration
	begun := time.Now()
	answer = func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		came = append(came, time.Since(begun))
		nth := len(came)
		mu.Unlock()
		header(nth, w.Header())
		if nth == 1 {
			w.WriteHeader(status)
			_ = http.NewResponseController(w).Flush()
			time.Sleep(body)
			_, _ = io.WriteString(w, `{"message":"slowly"}`)
			return
		}
		time.Sleep(50 * time.Millisecond)
		var id track.ID
		_, _ = fmt.Sscanf(r.URL.Path, "/v1/background_tracks/%d", &id)
		_, _ = fmt.Fprintf(w, `{"id":%d}`, id)
	}
	return answer, func() []time.Duration {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(came)
	}
}

// What an answer's header asks for applies at once, even if its body takes long.
func TestAHeaderCountsBeforeItsBody(t *testing.T) {
	for name, status := range map[string]int{"a limit": 429, "unavailable": 503} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				answer, starts := dripping(status, 20*time.Second, func(nth int, h http.Header) {
					if nth == 1 {
						h.Set("Retry-After", "7")
					}
				})
				client := clientOf(t, answer, func() error { return nil }, nil)
				sink := &recorder{}
				end, err := New(client, sink, Options{Rate: 5}).Run(t.Context(), rows(30), sink)
				if err != nil || end.Reason != Completed {
					t.Fatalf("%v, %v", end, err)
				}
				want(t, sink, map[track.Status]int{track.Updated: 30})
				came := starts()
				if len(came) != 31 || came[1] < 7*time.Second || came[1] > 8*time.Second {
					t.Errorf("%d requests, the second after %v; want 31 and 7s", len(came), came[1])
				}
				if n := len(sink.pauses); n != 1 {
					t.Errorf("%d pauses: %v", n, sink.pauses)
				}
			})
		})
	}
}

// The headers about a limit are read in all spellings. A time to retry is compared with
// the clock of the server that sends it.
func TestHintsReachThePace(t *testing.T) {
	for _, prefix := range []string{"X-RateLimit-", "X-Rate-Limit-", "RateLimit-"} {
		t.Run(prefix, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				answer, starts := dripping(429, 0, func(nth int, h http.Header) {
					server := time.Now().AddDate(20, 0, 0) // its clock is not ours
					h.Set("Date", server.UTC().Format(http.TimeFormat))
					if nth == 1 {
						h.Set(prefix+"Remaining", "0")
						h.Set(prefix+"Reset", fmt.Sprint(server.Add(4*time.Second).Unix()))
					}
				})
				client := clientOf(t, answer, func() error { return nil }, nil)
				sink := &recorder{}
				if _, err := New(client, sink, Options{Rate: 5, Learn: true}).Run(t.Context(), rows(3),
					sink); err != nil {
					t.Fatal(err)
				}
				want(t, sink, map[track.Status]int{track.Updated: 3})
				if came := starts(); came[1] < 4*time.Second || came[1] > 4500*time.Millisecond {
					t.Errorf("the second request after %v, want 4s", came[1])
				}
			})
		})
	}
}
