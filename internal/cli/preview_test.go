package cli

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/sandbox"
)

var fewTracks = []sandbox.Track{
	{ID: 17, Name: "Morning light", Volume: 40, Project: 3},
	{ID: 18, Name: "Rain", Volume: 20},
	{ID: 19, Name: "Bed", Volume: 30},
	{ID: 20, Name: "Outro", Volume: 10},
}

// asked runs sync on a terminal with an answer.
func asked(t *testing.T, env map[string]string, answer string, args ...string) output {
	t.Helper()
	return call{args: append([]string{"sync", "--color", "never"}, args...), env: env, terminal: true, in: answer}.run(t)
}

// Whoever is asked sees which account it is, and how the first rows would change. That takes one
// request.
func TestPreview(t *testing.T) {
	const rows = "id,name,volume,project_id\n18,,20,\n17,,55,null\n19,Bed 2,,\n20,,11,\n21,,50,\n"
	const expecting = "- id: 17\n  volume: 55\n  expect: {volume: 41}\n- id: 500\n  name: New\n  expect: {name: Old}\n"
	for _, tc := range []struct {
		name, rows string
		args       []string
		want       string
	}{
		{"all known", rows, nil, `
  account   its first track is track 17 "Morning light"
  sets      name of 1, volume of 4, project_id of 1
  first     track 18 "Rain": is as the row says already
            track 17 "Morning light": volume 40 → 55, project 3 → null
            track 19 "Bed": name "Bed" → "Bed 2"
`},
		{"not on the page", "id,volume\n500,1\n", nil, `
  account   its first track is track 17 "Morning light"
  sets      volume of 1
  first     track 500: volume → 1
`},
		{"drifted, and what is expected", expecting, []string{"--input-format", "yaml"}, `
  account   its first track is track 17 "Morning light"
  sets      name of 1, volume of 1
  first     track 17 "Morning light": stays as it is: volume: expected 41, the track has 40
            track 500 "Old": name "Old" → "New"
`},
		{"a rate without a request to spare", "id,volume\n17,1\n", []string{"--rate", "10/m"}, `
  sets      volume of 1
  first     track 17: volume → 1
`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			env, box := serve(t, sandbox.Config{Tracks: fewTracks})
			got := asked(t, env, "n\n", append([]string{manifest(t, tc.rows)}, tc.args...)...)
			if got.code != exitUsage || !strings.Contains(got.err, tc.want) {
				t.Errorf("exit %d\n%s\nwant%s", got.code, got.err, tc.want)
			}
			requests := strings.Count(tc.want, "account")
			if s := box.Stats(); s.Requests != requests || s.ByMethod["GET"] != requests {
				t.Errorf("requests: %v", s.ByMethod)
			}
		})
	}
}

// A resumed run shows the rows that are left.
func TestPreviewOfTheRest(t *testing.T) {
	t.Chdir(t.TempDir())
	fail := map[int64]int{19: 404}
	env, _ := serve(t, sandbox.Config{Tracks: fewTracks, Fail: fail})
	file := manifest(t, "id,volume\n17,1\n19,5\n")
	if got := (call{args: []string{"sync", "--out", "run", file}, env: env}).run(t); got.code != exitRows {
		t.Fatalf("exit %d\n%s", got.code, got.err)
	}
	clear(fail)
	got := asked(t, env, "y\n", "--resume", "run")
	if got.code != exitOK || !strings.Contains(got.err, "\n  first     track 19 \"Bed\": volume 30 → 5\n  done ") {
		t.Errorf("exit %d\n%s", got.code, got.err)
	}
}

// What keeps the account from being known is said. A key that is rejected is known before the
// question.
func TestPreviewFails(t *testing.T) {
	for _, tc := range []struct {
		status int
		body   string
		code   int
		says   string
		asks   bool
	}{
		{http.StatusUnauthorized, "", exitKey, "nothing was sent", false},
		{http.StatusForbidden, "", exitUsage, "account   not known: 403 Forbidden\n", true},
		{http.StatusNotFound, `{"message":"Not Found"}`, exitUsage, "account   not known: 404: Not Found\n", true},
		{http.StatusBadGateway, "", exitUsage, "account   not known: 502", true},
	} {
		t.Chdir(t.TempDir())
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(tc.status)
			_, _ = io.WriteString(w, tc.body)
		}))
		got := asked(t, environment(server.URL), "n\n", manifest(t, threeRows))
		if asks := strings.Contains(got.err, "Start?"); got.code != tc.code || !strings.Contains(got.err, tc.says) ||
			asks != tc.asks {
			t.Errorf("%d: exit %d\n%s", tc.status, got.code, got.err)
		}
		server.Close()
	}
}

// Somebody who waits for the question is told how long the API was given.
func TestPreviewPatience(t *testing.T) {
	base, err := api.ParseBaseURL("http://127.0.0.1/v1")
	if err != nil {
		t.Fatal(err)
	}
	key, err := api.ParseKey(testKey)
	if err != nil {
		t.Fatal(err)
	}
	for timeout, want := range map[time.Duration]time.Duration{30 * time.Second: 5 * time.Second, time.Second: time.Second} {
		synctest.Test(t, func(t *testing.T) {
			deaf := func(context.Context, string, string) (net.Conn, error) {
				near, far := net.Pipe()
				go func() { _, _ = io.Copy(io.Discard, far) }()
				return near, nil
			}
			var r syncRun
			r.client = api.Config{BaseURL: base, Key: key, Timeout: timeout, DialContext: deaf}
			began := time.Now()
			page, err := r.firstPage(t.Context())
			if says := accountText(page, err); time.Since(began) != want || says != "not known: no answer within "+want.String() {
				t.Errorf("%q after %v", says, time.Since(began))
			}
		})
	}
}
