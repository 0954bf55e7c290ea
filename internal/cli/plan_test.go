package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tracksync/internal/run"
	"tracksync/internal/sandbox"
	"tracksync/internal/terminal"
	"tracksync/internal/track"
	"tracksync/sync/current"
)

// An account with tracks that a manifest agrees with and disagrees with.
func planAccount() sandbox.Config {
	return sandbox.Config{Exists: func(int64) bool { return false }, Tracks: []sandbox.Track{
		{ID: 1, Name: "One", Volume: 40, Project: 3, Media: "https://cdn.example.com/1.mp3"},
		{ID: 2, Name: "Two", Volume: 50},
		{ID: 3, Name: "Thr\u202eee, \"3\"", Volume: 60, Project: 3},
	}}
}

func sameTracks(t *testing.T, content string) string {
	return manifest(t, "id,name,volume,project_id\n"+content)
}

func TestPlanText(t *testing.T) {
	env, box := serve(t, planAccount())
	file := sameTracks(t, "1,,55,null\n2,Two,50,\n4,x,,\n3,\"=a,b\",,4\n")
	got := call{args: []string{"plan", file}, env: env}.run(t)
	want := strings.NewReplacer("F:", file+":", "URL", env[baseVariable], "FILE", file).Replace(`~ 1 "One"  F:2
    volume 40 → 55
    project 3 → none (null)
✗ 4  F:4  does not exist
~ 3 "Thr\u202eee, \"3\""  F:5
    name "Thr\u202eee, \"3\"" → "=a,b"
    project 3 → 4

✗ planned: 1 of 4 rows cannot be applied, and 2 would change

  change         2  name of 1, volume of 1, project of 2 (1 detached)
  unchanged      1  already matched

  missing        1  there is no such track

Next: fix the rows that cannot be applied, then
  tracksync sync --skip-unchanged --base-url=URL FILE
`)
	if got.out != want || got.code != exitRows {
		t.Errorf("exit %d\n%s\nwant\n%s\n%s", got.code, got.out, want, got.err)
	}
	onlyGETs(t, box)
}

// onlyGETs asserts that nothing could have been changed.
func onlyGETs(t *testing.T, box *sandbox.Sandbox) {
	t.Helper()
	s := box.Stats()
	if len(s.ByMethod) != 1 || s.ByMethod["GET"] != s.Requests || s.Requests == 0 || s.Applied != 0 {
		t.Errorf("%d requests: %v, %d changes", s.Requests, s.ByMethod, s.Applied)
	}
}

type planDocument struct {
	BaseURL string `json:"base_url"`
	Rows    int
	Changes []struct {
		Row     int
		ID      int
		Name    string
		Changes map[string]map[string]any
	}
	Errors []struct {
		Row    int
		ID     int
		Status string
		Error  struct{ Code, Message, Field string }
	}
	Totals map[string]int
	Fields map[string]int
}

func TestPlanJSON(t *testing.T) {
	env, box := serve(t, planAccount())
	file := sameTracks(t, "1,,55,null\n4,x,,\n2,Two,50,\n3,,101,\n3,,,3\n2,,,\n")
	got := call{args: []string{"plan", "--json", "--on-invalid", "skip", "--on-duplicate", "last", file},
		env: env}.run(t)
	var d planDocument
	if err := json.Unmarshal([]byte(got.out), &d); err != nil {
		t.Fatalf("%v\n%s\n%s", err, got.out, got.err)
	}
	if got.code != exitRows || d.BaseURL != env[baseVariable] || d.Rows != 6 {
		t.Errorf("exit %d, %q, %d rows", got.code, d.BaseURL, d.Rows)
	}
	if len(d.Changes) != 1 || d.Changes[0].ID != 1 || d.Changes[0].Name != "One" ||
		fmt.Sprint(d.Changes[0].Changes) != "map[project_id:map[from:3 to:<nil>] volume:map[from:40 to:55]]" {
		t.Errorf("changes: %+v", d.Changes)
	}
	if len(d.Errors) != 2 || d.Errors[0].Status != "missing" || d.Errors[0].ID != 4 ||
		d.Errors[0].Error.Code != "not_found" ||
		d.Errors[1].Status != "invalid" || d.Errors[1].Error.Field != "volume" {
		t.Errorf("errors: %+v", d.Errors)
	}
	if fmt.Sprint(d.Totals) != "map[change:1 drifted:0 invalid:1 missing:1 skipped:1 superseded:1 unchanged:1 "+
		"unreadable:0]" {
		t.Errorf("totals: %v", d.Totals)
	}
	sum := 0
	for _, n := range d.Totals {
		sum += n
	}
	if sum != d.Rows || d.Fields["project_id"] != 1 || d.Fields["detached"] != 1 {
		t.Errorf("totals %v of %d rows, fields %v", d.Totals, d.Rows, d.Fields)
	}
	onlyGETs(t, box)
}

