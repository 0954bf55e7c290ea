package sandbox

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// knock is a request at a time, counted from New.
type knock struct {
	at   time.Duration
	want int           // 200 or 429
	wait time.Duration // until accepted, for a 429
}

func TestGate(t *testing.T) {
	const ms = time.Millisecond
	tests := []struct {
		name   string
		limit  string
		knocks []knock
	}{
		{"none", "", []knock{{0, 200, 0}, {0, 200, 0}, {0, 200, 0}}},
		{"bucket of one", "20/s,burst=1", []knock{
			{0, 200, 0}, {0, 429, 50 * ms}, {49 * ms, 429, 1 * ms}, {50*ms - 1, 429, 1}, {50 * ms, 200, 0},
			{50 * ms, 429, 50 * ms}, {100 * ms, 200, 0},
		}},
		{"bucket of three fills up and not over", "1/s,burst=3", []knock{
			{0, 200, 0}, {0, 200, 0}, {0, 200, 0}, {0, 429, time.Second},
			{time.Hour, 200, 0}, {time.Hour, 200, 0}, {time.Hour, 200, 0}, {time.Hour, 429, time.Second},
		}},
		{"bucket keeps fractions", "2/s,burst=2", []knock{
			{0, 200, 0}, {0, 200, 0}, {750 * ms, 200, 0}, {750 * ms, 429, 250 * ms}, {1000 * ms, 200, 0},
		}},
		{"bucket that does not divide a second", "3/s,burst=1", []knock{
			{0, 200, 0}, {333333333, 429, 1}, {333333334, 200, 0}, {666666666, 429, 2}, {666666668, 200, 0},
		}},
		{"bucket of a second's worth", "120/m", []knock{{0, 200, 0}, {0, 200, 0}, {0, 429, 500 * ms}}},
		{"bucket of a slow rate", "1/2s", []knock{{0, 200, 0}, {0, 429, 2 * time.Second}, {2 * time.Second, 200, 0}}},
		{"window", "window=2/m", []knock{
			{59 * time.Second, 200, 0}, {59 * time.Second, 200, 0}, {59 * time.Second, 429, time.Second},
			{time.Minute - 1, 429, 1},
			{time.Minute, 200, 0}, {time.Minute, 200, 0}, {time.Minute, 429, time.Minute},
		}},
		{"window with a phase", "window=2/1s,phase=300ms", []knock{
			{0, 200, 0}, {299 * ms, 200, 0}, {300*ms - 1, 429, 1},
			{300 * ms, 200, 0}, {300 * ms, 200, 0}, {300 * ms, 429, time.Second}, {1299 * ms, 429, 1 * ms},
			{1300 * ms, 200, 0},
		}},
		{"a phase that changes begins another window", "window=1/1s@500ms:window=1/1s,phase=700ms", []knock{
			{0, 200, 0}, {499 * ms, 429, 501 * ms}, {500 * ms, 200, 0}, {600 * ms, 429, 100 * ms}, {700 * ms, 200, 0},
		}},
		{"bucket and window", "10/s,burst=1,window=2/s", []knock{
			{0, 200, 0}, {0, 429, 100 * ms}, {100 * ms, 200, 0}, {200 * ms, 429, 800 * ms}, {1000 * ms, 200, 0},
		}},
		{"the longer wait counts", "1/10s,burst=1,window=1/s", []knock{{0, 200, 0}, {0, 429, 10 * time.Second}}},
		{"refused ones take nothing", "1/s,burst=1,window=2/h", []knock{
			{0, 200, 0}, {0, 429, time.Second}, {0, 429, time.Second}, {time.Second, 200, 0},
		}},
		{"a bucket that slows down keeps what it has", "10/s,burst=4@10s:1/s,burst=2", []knock{
			{9900 * ms, 200, 0}, {9900 * ms, 200, 0}, {9900 * ms, 200, 0}, {9950 * ms, 200, 0},
			{9950 * ms, 429, 50 * ms},
			{10 * time.Second, 200, 0}, {10 * time.Second, 429, time.Second}, {11 * time.Second, 200, 0},
			{time.Minute, 200, 0}, {time.Minute, 200, 0}, {time.Minute, 429, time.Second},
		}},
		{"a smaller bucket holds less", "10/s,burst=4@10s:10/s,burst=1",
			[]knock{{11 * time.Second, 200, 0}, {11 * time.Second, 429, 100 * ms}}},
		{"a bucket that comes later is full", "none@10s:1/s,burst=2", []knock{
			{0, 200, 0}, {0, 200, 0}, {0, 200, 0}, {10 * time.Second, 200, 0}, {10 * time.Second, 200, 0},
			{10 * time.Second, 429, time.Second},
		}},
		{"a limit that is lifted", "1/m@10s:none",
			[]knock{{0, 200, 0}, {9 * time.Second, 429, 51 * time.Second}, {10 * time.Second, 200, 0},
				{10 * time.Second, 200, 0}}},
		{"several changes at once", "1/h@1s:2/h@2s:1/s,burst=1",
			[]knock{{0, 200, 0}, {3 * time.Second, 200, 0}, {3 * time.Second, 429, time.Second}}},
		{"a window that grows", "window=1/m@10s:window=3/m", []knock{
			{0, 200, 0}, {9 * time.Second, 429, 51 * time.Second}, {10 * time.Second, 200, 0},
			{10 * time.Second, 200, 0}, {10 * time.Second, 429, 50 * time.Second},
		}},
		{"a window of another length begins anew", "window=1/m@10s:window=1/20s", []knock{
			{0, 200, 0}, {10 * time.Second, 200, 0}, {19 * time.Second, 429, time.Second},
		}},
		{"years between", "1000000/s", []knock{{0, 200, 0}, {100 * 365 * 24 * time.Hour, 200, 0}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l, changes, err := ParseLimits(tt.limit)
			if err != nil {
				t.Fatal(err)
			}
			begin := time.Date(2026, 11, 23, 15, 4, 5, 0, time.UTC)
			g := newGate(l.withDefaults(), changes, begin)
			for i, k := range tt.knocks {
				wait, ok := g.enter(begin.Add(k.at))
				if ok {
					g.leave()
				}
				if ok != (k.want == 200) || wait != k.wait {
					t.Fatalf("request %d at %v: accepted %t, wait %v; want %+v", i, k.at, ok, wait, k)
				}
			}
		})
	}
}

