package sandbox

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

type answered struct {
	ID      int64
	Name    string
	Volume  int
	Project *struct {
		ID   int64
		Name string
	}
	Media *struct {
		URL      string
		Duration int
	}
	Created, Updated string
}

func TestUpdate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // begins at 2000-01-01 00:00:00 UTC
		_, c := start(t, Config{
			Tracks: []Track{{ID: 17, Name: "Intro", Volume: 40, Media: "https://example.com/a.mp3"}},
		})
		time.Sleep(90 * time.Minute)
		put := func(body string) answered {
			t.Helper()
			a := parse[answered](t, must(t, c, 200, "PUT", trackPath, body))
			again := parse[answered](t, must(t, c, 200, "GET", trackPath, ""))
			if again.Name != a.Name || again.Volume != a.Volume || again.Updated != a.Updated {
				t.Errorf("answered %+v, then %+v", a, again)
			}
			return a
		}
		a := put(`{"volume":55}`)
		if a.ID != 17 || a.Name != "Intro" || a.Volume != 55 || a.Project != nil ||
			a.Media.URL != "https://example.com/a.mp3" {
			t.Errorf("volume alone: %+v", a)
		}
		if a.Created != "2023-01-01 00:00:00 UTC" || a.Updated != "2000-01-01 01:30:00 UTC" {
			t.Errorf("made %s, changed %s", a.Created, a.Updated)
		}
		if a = put(`{"name":" Ünï\t","project":{"id":4}}`); a.Name != " Ünï\t" || a.Project.ID != 4 ||
			a.Project.Name != "Project 4" || a.Volume != 55 {
			t.Errorf("name and project: %+v", a)
		}
		if a = put(`{"project":null}`); a.Project != nil {
			t.Errorf("detached: %+v", a)
		}
	})
}

func TestMediaIsTranscoded(t *testing.T) {
	_, c := start(t, Config{Exists: all})
	const sent = `{"media":{"url":"https://example.com/a.mp3"}}`
	put := func(id int, body string) string {
		t.Helper()
		a := parse[answered](t, must(t, c, 200, "PUT", fmt.Sprintf("/v1/background_tracks/%d", id), body))
		if a.Media.Duration <= 0 || !strings.Contains(a.Media.URL, "/transcoded/") ||
			!strings.HasSuffix(a.Media.URL, ".mp3") {
			t.Errorf("media %+v", a.Media)
		}
		return a.Media.URL
	}
	one := put(17, sent)
	if again := put(18, sent); again != one {
		t.Errorf("the same URL became %s and %s", one, again)
	}
	if other := put(17, `{"media":{"url":"https://example.com/b.mp3"}}`); other == one {
		t.Error("two URLs became one")
	}
	if again := put(17, fmt.Sprintf(`{"media":{"url":%q}}`, one)); again == one {
		t.Error("a transcoded URL stayed as it is")
	}
}

func TestStubborn(t *testing.T) {
	s, c := start(t, Config{
		Tracks:   []Track{{ID: 17, Name: "Intro", Volume: 40, Project: 3, Media: "https://example.com/a.mp3"}},
		Stubborn: []string{"volume", "project", "media"},
	})
	a := parse[answered](t, must(t, c, 200, "PUT", trackPath,
		`{"name":"Outro","volume":55,"project":null,"media":{"url":"https://example.com/b.mp3"}}`))
	if a.Name != "Outro" || a.Volume != 40 || a.Project == nil || a.Media.URL != "https://example.com/a.mp3" {
		t.Errorf("answered %+v", a)
	}
	if st, _ := s.Track(17); st.Applied != 1 {
		t.Errorf("applied %d times", st.Applied)
	}
}

func TestAuthentication(t *testing.T) {
	for _, tt := range []struct {
		name, key string
		sent      []string
		want      int
	}{
		{"any key", "", []string{"x"}, 200},
		{"none", "", nil, 401},
		{"empty", "", []string{""}, 401},
		{"the key", "write_a", []string{"write_a"}, 200},
		{"another key", "write_a", []string{"write_b"}, 401},
		{"the key in another case", "write_a", []string{"WRITE_A"}, 401},
		{"two keys", "write_a", []string{"write_a", "write_a"}, 401},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, c := start(t, Config{Key: tt.key, Exists: all})
			r := request(t, "GET", trackPath, "")
			r.Header["X-Api-Key"] = tt.sent
			if status, _, _ := do(t, c, r); status != tt.want {
				t.Errorf("got %d, want %d", status, tt.want)
			}
		})
	}
}

func TestMethods(t *testing.T) {
	_, c := start(t, Config{Exists: all})
	for _, tt := range []struct{ method, path, allow string }{
		{"POST", listPath, "GET"}, {"PUT", listPath, "GET"}, {"DELETE", trackPath, "GET, PUT"},
		{"HEAD", trackPath, "GET, PUT"}, {"BREW", trackPath, "GET, PUT"},
	} {
		status, header, _ := do(t, c, request(t, tt.method, tt.path, ""))
		if allow := strings.Join(header["Allow"], ", "); status != http.StatusMethodNotAllowed || allow != tt.allow {
			t.Errorf("%s %s: %d, Allow %q", tt.method, tt.path, status, allow)
		}
	}
}

