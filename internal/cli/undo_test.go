package cli

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tracksync/internal/run"
	"tracksync/internal/sandbox"
)

// troubled is a sandbox with a handler in front that answers some requests itself.
type troubled struct {
	*sandbox.Sandbox
	get  int   // the status; 0: the sandbox answers
	puts []int // of one after another, the last of them again and again; 0: the sandbox answers
	page bool  // the answer is a page

	applies bool // the first PUT is applied, whatever is answered
}

func (s *troubled) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	status := s.get
	if req.Method == http.MethodPut {
		status = 0
		if len(s.puts) > 0 {
			status = s.puts[0]
			s.puts = s.puts[min(1, len(s.puts)-1):]
		}
	}
	if status == 0 {
		s.Sandbox.ServeHTTP(w, req)
		return
	}
	if s.applies && req.Method == http.MethodPut {
		s.Sandbox.ServeHTTP(httptest.NewRecorder(), req)
		s.applies = false
	}
	if s.page && len(s.puts) < 2 { // the last one
		w.WriteHeader(status)
		fmt.Fprint(w, "<html>no</html>")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	fmt.Fprint(w, `{"message":"no"}`)
}

// somebody changes the track 1 by hand.
func somebody(t *testing.T, box *sandbox.Sandbox, body string) {
	t.Helper()
	req := httptest.NewRequest(http.MethodPut, "/v1/background_tracks/1", strings.NewReader(body))
	req.Header.Set("X-Api-Key", testKey)
	req.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	if box.ServeHTTP(w, req); w.Code != http.StatusOK {
		t.Fatal(w.Body.String())
	}
}

// session is one session of a run over the track 1, whose name is One and whose
// volume is 100.
type session struct {
	before  string // what somebody else changes before it
	asks    string // the row
	get     int
	puts    []int
	page    bool
	applies bool
	flags   []string
	want    int // exit code
	status  string
}

