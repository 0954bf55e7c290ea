package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"tracksync/internal/display"
	"tracksync/internal/safe"
	"tracksync/internal/testkit"
	"tracksync/internal/track"
)

// samplePlan has a row of every verdict.
func samplePlan() []PlanRow {
	at := func(line int) track.Position { return track.Position{File: "tracks.csv", Line: line, Column: 1} }
	name := func(s string) track.Field[string] { return track.Value(s) }
	long := "https://cdn.example.com/" + strings.Repeat("old/", 80) + "a.mp3"
	return []PlanRow{
		{
			Row: 1, Position: at(2), ID: 17, Name: name("Morning light"), Verdict: ToChange,
			Changes: track.Changes{
				Volume:  track.Change[int]{From: track.Value(40), To: track.Value(55)},
				Project: track.Change[track.ID]{From: track.Value(track.ID(3)), To: track.Null[track.ID]()},
			},
			Lines: []PlanLine{{track.FieldVolume, "40", "55"}, {track.FieldProject, "3", "none (null)"}},
		},
		{Row: 2, Position: at(3), ID: 18, Name: name("B"), Verdict: Unchanged},
		{
			Row: 3, Position: at(4), ID: 19, Verdict: Missing,
			Error: track.Error{Code: "not_found", Message: "does not exist"}, Reasons: []string{"does not exist"},
		},
		{
			Row: 4, Position: at(5), ID: 20, Name: name("Rain"), Verdict: ToChange,
			Changes: track.Changes{
				Name:  track.Change[string]{From: name("Rain"), To: name("Rain & <wind>")},
				Media: track.Change[string]{From: name(long), To: name("https://example.com/b.mp3")},
			},
			Lines: []PlanLine{{track.FieldName, `"Rain"`, `"Rain & <wind>"`},
				{track.FieldMedia, long, "https://example.com/b.mp3"}},
		},
		{Row: 5, Position: at(6), ID: 21, Verdict: Skipped},
		{Row: 6, Position: at(7), ID: 22, Verdict: Superseded},
		{
			Row: 7, Position: at(8), ID: 23, Name: name("C"), Verdict: Drifted,
			Error: track.Error{Code: "drifted",
				Message: "volume: expected 40, the track has 41; project_id: expected null, the track has 3",
				Field:   "volume"},
			Reasons: []string{"volume: expected 40, the track has 41", "project_id: expected null, the track has 3"},
		},
		{
			Row: 8, Position: at(9), Verdict: Invalid,
			Error:   track.Error{Code: "invalid_row", Message: `"x" is no id`, Field: "id"},
			Reasons: []string{`"x" is no id`},
		},
		{
			Row: 9, Position: at(10), ID: 24, Verdict: Unreadable,
			Error:   track.Error{Code: "server_error", Message: "Bad gateway", Retryable: true},
			Reasons: []string{"its state could not be read: " + strings.Repeat("Bad gateway. ", 8) + "Good bye."},
		},
		{
			Row: 10, Position: track.Position{File: "tracks.yaml", Line: 1}, ID: 25, Name: name(""), Verdict: ToChange,
			Changes: track.Changes{Volume: track.Change[int]{To: track.Value(0)}},
			Lines:   []PlanLine{{track.FieldVolume, "", "0"}},
		},
	}
}

func sampleTotals(rows []PlanRow) PlanTotals {
	var n PlanTotals
	for _, r := range rows {
		n.Add(r)
	}
	return n
}

