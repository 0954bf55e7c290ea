package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tracksync/input"
	"tracksync/internal/planning"
	"tracksync/internal/run"
	"tracksync/internal/safe"
	"tracksync/internal/sandbox"
	"tracksync/internal/stopping"
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
	want := strings.ReplaceAll(`~ 1 "One"  F:2
    volume 40 → 55
    project 3 → none (null)
! 4  F:4  does not exist
~ 3 "Thr\u202eee, \"3\""  F:5
    name "Thr\u202eee, \"3\"" → "=a,b"
    project 3 → 4

2 to change, 1 unchanged, 1 error
  changes  name of 1, volume of 1, project of 2 (1 detached)
  errors   1 missing
`, "F:", file+":")
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

func TestPlanExitCodes(t *testing.T) {
	const change, same, missing, nothing = "1,,55,\n", "2,Two,50,\n", "4,x,,\n", "2,,,\n"
	for _, tc := range []struct {
		name string
		rows string
		args []string
		want int
	}{
		{"changes", change + same, nil, exitOK},
		{"changes, asked for", change + same, []string{"--exit-code"}, exitChanges},
		{"nothing to do", same, []string{"--exit-code"}, exitOK},
		{"nothing asked", nothing, []string{"--exit-code"}, exitUsage},
		{"nothing asked, which is allowed", nothing, []string{"--exit-code", "--allow-empty"}, exitOK},
		{"no rows", "", []string{"--exit-code", "--allow-empty"}, exitOK},
		{"an error counts for more", change + missing, []string{"--exit-code"}, exitRows},
		{"invalid rows", change + "2,,101,\n", []string{"--on-invalid", "skip", "--exit-code"}, exitRows},
		{"superseded rows", change + "1,,40,\n", []string{"--on-duplicate", "last", "--exit-code"}, exitOK},
		{"an invalid manifest", change + "2,,101,\n", []string{"--exit-code"}, exitUsage},
		{"JSON", change, []string{"--json", "--exit-code"}, exitChanges},
		{"saved", change, []string{"--save", "-", "--exit-code"}, exitChanges},
	} {
		t.Run(tc.name, func(t *testing.T) {
			env, box := serve(t, planAccount())
			got := call{args: append([]string{"plan", sameTracks(t, tc.rows)}, tc.args...), env: env}.run(t)
			if got.code != tc.want {
				t.Errorf("exit %d, want %d\n%s\n%s", got.code, tc.want, got.out, got.err)
			}
			if box.Stats().Applied != 0 {
				t.Error("something was changed")
			}
			if idle := tc.rows == "" || tc.rows == nothing; idle && box.Stats().Requests != 0 {
				t.Errorf("%d requests for nothing", box.Stats().Requests)
			}
		})
	}
}

// Where the state cannot be read to its end nothing is shown.
func TestPlanStops(t *testing.T) {
	hourly, err := sandbox.ParseLimit("window=1/h,retry-after=seconds")
	if err != nil {
		t.Fatal(err)
	}
	many := "id,volume\n"
	for id := 101; id <= 112; id++ {
		many += fmt.Sprintf("%d,1\n", id)
	}
	for _, tc := range []struct {
		name    string
		config  sandbox.Config
		content string
		args    []string
		want    int
		says    string
	}{
		{"the key", sandbox.Config{Key: "write_another_key"}, threeRows, nil, exitKey, "the API rejected the key"},
		{"another account", planAccount(), many, nil, exitStopped, "do not exist"},
		{"a long wait", sandbox.Config{Limit: hourly}, threeRows, nil, exitStopped,
			"there is no plan: the API asks to come back only in"},
	} {
		for _, kind := range [][]string{nil, {"--json"}, {"--save", "-"}} {
			t.Run(tc.name+strings.Join(kind, " "), func(t *testing.T) {
				env, _ := serve(t, tc.config)
				args := append(append([]string{"plan", manifest(t, tc.content)}, kind...), tc.args...)
				got := call{args: args, env: env}.run(t)
				if got.code != tc.want || got.out != "" || !strings.Contains(got.err, tc.says) {
					t.Errorf("exit %d, want %d and %q\n%s\n%s", got.code, tc.want, tc.says, got.out, got.err)
				}
			})
		}
	}
}

