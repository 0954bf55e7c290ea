package cli

import (
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
	"tracksync/internal/safe"
	"tracksync/internal/track"
)

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A saved plan has the changes that were shown, in every format. sync then applies
// exactly these, and the next plan is empty.
func TestSavedPlanRoundTrip(t *testing.T) {
	for _, ext := range []string{".yaml", ".YML", ".json", ".jsonl"} {
		t.Run(ext, func(t *testing.T) {
			env, box := serve(t, planAccount())
			file := sameTracks(t, "1,,40,null\n2,\"=\"\"Two\"\", 👩\u200d🚀\n\",51,4\n3,,60,3\n")
			saved := filepath.Join(t.TempDir(), "my plan"+ext)
			for _, args := range [][]string{{"--save", saved}, {"--save", saved}} { // overwriting is fine
				got := call{args: append([]string{"plan", file}, args...), env: env}.run(t)
				if got.code != exitOK || !strings.Contains(got.err, `"changes":2`) ||
					!strings.Contains(got.out, "2 of ") {
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
				if got.code != exitOK || !strings.HasPrefix(got.out, "✓ planned: nothing would change") {
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
	return rowsOf(t, m)
}

func rowsOf(t *testing.T, m *input.Manifest) []track.Row {
	t.Helper()
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
	quoted, _ := safe.POSIX.Words([]string{saved})
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

// The command that applies a saved plan can be pasted, and uses the state file of the
// plan for its media, so the next plan is empty.
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

// On standard output there is only the manifest; errors go to standard error.
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

// An API with odd answers: the name of track 1 is null, and track 2 has no volume.
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

// Changes that a manifest cannot express are left out of the saved plan, and reported.
// Values that the API does not report are not expected.
func TestSavedPlanLeavesOut(t *testing.T) {
	saved := filepath.Join(t.TempDir(), "p.yaml")
	got := call{args: []string{"plan", "--save", saved, sameTracks(t, "1,One,,\n2,Two,2,\n")}, env: oddAPI(t)}.run(t)
	if got.code != exitRows || !strings.Contains(got.err, "is not in the saved plan: track 1 cannot be written") ||
		!strings.Contains(got.err, `"changes":1`) || !strings.Contains(got.out, "2 of ") ||
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
