package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"tracksync/internal/sandbox"
)

// smallAccount has one track for each case that a manifest must distinguish.
var smallAccount = sandbox.Config{Tracks: []sandbox.Track{
	{ID: 300, Name: "Rain, soft", Volume: 40, Project: 3, Media: "https://example.com/t/300.mp3"},
	{ID: 17, Name: "null", Volume: 0},
	{ID: 18, Name: "=1\n\"👩\"", Volume: 100, Media: "https://example.com/t/18.mp3"},
}}

// The exact bytes are part of the interface: people put these files under version
// control.
func TestPullBytes(t *testing.T) {
	for _, tc := range []struct {
		name string
		args []string
		want string
	}{
		{"csv", nil,
			"\ufeffid,name,volume,project_id,#media_url\n17,null,0,null,\n18,\"=1\n" +
				"\"\"👩\"\"\",100,null,https://example.com/t/18.mp3\n" +
				"300,\"Rain, soft\",40,3,https://example.com/t/300.mp3\n"},
		{"csv without a mark, with media", []string{"--no-bom", "--with-media"},
			"id,name,volume,project_id,media_url\n17,null,0,null,\n18,\"=1\n" +
				"\"\"👩\"\"\",100,null,https://example.com/t/18.mp3\n" +
				"300,\"Rain, soft\",40,3,https://example.com/t/300.mp3\n"},
		{"yaml", []string{"--format", "YAML"},
			`# All tracks, as tracksync pull found them. A field that is left out does not change.
# Media is a comment. To let sync send it, turn the comment into a key.
- id: 17
  name: "null"
  volume: 0
  project: null
- id: 18
  name: "=1\n\"👩\""
  volume: 100
  project: null
  # media: {url: "https://example.com/t/18.mp3"}
- id: 300
  name: "Rain, soft"
  volume: 40
  project: {id: 3}
  # media: {url: "https://example.com/t/300.mp3"}
`},
		{"jsonl", []string{"--format", "jsonl"}, `{"id":17,"name":"null","volume":0,"project":null}
{"id":18,"name":"=1\n\"👩\"","volume":100,"project":null,"#media_url":"https://example.com/t/18.mp3"}
{"id":300,"name":"Rain, soft","volume":40,"project":{"id":3},"#media_url":"https://example.com/t/300.mp3"}
`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for pageSize := range 4 { // 0 is the usual one
				account := smallAccount
				account.PageSize = pageSize
				env, box := serve(t, account)
				got := call{args: append([]string{"pull", "--rate", "unlimited"}, tc.args...), env: env}.run(t)
				if got.code != exitOK || got.out != tc.want || box.Stats().Applied > 0 {
					t.Errorf("pages of %d: exit %d\n%s\nwant\n%s\n%s", pageSize, got.code, got.out, tc.want, got.err)
				}
				if !strings.Contains(got.err, `"tracks":3,"calls":`) {
					t.Error(got.err)
				}
				file := filepath.Join(t.TempDir(), "tracks")
				_ = call{args: append([]string{"pull", "--rate", "unlimited", "--output", file}, tc.args...),
					env: env}.run(t)
				if b, err := os.ReadFile(file); err != nil || string(b) != tc.want {
					t.Errorf("in a file: %v\n%s", err, b)
				}
			}
		})
	}
}

