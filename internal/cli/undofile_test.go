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

	"tracksync/internal/run"
	"tracksync/internal/sandbox"
)

// Fields that cannot be restored are reported.
func TestWhatCannotBeRestored(t *testing.T) {
	env, _ := serve(t, sandbox.Config{Tracks: []sandbox.Track{{ID: 1, Name: "One", Volume: 100}},
		Omit: []string{"volume"}})
	runDir := filepath.Join(t.TempDir(), "run")
	got := call{args: []string{"sync", "--yes", "--undo", "--out", runDir, "-"},
		in: `{"id":1,"name":"Two","volume":5,"media_url":"https://example.com/a.mp3"}`, env: env}.run(t)
	if got.code != exitOK || !strings.Contains(got.err, `"volume":1,`) || !strings.Contains(got.err, `"media_url":1`) ||
		!strings.Contains(got.err, "cannot restore") {
		t.Errorf("exit %d\n%s", got.code, got.err)
	}
}

// undoing is a run with --undo, followed by its undo file with the command that the file
// names.
func undoing(t *testing.T, tracks []sandbox.Track, in string, flags ...string) (runDir, undo string, back output,
	box *sandbox.Sandbox) {
	t.Helper()
	env, box := serve(t, sandbox.Config{Tracks: tracks, MaxVolume: 1000, Exists: func(int64) bool { return false }})
	t.Chdir(t.TempDir())
	args := append([]string{"sync", "--yes", "--undo", "--out", "run"}, flags...)
	if got := (call{args: append(args, "-"), in: in, env: env}).run(t); got.code != exitOK {
		t.Fatalf("exit %d\n%s", got.code, got.err)
	}
	delete(env, baseVariable) // the command says where
	text, err := os.ReadFile(filepath.Join("run", run.UndoFile))
	if err != nil {
		t.Fatal(err)
	}
	_, command, _ := strings.Cut(string(text), "#   tracksync ")
	command, _, _ = strings.Cut(command, "\n")
	return "run", string(text), call{args: append(strings.Fields(command), "--yes"), env: env}.run(t), box
}