func TestPlanInterrupted(t *testing.T) {
	env, _, came := serveWatched(t, sandbox.Config{Faults: sandbox.Faults{HangBefore: 1}})
	signals := make(chan os.Signal, 2)
	c := call{args: []string{"plan", "--save", filepath.Join(t.TempDir(), "p.yaml"), manifest(t, threeRows)}, env: env,
		signals: signals}
	go func() {
		<-came
		signals <- os.Interrupt
		signals <- os.Interrupt
	}()
	got := c.run(t)
	if got.code != exitInterrupted || got.out != "" {
		t.Errorf("exit %d\n%s\n%s", got.code, got.out, got.err)
	}
	if _, err := os.Stat(c.args[2]); err == nil {
		t.Error("a plan was saved")
	}
}

// A signal while the plan is shown: it is not taken for the whole.
func TestPlanInterruptedWhileShown(t *testing.T) {
	m, err := input.Open(t.Context(), []string{manifest(t, "id,volume\n1,\n")}, nil, nil,
		input.Options{AllowEmpty: true})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	summary, err := m.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, interrupt := context.WithCancelCause(t.Context())
	interrupt(&stopping.Interrupted{Signal: os.Interrupt})
	for _, save := range []string{"", filepath.Join(t.TempDir(), "p.yaml")} {
		var out bytes.Buffer
		p := &planRun{
			app:          &app{Streams: terminal.Streams{Out: &out, Getenv: lookingUp(t, nil)}, log: &terminal.Messages{}},
			planSettings: planSettings{planOptions: planOptions{save: save}, format: input.YAML},
			plan:         planning.Plan{Manifest: m, Hidden: &safe.Secrets{}}, checked: summary,
		}
		if err := p.show(ctx); exitCode(err) != exitInterrupted || out.Len() > 0 {
			t.Errorf("%v, %q", err, out.String())
		}
		if _, err := os.Stat(save); save != "" && err == nil {
			t.Error("a plan was saved")
		}
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
		"! 1 \"One\"  " + file +
			":2  drifted\n    volume: expected 41, the track has 40\n    project_id: expected null, the track has 3\n",
		"volume 60 → 61\n", "1 to change, 1 unchanged, 1 error\n", "errors   1 drifted\n",
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

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A track that the API refuses to tell is an error, and the others are planned.
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

// What a saved plan says is what was shown, in every format; sync then applies
// exactly that, and the next plan is empty.
func TestSavedPlanRoundTrip(t *testing.T) {
	for _, ext := range []string{".yaml", ".YML", ".json", ".jsonl"} {
		t.Run(ext, func(t *testing.T) {
			env, box := serve(t, planAccount())
			file := sameTracks(t, "1,,40,null\n2,\"=\"\"Two\"\", 👩\u200d🚀\n\",51,4\n3,,60,3\n")
			saved := filepath.Join(t.TempDir(), "my plan"+ext)
			for _, args := range [][]string{{"--save", saved}, {"--save", saved}} { // overwriting is fine
				got := call{args: append([]string{"plan", file}, args...), env: env}.run(t)
				if got.code != exitOK || !strings.Contains(got.err, `"changes":2`) ||
					!strings.Contains(got.out, "2 to change") {
					t.Fatalf("exit %d\n%s\n%s", got.code, got.out, got.err)
				}
			}
			onlyGETs(t, box)
			rows := readBack(t, saved)
			if len(rows) != 2 ||
				rows[0].Update != (track.Update{ID: 1, Values: track.Values{Project: track.Null[track.ID]()}}) ||
				!slices.Equal(rows[0].Expect, track.Alternatives{{Project: track.Value[track.ID](3)}}) ||
				!slices.Equal(rows[1].Expect,
					track.Alternatives{{Name: track.Value("Two"), Volume: track.Value(50),
						Project: track.Null[track.ID]()}}) {
				t.Errorf("%+v", rows)
			}
			got := call{args: []string{"sync", "--out", filepath.Join(t.TempDir(), "run"), saved}, env: env}.run(t)
			if got.code != exitOK || box.Stats().Applied != 2 {
				t.Fatalf("sync: exit %d\n%s", got.code, got.err)
			}
			for _, again := range []string{file, saved} {
				got = call{args: []string{"plan", "--exit-code", again}, env: env}.run(t)
				if got.code != exitOK || !strings.HasPrefix(got.out, "0 to change, ") {
					t.Errorf("again: exit %d\n%s\n%s", got.code, got.out, got.err)
				}
			}
		})
	}
}

func readBack(t *testing.T, file string) []track.Row {
	t.Helper()
	m, err := input.Open(t.Context(), []string{file}, nil, nil, input.Options{AllowEmpty: true})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if _, err := m.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	var rows []track.Row
	for row, err := range m.Rows(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	return rows
}

// The comments say where the plan comes from and how to apply it.
func TestSavedPlanSaysWhatItIs(t *testing.T) {
	env, _ := serve(t, planAccount())
	file := filepath.Join(t.TempDir(), "p.yaml")
	write(t, file, "- {id: 1, volume: 155, expect: {name: One}}\n- {id: 4, volume: 1}\n")
	saved := filepath.Join(t.TempDir(), "it's.yaml")
	got := call{args: []string{"plan", "--max-volume", "200", "--base-url", env[baseVariable], "--save", saved, file},
		env: env}.run(t)
	if got.code != exitRows || !strings.Contains(got.err, "not in the saved plan: 1 row with errors") {
		t.Fatalf("exit %d\n%s", got.code, got.err)
	}
	text, err := os.ReadFile(saved)
	if err != nil {
		t.Fatal(err)
	}
	quoted, _ := safe.ShellWords([]string{saved})
	want := `^# A plan: what sync would have changed on 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC
# at ` + regexp.QuoteMeta(env[baseVariable]) + `, made from
#   ` + regexp.QuoteMeta(file) + ` \(SHA-256 [0-9a-f]{64}\)
# A track that is not as its entry expects is left alone. Apply it with
#   tracksync sync --base-url=` + regexp.QuoteMeta(env[baseVariable]+" --max-volume=200 "+quoted) + `
- id: 1
  # "One", from ` + regexp.QuoteMeta(file) + `:1
  volume: 155
  expect:
    name: "One"
    volume: 40
$`
	if !regexp.MustCompile(want).Match(text) {
		t.Errorf("%s\nwant\n%s", text, want)
	}
}

// The command that applies a saved plan can be pasted, and remembers its media in
// the state that the plan was made with: the next plan is empty.
func TestSavedPlanIsAppliedAsItSays(t *testing.T) {
	env, _ := serve(t, planAccount())
	dir := t.TempDir()
	t.Chdir(dir)
	write(t, "key.txt", env[keyVariable])
	write(t, "media.csv", "id,media_url\n1,https://example.com/new.mp3\n")
	delete(env, keyVariable)
	plan := []string{"plan", "--api-key-file", "key.txt", "--state", "media.state", "--save", "plan.yaml", "media.csv"}
	got := call{args: plan, env: env}.run(t)
	base := env[baseVariable]
	delete(env, baseVariable) // the command says where
	apply := "tracksync sync --api-key-file=key.txt --base-url=" + base + " --state=media.state plan.yaml"
	if got.code != exitOK || !strings.Contains(got.err, apply) {
		t.Fatalf("exit %d\n%s", got.code, got.err)
	}
	text, err := os.ReadFile("plan.yaml")
	if err != nil || !strings.Contains(string(text),
		"#   tracksync sync --base-url="+base+" --state=media.state plan.yaml\n") {
		t.Errorf("%v\n%s", err, text)
	}
	if got := (call{args: append(strings.Fields(apply)[1:], "--yes"), env: env}).run(t); got.code != exitOK {
		t.Fatalf("exit %d\n%s", got.code, got.err)
	}
	env[baseVariable] = base
	if got := (call{args: append(plan, "--exit-code"), env: env}).run(t); got.code != exitOK {
		t.Errorf("there are changes left: exit %d\n%s", got.code, got.out)
	}
}

// On standard output the manifest stands alone; errors are said beside it.
func TestPlanSavedToStandardOutput(t *testing.T) {
	env, _ := serve(t, planAccount())
	got := call{args: []string{"plan", "--save", "-", "-"}, in: "id,volume\n1,55\n4,1\n", env: env}.run(t)
	if got.code != exitRows || !strings.Contains(got.err, "standard input:3: track 4: does not exist") {
		t.Errorf("exit %d\n%s", got.code, got.err)
	}
	file := filepath.Join(t.TempDir(), "p.yaml")
	write(t, file, got.out)
	if rows := readBack(t, file); len(rows) != 1 || rows[0].Update.ID != 1 ||
		!strings.Contains(got.out, "from standard input:2\n") {
		t.Errorf("%+v\n%s", rows, got.out)
	}
}

// An API that answers oddly: of track 1 the name is null, of track 2 the volume
// is not told.
func oddAPI(t *testing.T) map[string]string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method != "GET":
			t.Errorf("%s %s", r.Method, r.URL)
		case strings.HasSuffix(r.URL.Path, "/1"):
			_, _ = io.WriteString(w, `{"id":1,"name":null,"volume":1,"project":null}`)
		case strings.HasSuffix(r.URL.Path, "/2"):
			_, _ = io.WriteString(w, `{"id":2,"name":"a\u001b[31mb"}`)
		default:
			_, _ = io.WriteString(w, `[]`)
		}
	}))
	t.Cleanup(server.Close)
	return environment(server.URL)
}