// A row that expects something else of its track is an error with both values.
func TestPlanDrift(t *testing.T) {
	env, box := serve(t, planAccount())
	file := filepath.Join(t.TempDir(), "p.yaml")
	write(t, file, `
- {id: 1, volume: 55, expect: {volume: 41, project: null}}
- {id: 2, volume: 50, expect: {name: "Zwei"}} # done already, whatever was expected
- {id: 3, volume: 61, expect: {volume: 60}}
`)
	got := call{args: []string{"plan", file}, env: env}.run(t)
	for _, want := range []string{
		"✗ 1 \"One\"  " + file +
			":2  drifted\n    volume: expected 41, the track has 40\n    project_id: expected null, the track has 3\n",
		"volume 60 → 61\n", "✗ planned: 1 of 3 rows cannot be applied, and 1 would change\n",
		"drifted        1  the track is not as expected\n",
	} {
		if !strings.Contains(got.out, want) {
			t.Errorf("%q is not in\n%s", want, got.out)
		}
	}
	if got.code != exitRows {
		t.Errorf("exit %d", got.code)
	}
	onlyGETs(t, box)
}

// A track that cannot be read is an error, and the other rows are planned.
func TestPlanUnreadable(t *testing.T) {
	c := planAccount()
	c.Fail = map[int64]int{2: http.StatusUnprocessableEntity}
	c.Tracks = c.Tracks[:1] // the listing does not show the second
	env, _ := serve(t, c)
	got := call{args: []string{"plan", sameTracks(t, "1,,55,\n2,x,,\n")}, env: env}.run(t)
	if got.code != exitRows || !strings.Contains(got.out, ":3  its state could not be read: ") ||
		!strings.Contains(got.out, "volume 40 → 55") {
		t.Errorf("exit %d\n%s\n%s", got.code, got.out, got.err)
	}
}

// With a state file, media to which the service has given its own URL is not a change.
func TestPlanState(t *testing.T) {
	env, _ := serve(t, planAccount())
	const asked = "https://example.com/1.wav"
	file := manifest(t, "id,media_url\n1,"+asked+"\n")
	state := filepath.Join(t.TempDir(), "state")
	plan := func(env map[string]string) output {
		return call{args: []string{"plan", "--exit-code", "--state", state, file}, env: env}.run(t)
	}
	if got := plan(env); got.code != exitChanges { // the file is missing
		t.Errorf("exit %d\n%s\n%s", got.code, got.out, got.err)
	}
	if _, err := os.Stat(state); err == nil {
		t.Error("a state file was made")
	}
	a := run.Account{Base: env[baseVariable], Key: testKey}
	s, err := current.NewState(current.Account{BaseURL: a.Base, Fingerprint: a.Fingerprint},
		bytes.NewReader(make([]byte, 64)))
	if err != nil {
		t.Fatal(err)
	}
	s.Applied(1, asked, track.Field[string]{}, track.Value("https://cdn.example.com/1.mp3"))
	var content bytes.Buffer
	if err := s.Save(&content); err != nil {
		t.Fatal(err)
	}
	write(t, state, content.String())
	if got := plan(env); got.code != exitOK || !strings.HasPrefix(got.out, "✓ planned: nothing would change") {
		t.Errorf("exit %d\n%s\n%s", got.code, got.out, got.err)
	}
	if after, err := os.ReadFile(state); err != nil || string(after) != content.String() {
		t.Errorf("the state file was changed: %v\n%s", err, after)
	}
	other := map[string]string{keyVariable: "write_another_key", baseVariable: env[baseVariable]}
	if got := plan(other); got.code != exitUsage || got.out != "" ||
		!strings.Contains(got.err, "each account has its own") {
		t.Errorf("exit %d\n%s", got.code, got.err)
	}
	write(t, state, content.String()[:content.Len()-3])
	if got := plan(env); got.code != exitUsage || got.out != "" || !strings.Contains(got.err, "remove the file") {
		t.Errorf("exit %d\n%s", got.code, got.err)
	}
}

