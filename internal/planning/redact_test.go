package planning

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"tracksync/internal/safe"
	"tracksync/internal/track"
	"tracksync/report"
)

// If a track has the key in its name, the saved plan does not expect the name
// "[redacted]".
func TestPlanDoesNotExpectAMark(t *testing.T) {
	h := &safe.Secrets{}
	const key = "write_0123456789abcdef"
	h.Add(key)
	r := Row{PlanRow: report.PlanRow{
		ID: 1, Position: track.Position{File: filepath.Join("x", key+".csv"), Line: 2},
		Name: track.Value("was " + key),
		Changes: track.Changes{
			Name:   track.Change[string]{From: track.Value("was " + key), To: track.Value("new")},
			Volume: track.Change[int]{From: track.Value(40), To: track.Value(55)},
		},
		Lines:   []report.PlanLine{{Field: track.FieldName, From: "was " + key, To: "new"}},
		Reasons: []string{key}, Error: track.Error{Message: key},
	}}
	r.hidden.Name = true // as the client says it
	r.todo = track.Values{Name: track.Value("new"), Volume: track.Value(55)}
	r.redact(h)
	e := r.entry()
	want := track.Alternatives{{Volume: track.Value(40)}}
	if !reflect.DeepEqual(e.Expect, want) || e.Update.Name != track.Value("new") {
		t.Errorf("%+v", e)
	}
	if !strings.Contains(e.Comment, "not expected, because it seems to contain the API key: name") ||
		h.Holds(e.Comment) {
		t.Error(e.Comment)
	}
	for _, text := range []string{r.Lines[0].From, r.Reasons[0], r.Error.Message, r.Position.File,
		r.Changes.Name.From.String()} {
		if h.Holds(text) || !strings.Contains(text, "[redacted]") {
			t.Errorf("%q", text)
		}
	}
}