func planText(t *testing.T, rows []PlanRow, style display.Style) []byte {
	t.Helper()
	var b bytes.Buffer
	p := NewPlanText(&b, style)
	for _, r := range rows {
		if err := p.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.End(sampleTotals(rows)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func planJSON(t *testing.T, rows []PlanRow) []byte {
	t.Helper()
	var b bytes.Buffer
	p, err := NewPlanJSON(&b, "https://api.example.com/v1", len(rows), Warned{List: []Finding{}})
	if err != nil {
		t.Fatal(err)
	}
	for _, errorsToo := range []bool{false, true} {
		for _, r := range rows {
			if r.Verdict.IsError() != errorsToo {
				continue
			}
			if err := p.Write(r); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := p.End(sampleTotals(rows)); err != nil {
		t.Fatal(err)
	}
	if !json.Valid(b.Bytes()) {
		t.Errorf("not JSON:\n%s", b.Bytes())
	}
	return b.Bytes()
}

func TestPlanGolden(t *testing.T) {
	all := samplePlan()
	testkit.Golden(t, filepath.Join("testdata", "301-plan-text.golden"), planText(t, all, display.Style{}))
	testkit.Golden(t, filepath.Join("testdata", "302-plan-terminal.golden"),
		planText(t, all, display.Style{Color: true, Width: 60}))
	testkit.Golden(t, filepath.Join("testdata", "303-plan-nothing.golden"), planText(t, all[1:2], display.Style{}))
	testkit.Golden(t, filepath.Join("testdata", "304-plan.json"), planJSON(t, all))
	testkit.Golden(t, filepath.Join("testdata", "305-plan-nothing.json"), planJSON(t, all[1:2]))
}

// Nothing from outside reaches a terminal that it could obey, as text or as JSON,
// and programs still get it as it was.
func TestPlanIsSafe(t *testing.T) {
	const nasty = "a\x1b[31m\"b\\\nc\u009b2J\u202ed\u2028\U000e0041"
	rows := []PlanRow{
		{
			Row: 1, ID: 1, Position: track.Position{File: nasty, Line: 1}, Name: track.Value(nasty), Verdict: ToChange,
			Changes: track.Changes{Name: track.Change[string]{From: track.Value(nasty), To: track.Value("b")}},
			Lines:   []PlanLine{{track.FieldName, `"safe already"`, `"b"`}},
		},
		{Row: 2, Position: track.Position{File: nasty}, Verdict: Unreadable, Error: track.Error{Message: nasty},
			Reasons: []string{nasty, nasty}},
	}
	for _, out := range [][]byte{planText(t, rows, display.Style{}), planText(t, rows, display.Style{Width: 40}),
		planJSON(t, rows)} {
		if safe.Line(strings.ReplaceAll(string(out), "\n", "")) != strings.ReplaceAll(string(out), "\n", "") {
			t.Errorf("not safe: %q", out)
		}
	}
	var back struct {
		Changes []struct {
			Source string
			Name   string
		}
	}
	if err := json.Unmarshal(planJSON(t, rows), &back); err != nil || back.Changes[0].Name != nasty ||
		back.Changes[0].Source != nasty {
		t.Errorf("%v: %+q", err, back)
	}
}

// A value is shown whole where it is not on a terminal; there both ends are.
func TestPlanShortensOnlyOnTerminals(t *testing.T) {
	value := "<" + strings.Repeat("ä", 1000) + ">"
	rows := []PlanRow{{Row: 1, ID: 1, Verdict: ToChange, Lines: []PlanLine{{track.FieldName, value, value}}}}
	if out := string(planText(t, rows, display.Style{})); strings.Count(out, value) != 2 {
		t.Error("shortened though nobody looks")
	}
	out := string(planText(t, rows, display.Style{Width: 80}))
	if strings.Contains(out, value) || strings.Count(out, "<") != 2 || strings.Count(out, ">") != 2 ||
		strings.Count(out, "ä") != 2*(maxPlanValue-1-1-2) {
		t.Errorf("%d: %s", strings.Count(out, "ä"), out)
	}
}

// full takes so many bytes.
type full struct{ left int }

var errFull = errors.New("full")

func (f *full) Write(p []byte) (int, error) {
	n := min(len(p), f.left)
	f.left -= n
	if n < len(p) {
		return n, errFull
	}
	return n, nil
}

// What cannot be written is an error at the latest in the end, and long plans
// notice it on the way.
func TestPlanWriteErrors(t *testing.T) {
	row := samplePlan()[0]
	for _, room := range []int{0, 10, planBuffer + 5} {
		onText := NewPlanText(&full{room}, display.Style{})
		onJSON, err := NewPlanJSON(&full{room}, "x", 1, Warned{})
		if err != nil {
			t.Fatal(err)
		}
		for name, p := range map[string]interface {
			Write(PlanRow) error
			End(PlanTotals) error
		}{"text": onText, "JSON": onJSON} {
			noticed := false
			for range 5000 {
				if err := p.Write(row); err != nil {
					noticed = errors.Is(err, errFull)
					break
				}
			}
			if !noticed || !errors.Is(p.End(PlanTotals{}), errFull) {
				t.Errorf("%s with room for %d: noticed on the way: %v", name, room, noticed)
			}
		}
		short := NewPlanText(&full{10}, display.Style{})
		if err := errors.Join(short.Write(row), short.End(PlanTotals{})); !errors.Is(err, errFull) {
			t.Errorf("the end did not tell: %v", err)
		}
	}
}

func TestPlanTotals(t *testing.T) {
	all := samplePlan()
	n := sampleTotals(all)
	if n.Rows() != len(all) || n.Errors() != 4 || n.Change != 3 {
		t.Errorf("%+v of %d rows", n, len(all))
	}
	if want := (PlanFields{Name: 1, Volume: 2, Project: 1, Detached: 1, Media: 1}); n.Fields != want {
		t.Errorf("%+v, want %+v", n.Fields, want)
	}
	p, err := NewPlanJSON(&bytes.Buffer{}, "x", 2, Warned{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(p.Write(all[2]), p.Write(all[0])); err == nil {
		t.Error("a change after an error was taken")
	}
}
