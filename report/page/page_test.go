package page

import (
	"bytes"
	"fmt"
	"iter"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tracksync/internal/testkit"
	"tracksync/internal/track"
	"tracksync/report"
)

var start = time.Date(2026, 11, 23, 15, 4, 5, 0, time.UTC)

func stream(results []track.Result) report.Results {
	return func(want func(track.Status) bool) iter.Seq2[track.Result, error] {
		return func(yield func(track.Result, error) bool) {
			for _, r := range results {
				if want(r.Status) && !yield(r, nil) {
					return
				}
			}
		}
	}
}

// aRun is a run of two minutes: a climb, refusals and pauses, an outage, and rows that
// failed in several ways.
func aRun() (report.Summary, []track.Result) {
	random := rand.New(rand.NewPCG(3, 4))
	s := report.NewStats(start)
	at := func(d float64) time.Time { return start.Add(time.Duration(d * float64(time.Second))) }
	row := 1
	for t := 0.0; t < 120; t++ {
		rate := min(4+t, 40)
		switch {
		case t >= 60 && t < 75:
			continue
		case int(t)%25 == 24:
			rate = 22
		}
		for i := range int(rate) {
			moment := at(t + float64(i)/rate)
			took := time.Duration(60+random.ExpFloat64()*80) * time.Millisecond
			if int(t)%25 == 24 && i > 15 {
				s.AddAttempt(report.Attempt{Started: moment, Duration: took, Status: 429, Code: "rate_limited",
					RateLimited: true, Limit: rate})
				continue
			}
			s.AddAttempt(report.Attempt{Started: moment, Duration: took, Status: 200, Limit: rate * 1.05})
			status := track.Updated
			if row%61 == 0 {
				status = track.Failed
			}
			s.AddResult(track.Result{Status: status, FinishedAt: moment.Add(took)})
			row++
		}
		if int(t)%25 == 24 {
			s.AddPause(report.Pause{From: at(t + 0.8), Until: at(t + 1.8), Reason: "rate_limited"})
		}
	}
	s.AddOutage(report.Outage{From: at(60), Until: at(75), Requests: 9})
	sum := s.Summary(at(120))
	sum.End, sum.ExitCode, sum.Version = "completed", 1, "v1.2.3"
	sum.BaseURL, sum.RunDir = "https://api.beyondwords.io/v1", "tracksync-runs/20261123T150405Z-4f2a01"
	sum.Pace = report.Pace{Rate: "auto", MaxRate: "50", Concurrency: 32,
		Learned: &report.Learned{Kind: "rate", RatePerS: 40.2, Burst: 10, SuggestedRate: "39/s"}}
	results := someFailures()
	sum.Rows = row - 1 + len(results)
	sum.Totals = report.Totals{track.Updated: row - 1, track.Unchanged: 0}
	for _, r := range results {
		sum.Totals[r.Status]++
	}
	var causes report.Causes
	for _, r := range results {
		causes.Add(r)
	}
	sum.Failures = causes.List()
	return sum, results
}

func someFailures() (all []track.Result) {
	volume := func(n int) track.Changes {
		return track.Changes{Volume: track.Change[int]{From: track.Value(40), To: track.Value(n)}}
	}
	add := func(r track.Result) {
		r.Row = 10 + 7*len(all)
		r.Source, r.Sheet, r.Cell = "tracks.xlsx", "Music", fmt.Sprintf("A%d", r.Row+1)
		r.ID = track.ID(20000 + r.Row)
		r.FinishedAt = start.Add(time.Duration(len(all)) * 7 * time.Second)
		all = append(all, r)
	}
	for i := range 9 {
		add(track.Result{Status: track.Failed, HTTPStatus: 422, Wanted: volume(101 + i), Error: &track.Error{
			Code: "invalid_request", Message: fmt.Sprintf("volume %d must be less than or equal to 100", 101+i),
			Field: "volume"}})
	}
	for range 4 {
		add(track.Result{Status: track.Failed, HTTPStatus: 404, Wanted: track.Changes{
			Name: track.Change[string]{To: track.Value("Evening rain")}},
			Error: &track.Error{Code: "not_found", Message: "404 Not Found"}})
	}
	add(track.Result{Status: track.Unknown, Changes: track.Changes{Project: track.Change[track.ID]{
		From: track.Value(track.ID(3)), To: track.Null[track.ID]()}},
		Error: &track.Error{Code: "timeout", Message: "no answer within 30 s", Retryable: true}})
	add(track.Result{Status: track.Invalid, Error: &track.Error{Code: "invalid", Field: "id",
		Message: "the number 1.7E+05 was rounded by the spreadsheet: format the column as text"}})
	add(track.Result{Status: track.Drifted, Error: &track.Error{Code: "drifted", Field: "name",
		Message: `name is "Rain at night", expected "Rain"`}, Wanted: track.Changes{
		Name: track.Change[string]{To: track.Value("Rain in the evening")}}})
	return all
}