// However the sessions of a run ended, its undo file restores what the run changed, and
// has no track that the run did not change.
func TestTheWayBackFromManySessions(t *testing.T) {
	const louder, loudest, expect = `"volume":5`, `"volume":6`, `,"expect":{"name":"One","volume":100}`
	const media = `,"media_url":"https://example.com/a.mp3"`
	lost := func(then int, page bool) session {
		return session{asks: louder, puts: []int{502, then}, page: page, applies: true,
			flags: []string{"--max-attempts", "2"}, want: exitRows, status: "unknown"}
	}
	corrected := func(back string, puts ...int) []session {
		return []session{{asks: louder}, {asks: back, puts: puts, want: exitRows, status: "unknown"}}
	}
	for name, c := range map[string]struct {
		sessions []session
		none     bool   // there is no way back
		now      string // what the track is in the end, as name and volume; empty: as it was
		drifted  bool   // the way back leaves the track alone
		stubborn []string
	}{
		"updated": {sessions: []session{{asks: louder}}},
		"refused twice": {sessions: []session{
			{asks: louder, puts: []int{422}, want: exitRows}, {asks: louder, puts: []int{422}, want: exitRows}},
			none: true},
		"refused, then with other fields": {sessions: []session{
			{asks: `"name":"Two","volume":5`, puts: []int{422}, want: exitRows}, {asks: loudest}}},
		"updated, and corrected to what cannot be read": {sessions: []session{
			{asks: louder}, {asks: loudest, get: 500, want: exitRows}}},
		"updated, and corrected to what is refused": {sessions: []session{
			{asks: louder}, {asks: `"name":"Two"`, puts: []int{422}, want: exitRows}}},
		"unknown, and then not to be read": {sessions: []session{
			{asks: louder, puts: []int{502}, applies: true, want: exitRows}, {asks: louder, get: 400, want: exitRows,
				status: "unknown"}}},
		"unknown, and then refused": {sessions: []session{
			{asks: louder, puts: []int{502}, applies: true, want: exitRows}, {asks: louder, get: 500, want: exitRows},
			{asks: louder}}},
		"answered otherwise": {sessions: []session{{asks: `"name":"Two","volume":5`, want: exitRows,
			status: "not_applied"}}, stubborn: []string{"volume"}},
		"answered as it was": {sessions: []session{{asks: louder, want: exitRows}}, none: true,
			stubborn: []string{"volume"}},
		"resumed without --undo": {sessions: []session{
			{asks: louder}, {asks: louder, flags: []string{"--undo=false"}}}},
		"corrected without --undo": {sessions: []session{
			{asks: louder}, {asks: loudest, flags: []string{"--undo=false"}}}},

		"refused, and somebody changed it before it was updated": {sessions: []session{
			{asks: louder, puts: []int{422}, want: exitRows}, {before: `{"volume":70}`, asks: louder}}, now: "One 70"},
		"updated, and somebody changed another field before that was set": {sessions: []session{
			{asks: `"name":"Two"`}, {before: `{"volume":70}`, asks: `"name":"Two","volume":5`}}, now: "One 70"},
		"updated, and changed by somebody": {sessions: []session{
			{asks: louder}, {before: `{"volume":70}`, asks: louder}}, now: "One 70", drifted: true},

		"lost, then forbidden":      {sessions: []session{lost(403, false)}},
		"lost, then a conflict":     {sessions: []session{lost(409, false)}},
		"lost, then a redirect":     {sessions: []session{lost(302, false)}},
		"lost, then 501":            {sessions: []session{lost(501, false)}},
		"lost, then 507":            {sessions: []session{lost(507, false)}},
		"lost, then a proxy's page": {sessions: []session{lost(404, true)}},
		"lost, then a proxy's 422":  {sessions: []session{lost(422, true)}},
		"not applied, then forbidden": {sessions: []session{{asks: louder, puts: []int{502, 403},
			flags: []string{"--max-attempts", "2"}, want: exitRows, status: "unknown"}}},
		"lost, but refused in fact": {sessions: []session{
			{asks: louder, puts: []int{502, 422}, flags: []string{"--max-attempts", "2"}, want: exitRows,
				status: "failed"}}, none: true},

		"corrected, and that lost":                  {sessions: corrected(loudest, 502)},
		"corrected in another field, and that lost": {sessions: corrected(`"name":"Two"`, 502)},
		"corrected to what it was, and that lost":   {sessions: corrected(`"volume":100`, 502)},
		"corrected to what it was": {sessions: []session{{asks: louder}, {asks: `"volume":100`}},
			none: true},
		"corrected and lost twice": {sessions: append(corrected(loudest, 502),
			session{asks: `"name":"Two","volume":7`, puts: []int{502}, want: exitRows})},
		"corrected, and that lost, yet it was applied": {sessions: []session{{asks: louder},
			{asks: loudest, puts: []int{502}, applies: true, want: exitRows}}},
		"corrected, and changed back by somebody": {sessions: []session{
			{asks: louder}, {asks: loudest}, {before: `{"volume":5}`, asks: loudest}}, now: "One 5", drifted: true},

		"expected, lost and applied": {sessions: []session{
			{asks: louder + expect, puts: []int{502}, applies: true, want: exitRows, status: "unknown"},
			{asks: louder + expect, status: "unchanged"}}},
		"expected, with media, lost and applied": {sessions: []session{
			{asks: louder + media + expect, puts: []int{502}, applies: true, want: exitRows, status: "unknown"},
			{asks: louder + media + expect, status: "updated"}}},
		"expected, and corrected": {sessions: []session{
			{asks: louder + expect}, {asks: loudest + expect, status: "updated"}}},
		"expected, corrected, not to be read, and taken up again": {sessions: []session{
			{asks: louder + expect}, {asks: loudest + expect, get: 500, want: exitRows},
			{asks: loudest + expect, status: "updated"}}},
		"expected, answered otherwise, and taken up again": {sessions: []session{
			{asks: `"name":"Two","volume":5` + expect, want: exitRows, status: "not_applied"},
			{asks: `"name":"Two","volume":5` + expect, want: exitRows, status: "not_applied"}},
			stubborn: []string{"volume"}},
		"expected, refused, and changed by somebody": {sessions: []session{
			{asks: louder + expect, puts: []int{422}, want: exitRows}, {before: `{"volume":70}`, asks: louder + expect,
				want: exitRows, status: "drifted"}},
			none: true, now: "One 70"},
	} {
		t.Run(name, func(t *testing.T) {
			box, err := sandbox.New(sandbox.Config{
				Tracks: []sandbox.Track{{ID: 1, Name: "One", Volume: 100}}, Exists: func(int64) bool { return false },
				Stubborn: c.stubborn,
			})
			if err != nil {
				t.Fatal(err)
			}
			api := &troubled{Sandbox: box}
			server := httptest.NewServer(api)
			defer server.Close()
			env := environment(server.URL)
			runDir := filepath.Join(t.TempDir(), "run")
			for i, s := range c.sessions {
				if s.before != "" {
					somebody(t, box, s.before)
				}
				api.get, api.puts, api.page, api.applies = s.get, s.puts, s.page, s.applies
				args := []string{"sync", "--yes", "--max-attempts", "1", "--undo", "--resume", runDir, "-"}
				if i == 0 {
					args[5] = "--out"
				}
				got := call{args: append(args, s.flags...), in: `{"id":1,` + s.asks + "}\n", env: env}.run(t)
				if got.code != s.want {
					t.Fatalf("session %d: exit %d\n%s", i+1, got.code, got.err)
				}
				results, _ := os.ReadFile(filepath.Join(runDir, run.ResultsFile))
				if s.status != "" && !strings.Contains(string(results), `"status":"`+s.status+`"`) {
					t.Fatalf("session %d is not %s: %s", i+1, s.status, results)
				}
			}
			api.get, api.puts = 0, nil
			wayBackOf(t, runDir, env, c.none, c.drifted)
			if c.now == "" {
				c.now = "One 100"
			}
			if now, _ := box.Track(1); fmt.Sprint(now.Track.Name, " ", now.Track.Volume) != c.now {
				t.Errorf("the track is %+v, and should be %s", now.Track, c.now)
			}
		})
	}
}