// A client that asks far too often gets exactly what the limit says.
func TestGateThroughput(t *testing.T) {
	for limit, want := range map[string]int{
		"20/s,burst=5":          5 + 20*60,
		"7/s,burst=1":           1 + 7*60 - 1, // a token every 142.9 ms, taken up to 1 ms late
		"600/m":                 10 + 600,
		"window=600/m":          1200,
		"20/s,burst=5@30s:10/s": 5 + 20*30 + 10*30,
	} {
		t.Run(limit, func(t *testing.T) {
			l, changes, err := ParseLimits(limit)
			if err != nil {
				t.Fatal(err)
			}
			begin := time.Date(2026, 11, 23, 15, 4, 5, 0, time.UTC)
			g := newGate(l.withDefaults(), changes, begin)
			got := 0
			for at := time.Duration(0); at <= time.Minute; at += time.Millisecond {
				for range 700 {
					if _, ok := g.enter(begin.Add(at)); !ok {
						break
					}
					got++
				}
			}
			if got != want {
				t.Errorf("accepted %d in a minute, want %d", got, want)
			}
		})
	}
}

func TestLimitOverHTTP(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limit, err := ParseLimit("2/s,burst=2,retry-after=seconds")
		if err != nil {
			t.Fatal(err)
		}
		s, c := start(t, Config{Exists: all, Limit: limit})
		must(t, c, 200, "PUT", trackPath, `{"volume":5}`)
		r := request(t, "GET", trackPath, "")
		r.Header.Del("X-Api-Key")
		if status, _, _ := do(t, c, r); status != 401 {
			t.Fatal(status)
		}
		must(t, c, 404, "GET", "/v1/nothing", "") // takes a token
		body := must(t, c, 429, "PUT", trackPath, `{"volume":6}`)
		if want := `{"type":"too_many_requests","message":"Too Many Requests","context":{}}` + "\n"; body != want {
			t.Errorf("got %s, want %s", body, want)
		}
		must(t, c, 200, "GET", "/_sandbox/stats", "")
		time.Sleep(500 * time.Millisecond)
		must(t, c, 200, "PUT", trackPath, `{"volume":7}`)
		if st, _ := s.Track(17); st.Track.Volume != 7 || st.Applied != 2 {
			t.Errorf("track %+v", st)
		}
	})
}