// Fields that a track does not have, or that no manifest can contain, are left out. The
// rest is written.
func TestPullLeavesOut(t *testing.T) {
	long := "x" + strings.Repeat(`\u202e`, 21_000) // grows sixfold where it is escaped
	for _, tc := range []struct {
		name string
		args []string
		page string // of the listing
		want string // on standard output
		says string // a warning; "" is none
		code int
	}{
		{"nothing is told", nil, `{"id":1}`, "1,,,,\n", "", 0},
		{"null", nil, `{"id":1,"name":null,"volume":null,"project":null,"media":null}`, "1,,,null,\n", "", 0},
		{"empty", []string{"--with-media"}, `{"id":1,"name":"","media":{"url":""}}`, "1,,,,\n", "", 0},
		{"a blank name", nil, `{"id":1,"name":" ","volume":5}`, "1,,5,,\n",
			"name of track 1 is left out: the name is blank", 0},
		{"a control character", nil, `{"id":1,"name":"\u001b[2J","volume":5}`, "1,,5,,\n",
			`name of track 1 is left out: the name \"\\x1b[2J\" contains`, 0},
		{"a great volume", nil, `{"id":1,"name":"a","volume":150}`, "1,a,,,\n",
			"volume of track 1 is left out: volume 150 is more than 100 (--max-volume raises this limit)", 0},
		{"a great volume by a greater bound", []string{"--max-volume", "150"}, `{"id":1,"volume":150}`, "1,,150,,\n",
			"", 0},
		{"a great volume without a bound", []string{"--max-volume", "0"}, `{"id":1,"volume":15000}`, "1,,15000,,\n", "",
			0},
		{"a negative volume", nil, `{"id":1,"volume":-1}`, "1,,,,\n", "volume of track 1 is left out", 0},
		{"a great project", nil, `{"id":1,"project":{"id":1234567890123456789}}`, "1,,,,\n",
			"project_id of track 1 is left out", 0},
		{"media that is no URL is shown", nil, `{"id":1,"media":{"url":"x\ny"}}`, "1,,,,x\\ny\n", "", 0},
		{"media that is no URL is not sent", []string{"--with-media"}, `{"id":1,"media":{"url":"x\ny"}}`, "1,,,,\n",
			"media_url of track 1 is left out", 0},
		{"all at once", []string{"--with-media"},
			`{"id":1,"name":" ","volume":-1,"project":{"id":1234567890123456789},"media":{"url":"x"}}`, "1,,,,\n",
			"media_url of track 1 is left out", 0},
		{"the key in the name", nil, `{"id":1,"name":"a ` + testKey + `","volume":5}`, "1,,5,,\n",
			"name of track 1 is left out: it seems to contain the API key", 0},
		{"the key in the media", []string{"--with-media"}, `{"id":1,"media":{"url":"https://h/` + testKey + `"}}`,
			"1,,,,\n", "media_url of track 1 is left out: it seems", 0},
		{"the key in the media shown", nil, `{"id":1,"media":{"url":"https://h/` + testKey + `"}}`,
			"1,,,,https://h/[redacted]\n", "", 0},
		{"an id of 19 digits", nil, `{"id":1234567890123456789},{"id":2}`, "2,,,,\n",
			"track 1234567890123456789 is left out: there is no such id", 1},
		{"a long name in CSV", nil, `{"id":1,"name":"` + long + `"}`,
			"1,x" + strings.Repeat("\u202e", 21_000) + ",,,\n", "", 0},
		{"a long name in JSON", []string{"--format", "jsonl"}, `{"id":1,"name":"` + long + `"}`,
			`{"id":1,"name":"` + long + `"}` + "\n", "", 0},
		{"a long name and long media", []string{"--format", "jsonl", "--with-media"}, `{"id":1,"name":"x` +
			strings.Repeat(`\u00ad`, 32_000) + `","media":{"url":"https://h/` + strings.Repeat(`\"`, 60_000) + `"}}`,
			`{"id":1,"media":{"url":"https://h/` + strings.Repeat(`\"`, 60_000) + `"}}` + "\n",
			"name of track 1 is left out: the entry takes 31", 0},
		{"much media to show", []string{"--format", "jsonl"},
			`{"id":1,"name":"a","media":{"url":"` + strings.Repeat("x", 300_000) + `"}}`, `{"id":1,"name":"a"}` + "\n",
			"#media_url of track 1 is left out: the entry takes", 0},
		{"names like formulas", nil,
			`{"id":4,"name":"a=1"},{"id":5,"name":"-a"},{"id":6,"name":"@a"},{"id":7,"name":"=\u0007"}`,
			"4,a=1,,,\n5,-a,,,\n6,@a,,,\n7,,,,\n", "2 names (the first is of track 5) may look like a formula", 0},
		{"names like formulas in JSON", []string{"--format", "jsonl"}, `{"id":4,"name":"=1"}`,
			`{"id":4,"name":"=1"}` + "\n", "", 0},
		{"no tracks", nil, ``, "", "there are no tracks", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			env := pages(t, tc.page)
			got := call{args: append([]string{"pull", "--no-bom", "--rate", "unlimited"}, tc.args...), env: env}.run(t)
			_, rows, _ := strings.Cut(got.out, "url\n")
			if strings.HasPrefix(got.out, "{") {
				rows = got.out
			}
			if got.code != tc.code || rows != tc.want {
				t.Errorf("exit %d\n%.2000s\nwant\n%.2000s\n%.2000s", got.code, got.out, tc.want, got.err)
			}
			if warned := strings.Contains(got.err, `"warn"`); warned != (tc.says != "") ||
				!strings.Contains(got.err, tc.says) {
				t.Errorf("want %q in\n%.2000s", tc.says, got.err)
			}
			if strings.Contains(got.err+got.out, testKey) {
				t.Error("the key is in the output")
			}
		})
	}
}

