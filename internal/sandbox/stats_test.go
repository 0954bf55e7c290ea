package sandbox

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var events []Event
		_, c := start(t, Config{
			Tracks:  []Track{{ID: 17}},
			Limit:   Limit{Window: Rate{N: 3, Per: time.Second}},
			Latency: Latency{Min: time.Millisecond, Max: time.Millisecond},
			Record:  func(e Event) { events = append(events, e) },
		})
		begin := time.Now()
		long := `{"name":"` + strings.Repeat("x", maxBody-len(`{"name":"`))
		must(t, c, 200, "PUT", trackPath, `{"volume":5}`)
		must(t, c, 422, "PUT", trackPath, `{"volume":-5}`)
		must(t, c, 413, "PUT", trackPath, long+`"}`)
		must(t, c, 429, "GET", listPath+"?filter[name]=x", "")
		r := request(t, "GET", "/v1/else", "")
		r.Header.Del("X-Api-Key")
		do(t, c, r)

		const ms = time.Millisecond
		want := []Event{
			{1, begin, begin.Add(1 * ms), "PUT", trackPath, 17, true, `{"volume":5}`, 200, true, ""},
			{2, begin.Add(1 * ms), begin.Add(2 * ms), "PUT", trackPath, 17, true, `{"volume":-5}`, 422, false, ""},
			{3, begin.Add(2 * ms), begin.Add(3 * ms), "PUT", trackPath, 17, true, long, 413, false, ""},
			{4, begin.Add(3 * ms), begin.Add(3 * ms), "GET", listPath + "?filter[name]=x", 0, true, "", 429, false, ""},
			{5, begin.Add(3 * ms), begin.Add(3 * ms), "GET", "/v1/else", 0, false, "", 401, false, ""},
		}
		for i := range want {
			if i >= len(events) || events[i] != want[i] {
				t.Fatalf("event %d\ngot  %+v\nwant %+v", i, events[i:], want[i])
			}
		}
		if len(events) != len(want) {
			t.Errorf("%d events", len(events))
		}
	})
}

func TestStats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := start(t, Config{Exists: all,
			Latency: Latency{Min: 300 * time.Millisecond, Max: 300 * time.Millisecond}})
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() { must(t, c, 200, "PUT", fmt.Sprintf("/v1/background_tracks/%d", i/2+1), `{"volume":5}`) })
		}
		wg.Wait()
		must(t, c, 404, "GET", "/v1/nothing", "")
		must(t, c, 405, "BREW", trackPath, "")
		must(t, c, 404, "GET", "/v1/nothing", "")
		must(t, c, 200, "GET", trackPath, "")
		must(t, c, 422, "PUT", trackPath, `{"x":1}`)

		want := Stats{
			Requests:      9,
			ByMethod:      map[string]int{"PUT": 5, "GET": 3, "other": 1},
			ByStatus:      map[int]int{200: 5, 404: 2, 405: 1, 422: 1},
			SpanS:         1.5,
			Applied:       4,
			AppliedTracks: 2,
		}
		if got := s.Stats(); !reflect.DeepEqual(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}

		body := must(t, c, 200, "GET", "/_sandbox/stats", "")
		wantJSON, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		if strings.TrimSpace(body) != string(wantJSON) {
			t.Errorf("got  %s\nwant %s", body, wantJSON)
		}
	})
}

func TestInspection(t *testing.T) {
	_, c := start(t, Config{
		Key:    "write_key",
		Tracks: []Track{{ID: 17, Name: "Intro", Volume: 40, Project: 3, Media: "https://example.com/a.mp3"}},
		Limit:  Limit{Window: Rate{N: 1, Per: time.Hour}},
		Faults: Faults{HTML502: 1},
	})
	must(t, c, 502, "PUT", trackPath, `{"volume": 55}`)
	for _, tt := range []struct {
		path string
		want int
		body string
	}{
		{"stats", 200,
			`{"requests":1,"by_method":{"PUT":1},"by_status":{"502":1},"in_flight":0,"span_s":0,` +
				`"applied":1,"applied_tracks":1}`},
		{"else", 404, ""},
	} {
		r := request(t, "GET", "/_sandbox/"+tt.path, "")
		r.Header.Del("X-Api-Key")
		status, _, body := do(t, c, r)
		if status != tt.want || tt.body != "" && strings.TrimSpace(body) != tt.body {
			t.Errorf("%s: %d %s, want %d %s", tt.path, status, body, tt.want, tt.body)
		}
	}
	must(t, c, 405, "PUT", "/_sandbox/stats", "")
}

// The key is in nothing that a sandbox tells.
func TestKeyIsNotTold(t *testing.T) {
	var events []Event
	_, c := start(t, Config{Key: "write_secret", Exists: all, Record: func(e Event) { events = append(events, e) }})
	r := request(t, "PUT", trackPath, `{"volume":5}`)
	r.Header.Set("X-Api-Key", "write_secret")
	if status, _, _ := do(t, c, r); status != 200 {
		t.Fatal(status)
	}
	told := fmt.Sprint(events)
	for _, path := range []string{"stats"} {
		told += must(t, c, 200, "GET", "/_sandbox/"+path, "")
	}
	if strings.Contains(told, "secret") {
		t.Errorf("told %s", told)
	}
}