func write(t *testing.T, s report.Summary, results []track.Result) string {
	t.Helper()
	var b bytes.Buffer
	s.Next = &report.Step{First: "fix the rows in failed.csv that were refused",
		Command: "tracksync sync tracksync-runs/20261123T150405Z-4f2a01/failed.csv"}
	s.Manifests = []string{"tracks.xlsx"}
	list, err := NewList(s.Failures, stream(results), report.NeedsAttention)
	if err != nil {
		t.Fatal(err)
	}
	if err := Write(&b, s, list); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPage(t *testing.T) {
	s, results := aRun()
	testkit.Golden(t, filepath.Join("testdata", "001-a-run.html"), []byte(write(t, s, results)))
}

// A run that sent nothing has no drawing.
func TestPageOfNothing(t *testing.T) {
	s := report.NewStats(start).Summary(start)
	s.End = "completed"
	text := write(t, s, nil)
	for _, no := range []string{"Over time", "How long answers took", "Why rows", "<table"} {
		if strings.Contains(text, no) {
			t.Errorf("it has %q", no)
		}
	}
	if !strings.Contains(text, "There are none.") {
		t.Error("it does not say that no row needs attention")
	}
}

// Text from outside cannot become markup, script or an attribute.
func TestHostileText(t *testing.T) {
	hostile := []string{`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`,
		`</style><script>alert(1)</script>`, `{{.}}`, "\u202egpj.exe", `javascript:alert(1)`, "</table></body>\x00\x1b[31m"}
	s, results := aRun()
	for i, text := range hostile {
		results = append(results, track.Result{Row: 1000 + i, Source: text, Sheet: text, Cell: text, ID: 7,
			Status: track.Failed, FinishedAt: start,
			Error:   &track.Error{Code: text, Message: text, Field: text},
			Changes: track.Changes{Name: track.Change[string]{From: track.Value(text), To: track.Value(text)}}})
		s.Warned.List = append(s.Warned.List, report.Finding{File: text, Message: text})
	}
	s.Message, s.End, s.Version, s.RunDir, s.BaseURL = hostile[0], hostile[1], hostile[0], hostile[1], "https://"+hostile[1]
	var causes report.Causes
	for _, r := range results {
		causes.Add(r)
	}
	s.Failures = causes.List()
	page := write(t, s, results)
	for _, bad := range []string{"<img", "<script>alert", "onerror=alert(1)>", "\u202e", "\x00", "\x1b", "' onmouseover='"} {
		if strings.Contains(page, bad) {
			t.Errorf("it has %q", bad)
		}
	}
	if n := strings.Count(page, "<script"); n != 1 {
		t.Errorf("%d scripts", n)
	}
	if n := strings.Count(page, "</style"); n != 1 {
		t.Errorf("%d ends of the style", n)
	}
}

// Whatever the rows, the page stays under two megabytes and says what it leaves out.
func TestSizeOfThePage(t *testing.T) {
	long := strings.Repeat("<ü&\"", 5000)
	s, _ := aRun()
	for name, text := range map[string]string{"short": "x", "long": long} {
		var results []track.Result
		for i := range 30_000 {
			results = append(results, track.Result{Row: i + 1, Source: text, Line: i + 2, ID: track.ID(i + 1),
				Status: track.Failed, Error: &track.Error{Code: text, Message: text, Field: "name"},
				Changes: track.Changes{Name: track.Change[string]{From: track.Value(text), To: track.Value(text)},
					Media: track.Change[string]{From: track.Value(text), To: track.Value(text)}}})
		}
		s.Totals = report.Totals{track.Failed: len(results)}
		page := write(t, s, results)
		if len(page) > 2_000_000 || len(page) < 200_000 {
			t.Errorf("%s: %d bytes", name, len(page))
		}
		if !strings.Contains(page, " of 30,000 are listed here") {
			t.Errorf("%s: it does not say what is left out", name)
		}
	}
}

// Rows of the causes that are counted together have the number of that line.
func TestRowsOfOtherCauses(t *testing.T) {
	var results []track.Result
	var causes report.Causes
	for i := range 130 {
		r := track.Result{Row: i + 1, ID: track.ID(i + 1), Status: track.Failed, FinishedAt: start,
			Error: &track.Error{Code: fmt.Sprintf("code_%c%c", 'a'+i/26, 'a'+i%26), Message: "no"}}
		causes.Add(r)
		results = append(results, r)
	}
	s := report.NewStats(start).Summary(start)
	s.Failures, s.Totals = causes.List(), report.Totals{track.Failed: len(results)}
	text := write(t, s, results)
	if n := strings.Count(text, `data-field="" data-cause="1"`); n != 30 || s.Failures[0].Code != report.Other {
		t.Errorf("%d rows have the cause %q", n, s.Failures[0].Code)
	}
}

// The page loads nothing.
func TestSelfContained(t *testing.T) {
	s, results := aRun()
	page := write(t, s, results)
	for _, no := range []string{`src=`, `href=`, `url(`, `@import`, `fetch(`, `XMLHttpRequest`, `import(`} {
		if strings.Contains(page, no) {
			t.Errorf("it has %q", no)
		}
	}
	if !strings.Contains(page, "default-src &#39;none&#39;") {
		t.Error("it has no policy")
	}
}

// A run that goes on has no exit code, and failed at nothing yet.
func TestRunning(t *testing.T) {
	s := report.Summary{Ending: report.Ending{End: report.Running, ExitCode: 3}}
	if h := headOf(s); h.End != "running" || h.Sign != "~" || h.Tone != "wait" {
		t.Errorf("%+v", h)
	}
}
