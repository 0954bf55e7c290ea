package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"tracksync/internal/testkit"
	"tracksync/internal/track"
)

func markdown(t *testing.T, r Run, limit int) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteMarkdown(&b, r, everything, limit); err != nil {
		t.Fatal(err)
	}
	if b.Len() > limit {
		t.Errorf("%d bytes, more than %d", b.Len(), limit)
	}
	return b.String()
}

func TestMarkdown(t *testing.T) {
	r := runOf(ofEachStatus(), "tracks.csv", "more.xlsx")
	r.Summary.Next = &Step{First: "fix these rows in run/failed.csv", Command: "tracksync sync run/failed.csv"}
	testkit.Golden(t, "testdata/402-run.md", []byte(markdown(t, r, MaxComment)))
}

// What does not fit is counted, whatever the limit is.
func TestMarkdownIsBounded(t *testing.T) {
	var results []track.Result
	for n := 1; n <= 3000; n++ {
		results = append(results, track.Result{Row: n, Source: "träcks.csv", Line: n, ID: track.ID(n), Status: track.Failed,
			Error: &track.Error{Code: fmt.Sprint("code", n%200), Message: strings.Repeat("語", 500)}})
	}
	r := runOf(results, strings.Repeat("m", 5000))
	text := markdown(t, r, MaxComment)
	if listed := strings.Count(text, " failed |"); listed < 50 || !strings.Contains(text, "more rows.") {
		t.Errorf("%d rows\n%s", listed, text[len(text)-500:])
	}
	for _, limit := range []int{0, 1, 100, 1000, 5000, 20_000} {
		markdown(t, r, limit)
	}
}

// hostileText tries to leave its cell, its line and its code.
const hostileText = "a`b``|c\\|d\n| x |\r<img src=x>@everyone [x](http://x) \u202e\x1b]8;;\x07 https://x #1 ![i](j)"

// In no line is anything of hostile text outside of code.
func outsideOfCode(t *testing.T, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		rest := line
		for {
			before, after, found := strings.Cut(rest, "`")
			for _, bad := range []string{"@everyone", "<img", "](", "\x1b", "\u202e", "https:", "#1 "} {
				if strings.Contains(before, bad) {
					t.Errorf("%q is outside of code in %q", bad, line)
				}
			}
			if !found {
				break
			}
			fence := "`"
			for strings.HasPrefix(after, "`") {
				fence, after = fence+"`", after[1:]
			}
			// The end is the next run of as many backticks.
			end := -1
			for i := 0; i < len(after); {
				n := len(after[i:]) - len(strings.TrimLeft(after[i:], "`"))
				if n == len(fence) {
					end = i
					break
				}
				i += max(n, 1)
			}
			if end < 0 {
				t.Fatalf("code without an end in %q", line)
			}
			rest = after[end+len(fence):]
		}
		if cells := strings.Count(line, "|"); strings.HasPrefix(line, "| ") && cells > 6 {
			t.Errorf("%d bars in %q", cells, line)
		}
	}
}

func TestHostileMarkdown(t *testing.T) {
	r := track.Result{Row: 1, Source: hostileText, Line: 1, ID: 1, Status: track.Unknown,
		Changes: track.ChangesOf(track.Values{Name: track.Value(hostileText), Media: track.Value(hostileText)}),
		Error:   &track.Error{Code: hostileText, Message: hostileText, Field: hostileText}}
	run := runOf([]track.Result{r}, hostileText)
	run.Summary.Message, run.Summary.RunDir = hostileText, hostileText
	run.Summary.Next = &Step{First: hostileText}
	text := markdown(t, run, MaxComment)
	outsideOfCode(t, text)

	var b bytes.Buffer
	p := NewPlanMarkdown(&b, hostileText, []string{hostileText}, MaxComment)
	for _, row := range []PlanRow{
		{Row: 1, Position: track.Position{File: hostileText, Line: 1}, ID: 1, Name: track.Value(hostileText), Verdict: ToChange,
			Lines: []PlanLine{{track.FieldName, hostileText, hostileText}, {track.FieldVolume, "", hostileText}}},
		{Row: 2, Position: track.Position{File: hostileText, Line: 2}, Verdict: Missing, Reasons: []string{hostileText, "x"}},
	} {
		if err := p.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.End(PlanTotals{Change: 1, Missing: 1}); err != nil {
		t.Fatal(err)
	}
	outsideOfCode(t, b.String())
}

func TestPlanMarkdown(t *testing.T) {
	var b bytes.Buffer
	p := NewPlanMarkdown(&b, "api.beyondwords.io", []string{"tracks.csv"}, MaxComment)
	all := samplePlan()
	for _, row := range all {
		if err := p.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.End(sampleTotals(all)); err != nil {
		t.Fatal(err)
	}
	testkit.Golden(t, "testdata/403-plan.md", b.Bytes())

	b.Reset()
	p = NewPlanMarkdown(&b, "api.beyondwords.io", []string{"tracks.csv"}, MaxComment)
	for n := range 5000 {
		v := ToChange
		if n%2 == 0 {
			v = Missing
		}
		if err := p.Write(PlanRow{Row: n, ID: track.ID(n), Verdict: v, Reasons: []string{"does not exist"},
			Lines: []PlanLine{{track.FieldName, strings.Repeat("語", 300), "x"}}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.End(PlanTotals{Change: 2500, Missing: 2500}); err != nil {
		t.Fatal(err)
	}
	if text := b.String(); len(text) > MaxComment || len(text) < MaxComment*8/10 ||
		!strings.Contains(text, "more errors.") || !strings.Contains(text, "more changes.") {
		t.Errorf("%d bytes: %s", len(text), text[len(text)-300:])
	}
}
