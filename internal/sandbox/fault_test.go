package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestFaults(t *testing.T) {
	tests := []struct {
		faults  string
		status  int    // 0: no answer
		body    string // how it begins
		cut     bool   // the body breaks off
		takes   time.Duration
		name    string // as events call it
		applied bool
	}{
		{faults: "500=1", status: 500, body: `{"type":"internal_server_error"`, name: "500"},
		{faults: "503=100%", status: 503, body: `{"type":"service_unavailable"`, name: "503"},
		{faults: "502=1", status: 502, body: `{"type":"bad_gateway"`, name: "502", applied: true},
		{faults: "504=1", status: 504, body: `{"type":"gateway_timeout"`, name: "504", applied: true},
		{faults: "418=1", status: 418, body: `{"type":"i'm_a_teapot"`, name: "418"},
		{faults: "reset-before=1", name: "reset-before"},
		{faults: "reset-after=1", name: "reset-after", applied: true},
		{faults: "hang-before=1", takes: 2 * time.Minute, name: "hang-before"},
		{faults: "hang-after=1", takes: hangFor, name: "hang-after", applied: true},
		{faults: "truncate=1", status: 200, body: `{"created":"2023-01-01`, cut: true, name: "truncate", applied: true},
		{faults: "html-200=1", status: 200, body: "<html>", name: "html-200"},
		{faults: "html-502=1", status: 502, body: "<html>", name: "html-502", applied: true},
		{faults: "outage=0s-1m", name: "outage"},
	}
	for _, tt := range tests {
		t.Run(tt.faults, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				faults, err := ParseFaults(tt.faults)
				if err != nil {
					t.Fatal(err)
				}
				var events []Event
				s, c := start(t, Config{Exists: all, Faults: faults, Record: func(e Event) {
					events = append(events, e)
				}})
				begin := time.Now()
				res, err := c.Do(request(t, "PUT", trackPath, `{"volume":5}`))
				if took := time.Since(begin); took != tt.takes {
					t.Errorf("took %v, want %v", took, tt.takes)
				}
				if (err != nil) != (tt.status == 0) {
					t.Fatalf("status %d wanted, got %v", tt.status, err)
				}
				if err == nil {
					defer res.Body.Close()
					body, err := io.ReadAll(res.Body)
					if res.StatusCode != tt.status || !strings.HasPrefix(string(body), tt.body) {
						t.Errorf("got %d %s, want %d %s", res.StatusCode, body, tt.status, tt.body)
					}
					if cut := errors.Is(err, io.ErrUnexpectedEOF); cut != tt.cut || err != nil && !cut {
						t.Errorf("reading the body: %v", err)
					}
				}
				if st, _ := s.Track(17); (st.Applied == 1) != tt.applied || (st.Track.Volume == 5) != tt.applied {
					t.Errorf("applied %d times, volume %d", st.Applied, st.Track.Volume)
				}
				if len(events) != 1 || events[0].Fault != tt.name || events[0].Status != tt.status ||
					events[0].Applied != tt.applied {
					t.Errorf("recorded %+v", events)
				}
				if stats := s.Stats(); stats.ByStatus[tt.status] != 1 {
					t.Errorf("counted %+v", stats)
				}
			})
		})
	}
}

// A fault after the change strikes also where there is no change, and makes
// none of a request that the service refuses.
func TestFaultAfterRefusal(t *testing.T) {
	s, c := start(t, Config{Exists: all, Faults: Faults{HTML502: 1}})
	must(t, c, 502, "PUT", trackPath, `{"volume":500}`)
	if st, _ := s.Track(17); st.Applied != 0 {
		t.Error("applied")
	}
}

func TestHangEndsWhenTheClientLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var events []Event
		s, c := start(t, Config{Exists: all, Faults: Faults{HangBefore: 1}, Record: func(e Event) {
			events = append(events, e)
		}})
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		_, err := c.Do(request(t, "PUT", trackPath, `{"volume":5}`).WithContext(ctx))
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		synctest.Wait()
		if n := s.Stats().InFlight; n != 0 || len(events) != 1 || events[0].End.Sub(events[0].Start) != 3*time.Second {
			t.Errorf("%d in flight, recorded %+v", n, events)
		}
	})
}

// A client that gives up cannot know whether its change was made, because the
// service goes on without it.
func TestChangeIsMadeAfterTheClientHasLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := start(t, Config{Exists: all, Latency: Latency{Min: 5 * time.Second, Max: 5 * time.Second}})
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		if _, err := c.Do(request(t, "PUT", trackPath, `{"volume":5}`).WithContext(ctx)); !errors.Is(err,
			context.DeadlineExceeded) {
			t.Fatal(err)
		}
		if st, _ := s.Track(17); st.Applied != 0 {
			t.Error("applied before its time")
		}
		time.Sleep(3 * time.Second)
		if st, _ := s.Track(17); st.Applied != 1 {
			t.Error("not applied")
		}
	})
}

func TestOutageBeginsAndEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		faults, err := ParseFaults("outage=10s-70s,outage=80s-90s")
		if err != nil {
			t.Fatal(err)
		}
		_, c := start(t, Config{Exists: all, Faults: faults})
		begin := time.Now()
		for _, step := range []struct {
			at     time.Duration
			status int
		}{{10*time.Second - 1, 200}, {10 * time.Second, 0}, {70*time.Second - 1, 0}, {70 * time.Second, 200},
			{80 * time.Second, 0}, {90 * time.Second, 200}} {
			time.Sleep(step.at - time.Since(begin))
			// A PUT is not repeated by the transport when its connection goes.
			res, err := c.Do(request(t, "PUT", trackPath, `{"volume":5}`))
			status := 0
			if err == nil {
				status = res.StatusCode
				res.Body.Close()
			}
			if status != step.status {
				t.Errorf("at %v: %d %v, want %d", step.at, status, err, step.status)
			}
		}
	})
}

func TestLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, c := start(t, Config{Exists: all, Key: "write_key",
			Latency: Latency{Min: 200 * time.Millisecond, Max: 300 * time.Millisecond}})
		shortest, longest := time.Hour, time.Duration(0)
		for range 200 {
			begin := time.Now()
			must(t, c, 200, "GET", trackPath, "")
			took := time.Since(begin)
			shortest, longest = min(shortest, took), max(longest, took)
		}
		if shortest < 200*time.Millisecond || longest > 300*time.Millisecond || longest-shortest < 90*time.Millisecond {
			t.Errorf("latencies from %v to %v", shortest, longest)
		}
		begin := time.Now()
		r := request(t, "GET", trackPath, "")
		r.Header.Set("X-Api-Key", "other")
		if status, _, _ := do(t, c, r); status != 401 || time.Since(begin) != 0 {
			t.Errorf("a refusal with %d took %v", status, time.Since(begin))
		}
	})
}

// The same seed gives the same luck to the same requests, however they are
// interleaved; another seed gives other luck.
func TestFaultsRepeat(t *testing.T) {
	run := func(seed uint64, workers int) map[string]string {
		luck := make(map[string]string)
		seen := make(map[int64]int)
		s, err := New(Config{Exists: all, Seed: seed,
			Faults: Faults{Status: map[int]float64{500: 0.2, 503: 0.2}, HTML200: 0.1},
			Record: func(e Event) {
				seen[e.ID]++
				luck[fmt.Sprint(e.ID, " ", seen[e.ID])] = e.Fault
			}})
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for w := range workers {
			wg.Go(func() {
				for id := w; id < 100; id += workers {
					for range 5 {
						s.ServeHTTP(httptest.NewRecorder(),
							request(t, "PUT", fmt.Sprintf("/v1/background_tracks/%d", id+1), `{"volume":5}`))
					}
				}
			})
		}
		wg.Wait()
		return luck
	}
	one, same, other := run(1, 1), run(1, 10), run(2, 1)
	if len(one) != 500 || fmt.Sprint(one) != fmt.Sprint(same) {
		t.Error("the same seed gave other luck")
	}
	if fmt.Sprint(one) == fmt.Sprint(other) {
		t.Error("another seed gave the same luck")
	}
}

func TestFaultProbabilities(t *testing.T) {
	faults, err := ParseFaults("503=5%,reset=2%,hang=1%,truncate=1%,html=1%")
	if err != nil {
		t.Fatal(err)
	}
	const n = 100_000
	d := newDice(Config{Faults: faults})
	got := make(map[string]float64)
	for i := range n {
		_, f := d.roll(roll{"PUT", int64(i + 1)})
		got[f.name] += 1.0 / n
	}
	for name, want := range map[string]float64{"": .90, "503": .05, "reset-before": .01, "reset-after": .01,
		"hang-before": .005, "hang-after": .005, "truncate": .01, "html-200": .005, "html-502": .005} {
		if diff := got[name] - want; diff < -.002 || diff > .002 {
			t.Errorf("%q struck with %.4f, want %.4f", name, got[name], want)
		}
	}
}

func TestOrderedFailures(t *testing.T) {
	s, c := start(t, Config{Exists: func(id int64) bool { return id == 17 }, Fail: map[int64]int{17: 500, 18: 422}})
	for range 3 {
		must(t, c, 500, "PUT", trackPath, `{"volume":5}`)
	}
	must(t, c, 422, "GET", "/v1/background_tracks/18", "")
	must(t, c, 404, "GET", "/v1/background_tracks/19", "")
	if st, _ := s.Track(17); st.Applied != 0 {
		t.Error("applied")
	}
}

// Over TCP a reset is a reset, and not the orderly end of a connection.
func TestResetOverTCP(t *testing.T) {
	s, err := New(Config{Exists: all, Faults: Faults{ResetBefore: 1}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	defer server.Close()
	_, err = server.Client().Do(to(t, server, `{"volume":5}`))
	// The end of a connection would be io.EOF; the name of the reset differs
	// between systems.
	if broken := new(net.OpError); !errors.As(err, &broken) || broken.Op != "read" {
		t.Errorf("got %v, want a reset", err)
	}
}

// HTTP/2 has no connection to take over: the stream is reset.
func TestHTTP2(t *testing.T) {
	for name, faults := range map[string]Faults{"none": {}, "reset": {ResetAfter: 1}, "truncate": {Truncate: 1}} {
		t.Run(name, func(t *testing.T) {
			s, err := New(Config{Exists: all, Faults: faults})
			if err != nil {
				t.Fatal(err)
			}
			server := httptest.NewUnstartedServer(s)
			server.EnableHTTP2 = true
			server.StartTLS()
			defer server.Close()
			res, err := server.Client().Do(to(t, server, `{"volume":5}`))
			if err == nil {
				if res.ProtoMajor != 2 {
					t.Errorf("spoke %s", res.Proto)
				}
				_, err = io.ReadAll(res.Body)
				res.Body.Close()
			}
			if (err != nil) != (name != "none") {
				t.Errorf("got %v", err)
			}
			if st, _ := s.Track(17); st.Applied != 1 {
				t.Errorf("applied %d times", st.Applied)
			}
		})
	}
}

// to makes a PUT to a server that has an address.
func to(t *testing.T, server *httptest.Server, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequest("PUT", server.URL+trackPath, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Api-Key", "write_key")
	r.Header.Set("Content-Type", "application/json")
	return r
}