// What a saved plan could not say is left out of it and said; what the API does
// not tell is not expected.
func TestSavedPlanLeavesOut(t *testing.T) {
	saved := filepath.Join(t.TempDir(), "p.yaml")
	got := call{args: []string{"plan", "--save", saved, sameTracks(t, "1,One,,\n2,Two,2,\n")}, env: oddAPI(t)}.run(t)
	if got.code != exitRows || !strings.Contains(got.err, "is not in the saved plan: track 1 cannot be written") ||
		!strings.Contains(got.err, `"changes":1`) || !strings.Contains(got.out, "2 to change") ||
		strings.Contains(got.out, "\x1b") {
		t.Errorf("exit %d\n%q\n%s", got.code, got.out, got.err)
	}
	rows := readBack(t, saved)
	if len(rows) != 1 || !slices.Equal(rows[0].Expect, track.Alternatives{{Name: track.Value("a\x1b[31mb")}}) {
		t.Errorf("%+v", rows)
	}
	if text, err := os.ReadFile(saved); err != nil ||
		!strings.Contains(string(text), "# not expected, because the API does not report it: volume\n") {
		t.Errorf("%v\n%s", err, text)
	}
}

// With a state file, media that the service has made its own of is no change.
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
	if got := plan(env); got.code != exitOK || !strings.HasPrefix(got.out, "0 to change, 1 unchanged") {
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

// closedPipe is a standard output that nobody reads.
type closedPipe struct{}

func (closedPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

// A plan that could not be shown has not succeeded, and is not saved.
func TestPlanOutputFails(t *testing.T) {
	env, _ := serve(t, planAccount())
	file := sameTracks(t, "1,,55,\n4,x,,\n")
	for _, args := range [][]string{nil, {"--json"}, {"--save", "-"},
		{"--save", filepath.Join(t.TempDir(), "p.yaml")}} {
		var errw bytes.Buffer
		code := Main(append([]string{"plan", file}, args...), terminal.Streams{
			In: strings.NewReader(""), Out: closedPipe{}, Err: &errw, Width: func() int { return 80 },
			Getenv: lookingUp(t, env),
		}, nil)
		if code != exitStopped ||
			!strings.Contains(errw.String(), "the plan is not complete: standard output: broken pipe") {
			t.Errorf("%v: exit %d\n%s", args, code, errw.String())
		}
		if len(args) == 2 {
			if left, err := filepath.Glob(filepath.Join(filepath.Dir(args[1]), "*.yaml*")); err != nil ||
				len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		}
	}
}

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
		if strings.Contains(out, "\x1b[") != tc.colored || !strings.Contains(out, "1 to change") {
			t.Errorf("%s: %q", tc.name, out)
		}
	}
}

// Against the sandbox no key is needed, and nothing is there to be changed.
func TestPlanSandbox(t *testing.T) {
	got := call{args: []string{"plan", "--sandbox", "--json", manifest(t, threeRows)}}.run(t)
	if got.code != exitOK || !strings.Contains(got.out, `"totals": {"change":3,`) {
		t.Errorf("exit %d\n%s\n%s", got.code, got.out, got.err)
	}
}