// The command in undo.yaml restores values that the tracks had, even if no ordinary
// manifest may contain them.
func TestUndoRestoresALoudTrack(t *testing.T) {
	was := []sandbox.Track{{ID: 1, Name: "One", Volume: 150}, {ID: 2, Name: "Two", Volume: 40}}
	_, text, back, box := undoing(t, was, "id,volume\n1,50\n2,50\n")
	if back.code != exitOK || !strings.Contains(text, " --max-volume=150 "+filepath.Join("run", run.UndoFile)+"\n") {
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

// If the name of a track contained the key, the name is not restored, which is reported.
// The other fields are restored.
func TestUndoOfATrackThatHoldsTheKey(t *testing.T) {
	was := []sandbox.Track{
		{ID: 1, Name: "my " + testKey, Volume: 40}, {ID: 2, Name: "is " + testKey, Volume: 40},
		{ID: 3, Name: "[redacted]", Volume: 40},
	}
	runDir, text, back, box := undoing(t, was, "id,name,volume\n1,One,50\n2,Two,\n3,Three,\n")
	if back.code != exitOK || strings.Contains(text, testKey) {
		t.Errorf("exit %d\n%s\n%s", back.code, text, back.err)
	}
	for i, want := range []sandbox.Track{{ID: 1, Name: "One", Volume: 40}, {ID: 2, Name: "Two", Volume: 40}, was[2]} {
		if now, _ := box.Track(int64(i + 1)); now.Track != want {
			t.Errorf("the track is %+v, want %+v", now.Track, want)
		}
	}
	for _, want := range []string{
		"# It cannot restore 2 fields:\n", "#   name of track 2: it contained the API key, which is written nowhere\n",
		"  # not restored: name (it contained the API key, which is written nowhere)\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
	summary, err := os.ReadFile(filepath.Join(runDir, run.SummaryFile))
	if err != nil ||
		!regexp.MustCompile(`"undo": \{\s+"tracks": 2,\s+"not_restorable": \{\s+"name": 2\s+\}\s+\}`).Match(summary) {
		t.Errorf("%v\n%s", err, summary)
	}
}

// Lines of before.jsonl that cannot be read are reported.
func TestUndoOfDamagedImages(t *testing.T) {
	env, _ := serve(t, sandbox.Config{Tracks: []sandbox.Track{{ID: 1, Name: "One", Volume: 40},
		{ID: 2, Name: "Two", Volume: 40}}})
	runDir := filepath.Join(t.TempDir(), "run")
	args := []string{"sync", "--yes", "--undo", "--out", runDir, "-"}
	if got := (call{args: args, in: "id,volume\n1,50\n2,50\n", env: env}).run(t); got.code != exitOK {
		t.Fatalf("exit %d\n%s", got.code, got.err)
	}
	before := filepath.Join(runDir, run.BeforeFile)
	text, err := os.ReadFile(before)
	if err != nil {
		t.Fatal(err)
	}
	write(t, before, strings.Replace(string(text), `{"id":1`, "\x00\x00\x00\x00\x00\x00", 1))
	args[3] = "--resume"
	got := call{args: args, in: "id,volume\n1,50\n2,50\n", env: env}.run(t)
	if undo, err := os.ReadFile(filepath.Join(runDir, run.UndoFile)); err != nil ||
		!strings.Contains(got.err, "1 line of before.jsonl cannot be read") ||
		!strings.Contains(string(undo), "# 1 line of before.jsonl cannot be read") ||
		!strings.Contains(string(undo), "- id: 2\n") {
		t.Errorf("exit %d, %v\n%s\n%s", got.code, err, undo, got.err)
	}
}

// Changed tracks of which before.jsonl says nothing, because somebody has removed it, are
// counted and said.
func TestUndoWithoutImages(t *testing.T) {
	env, _ := serve(t, sandbox.Config{Tracks: []sandbox.Track{{ID: 1, Name: "One", Volume: 40},
		{ID: 2, Name: "Two", Volume: 40}}})
	runDir, in := filepath.Join(t.TempDir(), "run"), "id,volume\n1,50\n2,50\n"
	args := []string{"sync", "--yes", "--undo", "--out", runDir, "-"}
	if got := (call{args: args, in: in, env: env}).run(t); got.code != exitOK {
		t.Fatalf("exit %d\n%s", got.code, got.err)
	}
	if err := os.Remove(filepath.Join(runDir, run.BeforeFile)); err != nil {
		t.Fatal(err)
	}
	args[3] = "--resume"
	got := call{args: args, in: in, env: env}.run(t)
	summary, err := os.ReadFile(filepath.Join(runDir, run.SummaryFile))
	if err != nil || !strings.Contains(string(summary), `"unrecorded": 2`) ||
		!strings.Contains(got.err, "2 tracks changed by this run cannot be restored") {
		t.Errorf("exit %d, %v\n%s\n%s", got.code, err, summary, got.err)
	}
}

// signing is a sandbox whose media URLs are signed anew in every answer.
type signing struct {
	*sandbox.Sandbox
	signed int
	sign   func(url string, n int) string
}

var mediaURL = regexp.MustCompile(`"url":"[^"]*"`)

func (s *signing) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	answer := httptest.NewRecorder()
	s.Sandbox.ServeHTTP(answer, req)
	body := mediaURL.ReplaceAllStringFunc(answer.Body.String(), func(found string) string {
		s.signed++
		return `"url":"` + s.sign(strings.TrimSuffix(strings.TrimPrefix(found, `"url":"`), `"`), s.signed) + `"`
	})
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(answer.Code)
	fmt.Fprint(w, body)
}

// Media URLs with a new signature in every answer are not drift. A field that cannot be
// compared does not keep the others from being restored.
func TestUndoOfSignedMedia(t *testing.T) {
	const old = "https://cdn.example/old.mp3"
	for name, c := range map[string]struct {
		sign     func(url string, n int) string
		meddle   string // media that somebody sets before the way back
		code     int
		restored bool
	}{
		"in the query": {func(url string, n int) string { return fmt.Sprintf("%s?expires=%d&sig=x%d", url, n, n) }, "",
			exitOK, true},
		"in the path": {func(url string, n int) string {
			at := strings.LastIndex(url, "/")
			return fmt.Sprintf("%s/%d%s", url[:at], n, url[at:])
		}, "", exitRows, false},
		"and somebody changed it": {func(url string, n int) string { return fmt.Sprintf("%s?sig=%d", url, n) },
			"https://example.com/mine.mp3", exitRows, false},
	} {
		t.Run(name, func(t *testing.T) {
			box, err := sandbox.New(sandbox.Config{Tracks: []sandbox.Track{{ID: 1, Name: "One", Volume: 40,
				Media: old}}})
			if err != nil {
				t.Fatal(err)
			}
			server := httptest.NewServer(&signing{Sandbox: box, sign: c.sign})
			defer server.Close()
			env := environment(server.URL)
			runDir := filepath.Join(t.TempDir(), "run")
			sync := func(want int, in string, args ...string) string {
				t.Helper()
				got := call{args: append([]string{"sync", "--yes", "--concurrency", "1"}, args...), in: in,
					env: env}.run(t)
				if got.code != want {
					t.Fatalf("exit %d\n%s", got.code, got.err)
				}
				return got.err
			}
			sync(exitOK, `{"id":1,"name":"Two","volume":50,"media_url":"https://example.com/new.mp3"}`, "--undo",
				"--out", runDir, "-")
			if c.meddle != "" {
				sync(exitOK, `{"id":1,"media_url":"`+c.meddle+`"}`, "--out", runDir+"-meddle", "-")
			}
			meddled, _ := box.Track(1)
			undo, back := filepath.Join(runDir, run.UndoFile), runDir+"-back"
			sync(c.code, "", "--undo", "--out", back, undo)
			now, _ := box.Track(1)
			if now.Track.Name != "One" || now.Track.Volume != 40 ||
				(now.Track.Media != meddled.Track.Media) != c.restored {
				text, _ := os.ReadFile(undo)
				t.Errorf("the track is %+v\n%s", now.Track, text)
			}
			if c.restored {
				return
			}
			results, err := os.ReadFile(filepath.Join(back, run.ResultsFile))
			if err != nil || !strings.Contains(string(results), `"status":"drifted"`) ||
				!strings.Contains(string(results), "the media was left alone") {
				t.Errorf("%v\n%s", err, results)
			}
			// Undoing can be undone like any other run.
			sync(exitOK, "", "--out", runDir+"-forth", filepath.Join(back, run.UndoFile))
			if now, _ := box.Track(1); now.Track.Name != "Two" || now.Track.Volume != 50 ||
				now.Track.Media != meddled.Track.Media {
				t.Errorf("then the track is %+v", now.Track)
			}
		})
	}
}
