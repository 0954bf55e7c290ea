package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"tracksync/internal/testkit"
	"tracksync/internal/track"
)

var began = time.Date(2026, 11, 23, 15, 4, 5, 0, time.UTC)

func everything(track.Status) bool { return true }

// runOf is a run with these results.
func runOf(results []track.Result, manifests ...string) Run {
	s := NewStats(began).Summary(began.Add(12345000000))
	s.Manifests, s.Rows, s.Totals = manifests, len(results), Totals{}
	s.End, s.ExitCode, s.Version, s.BaseURL, s.RunDir = "completed", 1, "v1.0.0", "https://api.beyondwords.io/v1", "run"
	for _, r := range results {
		s.Totals[r.Status]++
	}
	run := Run{s, ResultsOf(results)}
	run.Summary.Failures, _ = Failures(run.Results(everything))
	return run
}

// ofEachStatus is a result of each status, in two manifests.
func ofEachStatus() (list []track.Result) {
	for i, s := range track.Statuses() {
		r := track.Result{Row: i + 1, Source: "tracks.csv", Line: i + 2, ID: track.ID(100 + i), Status: s, Attempts: 1,
			DurationMS: 412.6, HTTPStatus: 200, FinishedAt: began}
		if i > 6 {
			r.Source, r.Line, r.Sheet, r.Cell = "more.xlsx", 0, "Tracks", fmt.Sprint("A", i)
		}
		if s == track.Updated || s == track.Unknown {
			r.Changes = track.ChangesBetween(track.Values{Volume: track.Value(40)}, track.Values{Volume: track.Value(55)})
		}
		if NeedsAttention(s) {
			r.HTTPStatus = 422
			r.Error = &track.Error{Code: "invalid_request", Message: `volume 101 & "more" <b>`, Field: "volume"}
		}
		list = append(list, r)
	}
	return list
}

func TestJUnit(t *testing.T) {
	var b bytes.Buffer
	if err := WriteJUnit(&b, runOf(ofEachStatus(), "tracks.csv", "more.xlsx"), everything); err != nil {
		t.Fatal(err)
	}
	checkJUnit(t, b.Bytes())
	testkit.Golden(t, "testdata/401-junit.xml", b.Bytes())
}

// Of many rows only those without success are listed, and only so many. All are counted.
func TestJUnitOfManyRows(t *testing.T) {
	var results []track.Result
	for n := 1; n <= 30_000; n++ {
		r := track.Result{Row: n, Source: "tracks.csv", Line: n, ID: track.ID(n), Status: track.Updated}
		if n%2 == 0 {
			r.Status = track.Failed
		}
		results = append(results, r)
	}
	var b bytes.Buffer
	if err := WriteJUnit(&b, runOf(results, "tracks.csv"), everything); err != nil {
		t.Fatal(err)
	}
	checkJUnit(t, b.Bytes())
	for text, want := range map[string]int{
		"<testcase ": 10_000, "<failure ": 10_000, `tests="30000" failures="15000"`: 2,
		"30,000 rows; the cases are those without success, and 5,000 of them are not listed": 1,
	} {
		if got := bytes.Count(b.Bytes(), []byte(text)); got != want {
			t.Errorf("%d times %s, want %d", got, text, want)
		}
	}
}

// No text of a manifest or a server breaks the document or hides in it.
func TestHostileJUnit(t *testing.T) {
	const nasty = "]]></failure><x a=\"'\u202e\x1b[31m\x00\xff\ufffe\n&amp;"
	r := track.Result{Row: 1, Source: nasty, Sheet: nasty, Cell: nasty, ID: 1, Status: track.Failed,
		Changes: track.ChangesOf(track.Values{Name: track.Value(nasty), Media: track.Value(nasty)}),
		Error:   &track.Error{Code: nasty, Message: nasty, Field: nasty}}
	var b bytes.Buffer
	if err := WriteJUnit(&b, runOf([]track.Result{r, r}, nasty), everything); err != nil {
		t.Fatal(err)
	}
	checkJUnit(t, b.Bytes())
	if strings.ContainsAny(b.String(), "\u202e\x1b\x00\ufffe") {
		t.Errorf("%q", b.String())
	}
	if err := WriteJUnit(&bytes.Buffer{}, runOf(nil), everything); err != nil {
		t.Error(err)
	}
}

func TestJUnitWriteErrors(t *testing.T) {
	for _, room := range []int{0, 200, 70_000} {
		results := slices.Repeat(ofEachStatus(), 900)
		if err := WriteJUnit(&full{room}, runOf(results, "tracks.csv", "more.xlsx"), everything); !errors.Is(err, errFull) {
			t.Errorf("with room for %d: %v", room, err)
		}
	}
}

// junitElement is what an element may have: its attributes, those that it must have, and the
// elements in it. The rules are those of the schema of Jenkins' xUnit plugin. Its test cases
// have neither file nor line, which GitLab and GitHub actions read.
type junitElement struct{ attributes, required, elements []string }

var junitRules = map[string]junitElement{
	"testsuites": {[]string{"name", "time", "tests", "failures", "errors"}, nil, []string{"testsuite"}},
	"testsuite": {[]string{"name", "tests", "failures", "errors", "time", "skipped", "timestamp", "hostname", "id", "package",
		"file"}, []string{"name", "tests", "failures", "errors"}, []string{"properties", "testcase", "system-out"}},
	"properties": {nil, nil, []string{"property"}},
	"property":   {[]string{"name", "value"}, []string{"name", "value"}, nil},
	"testcase": {[]string{"name", "time", "classname", "file", "line"}, []string{"name"},
		[]string{"skipped", "error", "failure"}},
	"failure":    {[]string{"type", "message"}, nil, nil},
	"error":      {[]string{"type", "message"}, nil, nil},
	"skipped":    {[]string{"type", "message"}, nil, nil},
	"system-out": {},
}

var surefireTime = regexp.MustCompile(`^[0-9]+\.[0-9]{3}$`)

// checkJUnit holds a document against the rules.
func checkJUnit(t *testing.T, document []byte) {
	t.Helper()
	var open []string
	in := xml.NewDecoder(bytes.NewReader(document))
	for {
		token, err := in.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%v\n%.2000s", err, document)
		}
		switch token := token.(type) {
		case xml.StartElement:
			name := token.Name.Local
			if len(open) == 0 && name != "testsuites" {
				t.Errorf("the document is a %s", name)
			}
			if len(open) > 0 && !slices.Contains(junitRules[open[len(open)-1]].elements, name) {
				t.Errorf("%s in %v", name, open)
			}
			checkAttributes(t, name, token.Attr)
			open = append(open, name)
		case xml.EndElement:
			open = open[:len(open)-1]
		}
	}
}

func checkAttributes(t *testing.T, element string, list []xml.Attr) {
	t.Helper()
	rules, known := junitRules[element]
	if !known {
		t.Errorf("no element %s", element)
	}
	missing := slices.Clone(rules.required)
	for _, a := range list {
		if !slices.Contains(rules.attributes, a.Name.Local) {
			t.Errorf("%s has an attribute %s", element, a.Name.Local)
		}
		missing = slices.DeleteFunc(missing, func(name string) bool { return name == a.Name.Local })
		if a.Name.Local == "time" && !surefireTime.MatchString(a.Value) {
			t.Errorf("%s takes %q", element, a.Value)
		}
	}
	if len(missing) > 0 {
		t.Errorf("%s lacks %v", element, missing)
	}
}