func TestListing(t *testing.T) {
	var ids []int64
	for id := int64(30); id > 0; id-- {
		ids = append(ids, id*10)
	}
	_, c := start(t, Config{
		IDs:      append(ids, 10, 20), // twice is once
		Tracks:   []Track{{ID: 15, Name: "Track 20"}, {ID: 20, Name: "Seeded"}, {ID: 1, Name: "Seeded"}},
		Exists:   all, // not listed
		PageSize: 7,
	})
	list := func(query string) (got []string) {
		t.Helper()
		for _, a := range parse[[]answered](t, must(t, c, 200, "GET", listPath+query, "")) {
			got = append(got, fmt.Sprint(a.ID))
		}
		return got
	}
	for _, tt := range []struct{ query, want string }{
		{"", "1 10 15 20 30 40 50"},
		{"?pagination[limit]=3", "1 10 15"},
		{"?pagination%5Blimit%5D=3&pagination%5Boffset%5D=2", "15 20 30"},
		{"?pagination[limit]=8", "1 10 15 20 30 40 50"}, // cut
		{"?pagination[limit]=99999999999999999999", "1 10 15 20 30 40 50"},
		{"?pagination[offset]=30", "290 300"},
		{"?pagination[offset]=32", ""},
		{"?pagination[offset]=99999999999999999999", ""},
		{"?filter[name]=Seeded", "1 20"},
		{"?filter[name]=Seeded&pagination[offset]=1", "20"},
		{"?filter[name]=Seeded&pagination[limit]=1", "1"},
		{"?filter[name]=seeded", ""},
		{"?filter[name]=Track%20300", "300"},
	} {
		if got := strings.Join(list(tt.query), " "); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.query, got, tt.want)
		}
	}

	// A walk that goes on by what came back sees each track once, in order,
	// also while a track is changed.
	var walk []string
	for {
		page := list(fmt.Sprintf("?pagination[limit]=50&pagination[offset]=%d", len(walk)))
		if len(page) == 0 {
			break
		}
		walk = append(walk, page...)
		must(t, c, 200, "PUT", "/v1/background_tracks/40", `{"name":"changed"}`)
		must(t, c, 200, "PUT", "/v1/background_tracks/41", `{"name":"changed"}`)
	}
	if want := "1 10 15 20 30 40 50 60 70"; len(walk) != 32 || !strings.HasPrefix(strings.Join(walk, " "), want) {
		t.Errorf("walked over %v", walk)
	}
}

func TestQueryRefused(t *testing.T) {
	_, c := start(t, Config{Exists: all})
	for _, tt := range []struct{ path, want string }{
		{listPath + "?pagination[limit]=0", "pagination[limit]: must be greater than or equal to 1"},
		{listPath + "?pagination[limit]=-5", "pagination[limit]: must be greater than or equal to 1"},
		{listPath + "?pagination[limit]=-99999999999999999999", "pagination[limit]: must be an integer"},
		{listPath + "?pagination[limit]=", "pagination[limit]: must be an integer"},
		{listPath + "?pagination[limit]=1.5", "pagination[limit]: must be an integer"},
		{listPath + "?pagination[offset]=-1", "pagination[offset]: must be greater than or equal to 0"},
		{listPath + "?pagination[limit]=1&pagination[limit]=2", "pagination[limit]: is given twice"},
		{listPath + "?limit=5&filter[scopes]=x",
			"filter[scopes]: is not a known parameter; limit: is not a known parameter"},
		{listPath + "?a=%zz", "query: is malformed"},
		{trackPath + "?a=1", "a: is not a known parameter"},
	} {
		got := parse[struct{ Errors []problem }](t, must(t, c, 422, "GET", tt.path, ""))
		if joined(got.Errors) != tt.want {
			t.Errorf("%s: got %s, want %s", tt.path, joined(got.Errors), tt.want)
		}
	}
	got := parse[struct{ Errors []problem }](t, must(t, c, 422, "PUT", trackPath+"?a=1", `{"volume":-1}`))
	if want := "a: is not a known parameter; volume: must be greater than or equal to 0"; joined(got.Errors) != want {
		t.Errorf("got %s, want %s", joined(got.Errors), want)
	}
}

func TestConcurrentUse(t *testing.T) {
	const clients, rounds = 8, 50
	var events int // under the sandbox's lock
	s, c := start(t, Config{Exists: all, IDs: []int64{1, 2, 3}, Record: func(Event) { events++ }})
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for i := range rounds {
				path := fmt.Sprintf("/v1/background_tracks/%d", i%5+1)
				must(t, c, 200, "PUT", path, `{"volume":5}`)
				must(t, c, 200, "GET", path, "")
				must(t, c, 200, "GET", listPath, "")
				must(t, c, 200, "GET", "/_sandbox/stats", "")
			}
		})
	}
	wg.Wait()
	stats := s.Stats()
	if stats.Applied != clients*rounds || stats.AppliedTracks != 5 || stats.InFlight != 0 {
		t.Errorf("stats %+v", stats)
	}
	if events != 3*clients*rounds {
		t.Errorf("%d events", events)
	}
}