// A run that is killed while a PUT is in flight has recorded the PUT. After resuming, its
// effect does not count as drift, even if the row expects something and was corrected
// since.
func TestKilledWithAnExpectation(t *testing.T) {
	box, err := sandbox.New(sandbox.Config{Tracks: []sandbox.Track{{ID: 1, Name: "One", Volume: 100}}})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	runDir, killed := filepath.Join(dir, "run"), filepath.Join(dir, "killed")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		box.ServeHTTP(w, req)
		if _, err := os.Stat(killed); err == nil || req.Method != http.MethodPut {
			return
		}
		if err := os.CopyFS(killed, os.DirFS(runDir)); err != nil { // what a kill now would leave
			t.Error(err)
		}
	}))
	defer server.Close()
	env := environment(server.URL)
	for _, s := range []struct{ flag, dir, asks string }{{"--out", runDir, `"volume":5`},
		{"--resume", killed, `"volume":6`}} {
		in := `{"id":1,` + s.asks + `,"expect":{"volume":100}}` + "\n"
		if got := (call{args: []string{"sync", "--yes", "--undo", s.flag, s.dir, "-"}, in: in,
			env: env}).run(t); got.code != exitOK {
			t.Fatalf("%s: exit %d\n%s", s.flag, got.code, got.err)
		}
	}
	wayBackOf(t, killed, env, false, false)
	if now, _ := box.Track(1); now.Track.Volume != 100 {
		t.Errorf("the track is %+v", now.Track)
	}
}

// wayBackOf runs the undo file of a run.
func wayBackOf(t *testing.T, runDir string, env map[string]string, none, drifted bool) {
	t.Helper()
	undo := filepath.Join(runDir, run.UndoFile)
	text, err := os.ReadFile(undo)
	if none {
		if err == nil {
			t.Fatalf("there is a way back:\n%s", text)
		}
		return
	}
	want := exitOK
	if drifted {
		want = exitRows
	}
	if got := (call{args: []string{"sync", "--yes", "--out", runDir + "-back", undo},
		env: env}).run(t); got.code != want {
		t.Fatalf("the way back ends with %d\n%s\n%s", got.code, text, got.err)
	}
}
