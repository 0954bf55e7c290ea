package cli

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tracksync/internal/sandbox"
)

// troubled is a sandbox in front of which something answers in its place.
type troubled struct {
	*sandbox.Sandbox
	get, put int // the status; 0: the sandbox answers
	applies  bool
}

func (s *troubled) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	status := s.get
	if req.Method == http.MethodPut {
		status = s.put
	}
	if status == 0 {
		s.Sandbox.ServeHTTP(w, req)
		return
	}
	if s.applies {
		s.Sandbox.ServeHTTP(httptest.NewRecorder(), req)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	fmt.Fprint(w, `{"message":"no"}`)
}

// session is one session of a run over the track 1, whose name is One and whose
// volume is 100.
type session struct {
	asks     string // the row
	get, put int
	applies  bool
	flags    []string
	want     int // exit code
}

// Whatever became of the sessions of a run: its way back restores what the run
// changed, and has no track that it did not change.
func TestTheWayBackFromManySessions(t *testing.T) {
	for name, c := range map[string]struct {
		sessions []session
		back     int // exit code of the way back; -1: there is none
		stubborn []string
	}{
		"updated": {sessions: []session{{asks: `"volume":5`}}},
		"refused twice": {sessions: []session{
			{asks: `"volume":5`, put: 422, want: exitRows}, {asks: `"volume":5`, put: 422, want: exitRows}}, back: -1},
		"refused, then with other fields": {sessions: []session{
			{asks: `"name":"Two","volume":5`, put: 422, want: exitRows}, {asks: `"volume":6`}}},
		"updated, and corrected to what cannot be read": {sessions: []session{
			{asks: `"volume":5`}, {asks: `"volume":6`, get: 500, want: exitRows}}},
		"updated, and corrected to what is refused": {sessions: []session{
			{asks: `"volume":5`}, {asks: `"name":"Two"`, put: 422, want: exitRows}}},
		"unknown, and then not to be read": {sessions: []session{
			{asks: `"volume":5`, put: 502, applies: true, want: exitRows}, {asks: `"volume":5`, get: 400, want: exitRows}}},
		"unknown, and then refused": {sessions: []session{
			{asks: `"volume":5`, put: 502, applies: true, want: exitRows}, {asks: `"volume":5`, get: 500, want: exitRows}, {asks: `"volume":5`}}},
		"answered otherwise": {sessions: []session{{asks: `"name":"Two","volume":5`, want: exitRows}}, stubborn: []string{"volume"}},
		"answered as it was": {sessions: []session{{asks: `"volume":5`, want: exitRows}}, back: -1, stubborn: []string{"volume"}},
		"resumed without --undo": {sessions: []session{
			{asks: `"volume":5`}, {asks: `"volume":5`, flags: []string{"--undo=false"}}}},
	} {
		t.Run(name, func(t *testing.T) {
			box, err := sandbox.New(sandbox.Config{
				Tracks: []sandbox.Track{{ID: 1, Name: "One", Volume: 100}}, Exists: func(int64) bool { return false }, Stubborn: c.stubborn,
			})
			if err != nil {
				t.Fatal(err)
			}
			api := &troubled{Sandbox: box}
			server := httptest.NewServer(api)
			defer server.Close()
			env := environment(server.URL)
			was, _ := box.Track(1)
			run := filepath.Join(t.TempDir(), "run")
			for i, s := range c.sessions {
				api.get, api.put, api.applies = s.get, s.put, s.applies
				args := []string{"sync", "--yes", "--max-attempts", "1", "--undo", "--resume", run, "-"}
				if i == 0 {
					args[5] = "--out"
				}
				got := call{args: append(args, s.flags...), in: `{"id":1,` + s.asks + "}\n", env: env}.run(t)
				if got.code != s.want {
					t.Fatalf("session %d: exit %d\n%s", i+1, got.code, got.err)
				}
			}
			api.get, api.put = 0, 0
			undo := filepath.Join(run, undoFile)
			if c.back < 0 {
				if text, err := os.ReadFile(undo); err == nil {
					t.Fatalf("there is a way back:\n%s", text)
				}
			} else if got := (call{args: []string{"sync", "--yes", "--out", run + "-back", undo}, env: env}).run(t); got.code != c.back {
				text, _ := os.ReadFile(undo)
				t.Fatalf("the way back ends with %d\n%s\n%s", got.code, text, got.err)
			}
			if now, _ := box.Track(1); now.Track != was.Track {
				t.Errorf("the track is %+v, and was %+v", now.Track, was.Track)
			}
		})
	}
}

// What cannot be restored is said.
func TestWhatCannotBeRestored(t *testing.T) {
	env, _ := serve(t, sandbox.Config{Tracks: []sandbox.Track{{ID: 1, Name: "One", Volume: 100}}, Omit: []string{"volume"}})
	run := filepath.Join(t.TempDir(), "run")
	got := call{args: []string{"sync", "--yes", "--undo", "--out", run, "-"}, in: `{"id":1,"name":"Two","volume":5,"media_url":"https://example.com/a.mp3"}`, env: env}.run(t)
	if got.code != exitOK || !strings.Contains(got.err, `"volume":1,`) || !strings.Contains(got.err, `"media_url":1`) || !strings.Contains(got.err, "cannot restore") {
		t.Errorf("exit %d\n%s", got.code, got.err)
	}
}