// pages serves a list of tracks in JSON, as the API does.
func pages(t *testing.T, tracks string) map[string]string {
	t.Helper()
	var all []json.RawMessage
	if err := json.Unmarshal([]byte("["+tracks+"]"), &all); err != nil {
		t.Fatal(err)
	}
	return listing(t, func(w http.ResponseWriter, offset, limit int) {
		from := min(offset, len(all))
		page := append([]json.RawMessage{}, all[from:min(from+limit, len(all))]...)
		if err := json.NewEncoder(w).Encode(page); err != nil {
			t.Error(err)
		}
	})
}

// listing serves the pages that answer writes.
func listing(t *testing.T, answer func(w http.ResponseWriter, offset, limit int)) map[string]string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		offset, err1 := strconv.Atoi(r.URL.Query().Get("pagination[offset]"))
		limit, err2 := strconv.Atoi(r.URL.Query().Get("pagination[limit]"))
		if err := errors.Join(err1, err2); err != nil || r.Method != http.MethodGet ||
			r.URL.Path != "/v1/background_tracks" {
			t.Errorf("%s %s: %v", r.Method, r.URL, err)
		}
		answer(w, offset, limit)
	}))
	t.Cleanup(server.Close)
	return environment(server.URL)
}

// A few notes are shown, and the others are counted.
func TestPullSaysFewNotes(t *testing.T) {
	var tracks []string
	for i := range 100 {
		tracks = append(tracks, fmt.Sprintf(`{"id":%d,"volume":200}`, i+1))
	}
	got := call{args: []string{"pull", "--rate", "unlimited"}, env: pages(t, strings.Join(tracks, ","))}.run(t)
	if n := strings.Count(got.err, "is left out"); n != 20 ||
		!strings.Contains(got.err, "and 80 more are left out") || got.code != exitOK {
		t.Errorf("exit %d, %d notes\n%s", got.code, n, got.err)
	}
}