func TestPlanUsage(t *testing.T) {
	dir := t.TempDir()
	file := manifest(t, threeRows)
	yaml := filepath.Join(dir, "m.yaml")
	write(t, yaml, "- {id: 1, volume: 1}\n")
	for _, tc := range []struct {
		name, says string
		args       []string
	}{
		{"no manifest", "no manifest", nil},
		{"rate", "--rate", []string{"--rate", "fast", file}},
		{"JSON and a manifest", "both claim", []string{"--json", "--save", "-", file}},
		{"a table cannot hold it", "YAML, JSON or JSON Lines", []string{"--save", filepath.Join(dir, "p.csv"), file}},
		{"no ending", "YAML, JSON or JSON Lines", []string{"--save", filepath.Join(dir, "p"), file}},
		{"no directory", "no such directory", []string{"--save", filepath.Join(dir, "none", "p.yaml"), file}},
		{"a directory", "a directory", []string{"--save", makeDir(t, filepath.Join(dir, "d.yaml")), file}},
		{"the key in the manifest", "API key", []string{manifest(t, "id,name\n1,"+testKey+"\n")}},
		{"over the manifest", "overwrite", []string{"--save", yaml, file, yaml}},
		{"state is a directory", "--state", []string{"--state", dir, file}},
		{"sandbox and base URL", "--sandbox", []string{"--sandbox", "--base-url", "https://example.com/v1", file}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			env, box := serve(t, sandbox.Config{})
			got := call{args: append([]string{"plan"}, tc.args...), env: env}.run(t)
			if got.code != exitUsage || got.out != "" || !strings.Contains(got.err, tc.says) ||
				box.Stats().Requests != 0 {
				t.Errorf("exit %d, %q\n%s", got.code, got.out, got.err)
			}
		})
	}
}

func makeDir(t *testing.T, dir string) string {
	t.Helper()
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

func (closedPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

// Colours and widths are those of standard output, not of standard error.
func TestPlanOnTerminal(t *testing.T) {
	env, _ := serve(t, planAccount())
	file := sameTracks(t, "1,,55,\n")
	run := func(onTerminal bool, more map[string]string) string {
		var out bytes.Buffer
		full := map[string]string{keyVariable: env[keyVariable], baseVariable: env[baseVariable]}
		for k, v := range more {
			full[k] = v
		}
		Main([]string{"plan", file}, terminal.Streams{
			In: strings.NewReader(""), Out: &out, Err: io.Discard, OutTerminal: onTerminal, ErrTerminal: !onTerminal,
			Width: func() int { return 80 }, Getenv: lookingUp(t, full),
		}, nil)
		return out.String()
	}
	for _, tc := range []struct {
		name     string
		terminal bool
		env      map[string]string
		colored  bool
	}{
		{"a terminal", true, nil, true},
		{"a pipe", false, nil, false},
		{"NO_COLOR", true, map[string]string{"NO_COLOR": "1"}, false},
		{"a dumb terminal", true, map[string]string{"TERM": "dumb"}, false},
	} {
		out := run(tc.terminal, tc.env)
		if strings.Contains(out, "\x1b[") != tc.colored || !strings.Contains(out, "1 of 1") {
			t.Errorf("%s: %q", tc.name, out)
		}
	}
}

// With the sandbox no key is needed, and there is nothing to change.
func TestPlanSandbox(t *testing.T) {
	got := call{args: []string{"plan", "--sandbox", "--json", manifest(t, threeRows)}}.run(t)
	if got.code != exitOK || !strings.Contains(got.out, `"totals": {"change":3,`) {
		t.Errorf("exit %d\n%s\n%s", got.code, got.out, got.err)
	}
}