func TestRetryAfter(t *testing.T) {
	for _, tt := range []struct {
		limit string
		wait  time.Duration // before the second request
		want  string
	}{
		{"1/10s", 0, ""},
		{"1/10s,retry-after=none", 0, ""},
		{"1/10s,retry-after=seconds", 0, "10"},
		{"1/10s,retry-after=seconds", 1, "10"}, // rounded up
		{"1/10s,retry-after=seconds", 9*time.Second + 1, "1"},
		{"window=1/10s,retry-after=seconds", 3 * time.Second, "7"},
		{"window=1/10s,phase=4s,retry-after=seconds", 3 * time.Second, "1"},
		{"1/10s,retry-after=exact", 2500 * time.Millisecond, "7.500"},
		{"1/10s,retry-after=exact", 1, "10.000"}, // rounded up
		{"1/10s,retry-after=3s", 0, "3"},
		{"1/10s,retry-after=3s", 9 * time.Second, "3"},
		{"1/10s,retry-after=250ms", 0, "0.25"},
		{"window=1/10s,retry-after=date", 3 * time.Second, "Sat, 01 Jan 2000 00:00:10 GMT"},
		{"window=1/10s,phase=2500ms,retry-after=date", time.Second, "Sat, 01 Jan 2000 00:00:03 GMT"}, // rounded up
	} {
		t.Run(fmt.Sprintf("%s after %v", tt.limit, tt.wait), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // begins at 2000-01-01 00:00:00 UTC
				limit, err := ParseLimit(tt.limit)
				if err != nil {
					t.Fatal(err)
				}
				_, c := start(t, Config{Exists: all, Limit: limit})
				must(t, c, 200, "GET", trackPath, "")
				time.Sleep(tt.wait)
				status, header, _ := do(t, c, request(t, "GET", trackPath, ""))
				if got := header.Get("Retry-After"); status != 429 || got != tt.want {
					t.Errorf("%d, Retry-After %q, want %q", status, got, tt.want)
				}
			})
		})
	}
}

func TestConcurrentLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := start(t, Config{
			Exists:  all,
			Limit:   Limit{Concurrent: 3, RetryAfter: RetrySeconds},
			Latency: Latency{Min: time.Second, Max: time.Second},
		})
		var mu sync.Mutex
		statuses := make(map[int]int)
		var wg sync.WaitGroup
		for i := range 5 {
			wg.Go(func() {
				status, header, _ := do(t, c, request(t, "GET", fmt.Sprintf("/v1/background_tracks/%d", i+1), ""))
				mu.Lock()
				defer mu.Unlock()
				statuses[status]++
				if got := header.Get("Retry-After"); (status == 429) != (got == "1") {
					t.Errorf("%d with Retry-After %q", status, got)
				}
			})
		}
		wg.Wait()
		if statuses[http.StatusOK] != 3 || statuses[http.StatusTooManyRequests] != 2 {
			t.Errorf("statuses %v, want three accepted", statuses)
		}
		// Whoever has an answer has left.
		for range 3 {
			must(t, c, 200, "GET", trackPath, "")
		}
		if stats := s.Stats(); stats.InFlight != 0 {
			t.Errorf("%d still in flight", stats.InFlight)
		}
	})
}
