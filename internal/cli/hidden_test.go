package cli

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"tracksync/internal/safe"
	"tracksync/internal/track"
	"tracksync/report"
)

func TestArgumentsThatAreKeys(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("write_of_a_file1", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	const key = "write_3fA9xY77QzB0"
	for _, args := range [][]string{
		{"sync", key}, {"sync", "-k" + key}, {"sync", "--rate", key}, {"sync", "--rate=" + key}, {"--" + key},
		{"-" + key},
		{"sync", "--map", "name=" + key}, {"sync", "--api-key-file", key}, {strings.ToUpper(key)},
	} {
		h := &safe.Secrets{}
		hideArguments(h, args)
		if got := h.Text("it was " + key); got != "it was [redacted]" {
			t.Errorf("%q: %s", args, got)
		}
	}
	for _, args := range [][]string{
		{"sync", "write_tracks_2026.csv"}, {"sync", "write_of_a_file1"}, {"sync", "--out", "20261123T150405Z-0a1b2c"},
		{"--api-key-file", "keys/production1"},
		{"--api-key-file", "production.key"}, {"--api-key-file", "production-key"}, {"sync", "-y", "-o", "write_"},
		{"-", ""},
	} {
		h := &safe.Secrets{}
		hideArguments(h, args)
		for _, arg := range args {
			if h.Holds(arg) {
				t.Errorf("%q: %q is hidden", args, arg)
			}
		}
	}
	h := &safe.Secrets{}
	hideArguments(h, []string{"--api-key-file", "9f8e7d6c5b4a39281706"})
	if !h.Holds("9f8e7d6c5b4a39281706") {
		t.Error("a key without a beginning is not hidden")
	}
}

// A track that has the key in its name is not expected to be called "[redacted]".
func TestPlanDoesNotExpectAMark(t *testing.T) {
	h := &safe.Secrets{}
	h.Add(testKey)
	r := plannedRow{PlanRow: report.PlanRow{
		ID: 1, Position: track.Position{File: filepath.Join("x", testKey+".csv"), Line: 2},
		Name: track.Value("was " + testKey),
		Changes: track.Changes{
			Name:   track.Change[string]{From: track.Value("was " + testKey), To: track.Value("new")},
			Volume: track.Change[int]{From: track.Value(40), To: track.Value(55)},
		},
		Lines:   []report.PlanLine{{Field: track.FieldName, From: "was " + testKey, To: "new"}},
		Reasons: []string{testKey}, Error: track.Error{Message: testKey},
	}}
	r.hidden.Name = true // as the client says it
	r.todo = track.Values{Name: track.Value("new"), Volume: track.Value(55)}
	r.redact(h)
	e := r.entry()
	want := track.Alternatives{{Volume: track.Value(40)}}
	if !reflect.DeepEqual(e.Expect, want) || e.Update.Name != track.Value("new") {
		t.Errorf("%+v", e)
	}
	if !strings.Contains(e.Comment, "not expected, because it seems to hold the API key: name") || h.Holds(e.Comment) {
		t.Error(e.Comment)
	}
	for _, text := range []string{r.Lines[0].From, r.Reasons[0], r.Error.Message, r.Position.File,
		r.Changes.Name.From.String()} {
		if h.Holds(text) || !strings.Contains(text, "[redacted]") {
			t.Errorf("%q", text)
		}
	}
}
