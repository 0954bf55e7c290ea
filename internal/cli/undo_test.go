package cli

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
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

// undoing is a run with --undo over tracks, and its way back as its own command
// goes.
func undoing(t *testing.T, tracks []sandbox.Track, in string, flags ...string) (run, undo string, back output, box *sandbox.Sandbox) {
	t.Helper()
	env, box := serve(t, sandbox.Config{Tracks: tracks, MaxVolume: 1000, Exists: func(int64) bool { return false }})
	t.Chdir(t.TempDir())
	args := append([]string{"sync", "--yes", "--undo", "--out", "run"}, flags...)
	if got := (call{args: append(args, "-"), in: in, env: env}).run(t); got.code != exitOK {
		t.Fatalf("exit %d\n%s", got.code, got.err)
	}
	delete(env, baseVariable) // the command says where
	text, err := os.ReadFile(filepath.Join("run", undoFile))
	if err != nil {
		t.Fatal(err)
	}
	_, command, _ := strings.Cut(string(text), "#   tracksync ")
	command, _, _ = strings.Cut(command, "\n")
	return "run", string(text), call{args: append(strings.Fields(command), "--yes"), env: env}.run(t), box
}

// The command that undo.yaml names restores what the tracks had, also where no
// manifest may ask for that.
func TestUndoRestoresALoudTrack(t *testing.T) {
	was := []sandbox.Track{{ID: 1, Name: "One", Volume: 150}, {ID: 2, Name: "Two", Volume: 40}}
	_, text, back, box := undoing(t, was, "id,volume\n1,50\n2,50\n")
	if back.code != exitOK || !strings.Contains(text, " --max-volume=150 run/undo.yaml\n") {
		t.Errorf("exit %d\n%s\n%s", back.code, text, back.err)
	}
	for _, w := range was {
		if now, _ := box.Track(w.ID); now.Track != w {
			t.Errorf("track %d is %+v", w.ID, now.Track)
		}
	}
	if _, text, _, _ := undoing(t, was[1:], "id,volume\n2,50\n"); strings.Contains(text, "--max-volume") {
		t.Error(text)
	}
}

// A track whose name holds the key keeps the name that the run gave it, which is
// said, and the rest of it is restored.
func TestUndoOfATrackThatHoldsTheKey(t *testing.T) {
	was := []sandbox.Track{
		{ID: 1, Name: "my " + testKey, Volume: 40}, {ID: 2, Name: "is " + testKey, Volume: 40}, {ID: 3, Name: "[redacted]", Volume: 40},
	}
	run, text, back, box := undoing(t, was, "id,name,volume\n1,One,50\n2,Two,\n3,Three,\n")
	if back.code != exitOK || strings.Contains(text, testKey) {
		t.Errorf("exit %d\n%s\n%s", back.code, text, back.err)
	}
	for i, want := range []sandbox.Track{{ID: 1, Name: "One", Volume: 40}, {ID: 2, Name: "Two", Volume: 40}, was[2]} {
		if now, _ := box.Track(int64(i + 1)); now.Track != want {
			t.Errorf("the track is %+v, want %+v", now.Track, want)
		}
	}
	for _, want := range []string{
		"# It cannot restore 2 fields:\n", "#   name of track 2: it held the API key, which is written nowhere\n",
		"  # not restored: name (it held the API key, which is written nowhere)\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
	summary, err := os.ReadFile(filepath.Join(run, summaryFile))
	if err != nil || !regexp.MustCompile(`"undo": \{\s+"tracks": 2,\s+"not_restorable": \{\s+"name": 2\s+\}\s+\}`).Match(summary) {
		t.Errorf("%v\n%s", err, summary)
	}
}

// What cannot be read of before.jsonl is said.
func TestUndoOfDamagedImages(t *testing.T) {
	env, _ := serve(t, sandbox.Config{Tracks: []sandbox.Track{{ID: 1, Name: "One", Volume: 40}, {ID: 2, Name: "Two", Volume: 40}}})
	run := filepath.Join(t.TempDir(), "run")
	args := []string{"sync", "--yes", "--undo", "--out", run, "-"}
	if got := (call{args: args, in: "id,volume\n1,50\n2,50\n", env: env}).run(t); got.code != exitOK {
		t.Fatalf("exit %d\n%s", got.code, got.err)
	}
	before := filepath.Join(run, beforeFile)
	text, err := os.ReadFile(before)
	if err != nil {
		t.Fatal(err)
	}
	write(t, before, strings.Replace(string(text), `{"id":1`, "\x00\x00\x00\x00\x00\x00", 1))
	args[3] = "--resume"
	got := call{args: args, in: "id,volume\n1,50\n2,50\n", env: env}.run(t)
	if undo, err := os.ReadFile(filepath.Join(run, undoFile)); err != nil || !strings.Contains(got.err, "1 line of before.jsonl cannot be read") ||
		!strings.Contains(string(undo), "# 1 line of before.jsonl cannot be read") || !strings.Contains(string(undo), "- id: 2\n") {
		t.Errorf("exit %d, %v\n%s\n%s", got.code, err, undo, got.err)
	}
}