// A track without an id is left out, wherever it is, and the pull is complete.
func TestPullLeavesOutWhatHasNoID(t *testing.T) {
	for name, tc := range map[string]struct {
		idless []int // places of 250
		says   string
	}{
		"the last":         {[]int{249}, "the listing has 1 track without an id"},
		"the first":        {[]int{0}, "the listing has 1 track without an id"},
		"where pages meet": {[]int{98, 99, 100, 101}, "the listing has 4 tracks without an id"},
		"a page of them": {slices.Collect(func(yield func(int) bool) {
			for i := 95; i < 205 && yield(i); i++ {
			}
		}), "110 tracks without an id"},
		"all of the last one": {[]int{248, 249}, "2 tracks without an id"},
	} {
		t.Run(name, func(t *testing.T) {
			var tracks []string
			want := 0
			for i := range 250 {
				if slices.Contains(tc.idless, i) {
					tracks = append(tracks, `{"name":"nobody"}`)
					continue
				}
				want++
				tracks = append(tracks, fmt.Sprintf(`{"id":%d}`, i+1))
			}
			got := call{args: []string{"pull", "--rate", "unlimited", "--no-bom"},
				env: pages(t, strings.Join(tracks, ","))}.run(t)
			if rows := strings.Count(got.out, "\n") - 1; got.code != exitRows || rows != want ||
				!strings.Contains(got.err, tc.says) {
				t.Errorf("exit %d, %d rows, want %d and %q in\n%s", got.code, rows, want, tc.says, got.err)
			}
		})
	}
}

func (s stuckPipe) Write([]byte) (int, error) {
	s.reached <- os.Interrupt
	<-s.until
	return 0, io.ErrClosedPipe
}

func (brokenPipe) Write([]byte) (int, error) { return 0, syscall.EPIPE }

// What --output may name, and the errors before anything is sent.
func TestPullUsage(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	for name, mode := range map[string]os.FileMode{"there.csv": 0o644, "kept.csv": 0o400} {
		if err := os.WriteFile(path(name), []byte("before"), mode); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct {
		name string
		args []string
		says string
	}{
		{"an argument", []string{"tracks.csv"}, "--output FILE"},
		{"a rate", []string{"--rate", "0"}, "more than 0"},
		{"a volume", []string{"--max-volume", "-1"}, "--max-volume"},
		{"a format", []string{"--format", "xml"}, "is not a format"},
		{"another format than the file's", []string{"--format", "json", "--output", path("a.jsonl")},
			"would be read back as jsonl"},
		{"another workbook", []string{"--output", path("a.xlsm")}, "workbooks are only written as .xlsx"},
		{"an old workbook", []string{"--output", path("a.xls")}, "workbooks are only written as .xlsx"},
		{"gzip", []string{"--output", path("a.csv.gz")}, "not compressed"},
		{"a directory", []string{"--output", dir}, "not a regular file"},
		{"no directory", []string{"--output", path("none/a.csv")}, "no file can be made in"},
		{"a file that is read-only", []string{"--output", path("kept.csv")}, "read-only"},
		{"sandbox and base URL", []string{"--sandbox", "--base-url", "https://example.com"}, "--sandbox"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			env, box := serve(t, smallAccount)
			got := call{args: append([]string{"pull"}, tc.args...), env: env}.run(t)
			if got.code != exitUsage || got.out != "" || !strings.Contains(got.err, tc.says) ||
				box.Stats().Requests > 0 {
				t.Errorf("exit %d, %d requests, want %q in\n%s", got.code, box.Stats().Requests, tc.says, got.err)
			}
		})
	}
	if names, err := os.ReadDir(dir); err != nil || len(names) != 2 {
		t.Errorf("left behind: %v, %v", names, err)
	}
}

// The sandbox of pull has some tracks, and needs no key.
func TestPullSandbox(t *testing.T) {
	got := call{args: []string{"pull", "--sandbox", "--rate", "unlimited"}, terminal: true}.run(t)
	if got.code != exitOK || strings.Contains(got.out, testKey) || !strings.Contains(got.err, "10 tracks in 3 calls") {
		t.Errorf("exit %d\n%s", got.code, got.err)
	}
	for _, want := range []string{",null,https://", ",1,https://", ",null,\n", ",2,\n", `"Rain, soft"`, "\n21,=", "🌙"} {
		if !strings.Contains(got.out, want) {
			t.Errorf("%q is not in\n%s", want, got.out)
		}
	}
}
