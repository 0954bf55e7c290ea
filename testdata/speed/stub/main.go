// Command stub is the server that the programs compared by .ci/speed talk to: it
// answers every PUT with what the body says and the id of the path, after a latency.
//
//	GET /arrivals    when the PUTs came, in nanoseconds since the first, one a line;
//	                 then it forgets them
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

func main() {
	latency := flag.Duration("latency", 0, "how long every answer takes")
	flag.Parse()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("http://%s/v1\n", listener.Addr())
	s := &stub{latency: *latency}
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /v1/background_tracks/{id}", s.put)
	mux.HandleFunc("GET /arrivals", s.report)
	log.Fatal(http.Serve(listener, mux))
}

type stub struct {
	latency  time.Duration
	mu       sync.Mutex
	arrivals []time.Time
}

func (s *stub) put(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.arrivals = append(s.arrivals, time.Now())
	s.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	if err != nil || len(body) < len(`{"a":1}`) || body[0] != '{' {
		http.Error(w, `{"message":"no body"}`, http.StatusUnprocessableEntity)
		return
	}
	if s.latency > 0 {
		time.Sleep(s.latency)
	}
	answer := make([]byte, 0, len(body)+32)
	answer = append(append(append(answer, `{"id":`...), r.PathValue("id")...), ',')
	answer = append(answer, body[1:]...)
	w.Header().Set("Content-Type", "application/json")
	w.Write(answer)
}

func (s *stub) report(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	arrivals := s.arrivals
	s.arrivals = nil
	s.mu.Unlock()
	slices.SortFunc(arrivals, time.Time.Compare)
	out := bufio.NewWriter(w)
	defer out.Flush()
	for _, t := range arrivals {
		out.WriteString(strconv.FormatInt(t.Sub(arrivals[0]).Nanoseconds(), 10) + "\n")
	}
}
