package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"tracksync/internal/display"
	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// junitRows is how many rows a JUnit report has at most as cases.
const junitRows = 10_000

// WriteJUnit writes results as JUnit XML for CI servers: a suite is a manifest, and a case is a
// row, with the file and the line where it stands.
//
//	failed, invalid, not_applied, drifted   a failure
//	unknown                                 an error
//	skipped, superseded, not_attempted      skipped
//	updated, unchanged                      passed
//
// Of more than ten thousand rows only those without success are cases, at most ten thousand of
// them. The numbers of the suite always count all rows.
//
// The elements and attributes are those of the schema of Jenkins, and file and line of a case,
// which GitLab and the annotations of GitHub need.
func WriteJUnit(w io.Writer, r Run, want func(track.Status) bool) error {
	j := &junit{out: bufio.NewWriterSize(w, 64<<10), run: r, want: want}
	if err := j.countSuites(); err != nil {
		return err
	}
	j.writeHead()
	if err := j.writeCases(); err != nil {
		return err
	}
	j.endSuite()
	j.put("</testsuites>\n")
	return j.out.Flush()
}

type junit struct {
	out  *bufio.Writer
	run  Run
	want func(track.Status) bool

	suites  []*junitSuite
	rows    int // that are wanted
	listed  int // cases
	left    int // rows without success that are not listed
	current *junitSuite
}

// junitSuite is a manifest.
type junitSuite struct {
	source string
	totals Totals
	begun  bool
}

// countSuites counts the rows of each manifest. If there is only one, the summary has counted
// them. Rows of which no result says in which manifest they are count for the last one.
func (j *junit) countSuites() error {
	s := j.run.Summary
	if len(s.Manifests) == 1 {
		j.suites = []*junitSuite{{source: s.Manifests[0], totals: s.Totals}}
	} else {
		counted := 0
		for r, err := range j.run.Results(func(track.Status) bool { return true }) {
			if err != nil {
				return err
			}
			counted++
			j.suite(r.Source).totals[r.Status]++
		}
		if rest := s.Rows - counted; rest > 0 && len(j.suites) > 0 {
			j.suites[len(j.suites)-1].totals[track.NotAttempted] += rest
		}
	}
	for _, suite := range j.suites {
		j.rows += j.count(suite, func(track.Status) bool { return true })
	}
	return nil
}

// suite is the suite of a manifest, which is made if there is none.
func (j *junit) suite(source string) *junitSuite {
	if n := len(j.suites); n > 0 && j.suites[n-1].source == source {
		return j.suites[n-1]
	}
	for _, suite := range j.suites {
		if suite.source == source {
			return suite
		}
	}
	suite := &junitSuite{source: source, totals: Totals{}}
	j.suites = append(j.suites, suite)
	return suite
}

// count counts the rows of a suite that are wanted and that of accepts.
func (j *junit) count(suite *junitSuite, of func(track.Status) bool) (n int) {
	for _, s := range track.Statuses() {
		if j.want(s) && of(s) {
			n += suite.totals[s]
		}
	}
	return n
}

func (j *junit) put(format string, values ...any) {
	_, _ = fmt.Fprintf(j.out, format, values...) // Flush returns its error
}

func (j *junit) writeHead() {
	failures, errors := 0, 0
	for _, suite := range j.suites {
		failures += j.count(suite, isJUnitFailure)
		errors += j.count(suite, isJUnitError)
	}
	j.put("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"tracksync\" tests=\"%d\" failures=\"%d\" "+
		"errors=\"%d\" time=\"%.3f\">\n", j.rows, failures, errors, j.run.Summary.DurationS)
}

func isJUnitFailure(s track.Status) bool { return NeedsAttention(s) && s != track.Unknown }
func isJUnitError(s track.Status) bool   { return s == track.Unknown }
func isJUnitSkipped(s track.Status) bool {
	return s == track.Skipped || s == track.Superseded || s == track.NotAttempted
}

// writeCases writes the cases, and opens and closes the suites.
func (j *junit) writeCases() error {
	want := j.want
	if j.rows > junitRows {
		want = func(s track.Status) bool { return j.want(s) && !s.Success() }
	}
	for r, err := range j.run.Results(want) {
		if err != nil {
			return err
		}
		suite := j.suites[0]
		if len(j.suites) > 1 {
			suite = j.suite(r.Source)
		}
		if suite != j.current {
			j.endSuite()
			j.beginSuite(suite)
		}
		if j.listed++; j.listed > junitRows {
			j.left++
			continue
		}
		j.writeCase(r)
		if _, err := j.out.Write(nil); err != nil { // the first error of all writes
			return err
		}
	}
	for _, suite := range j.suites {
		if !suite.begun {
			j.endSuite()
			j.beginSuite(suite)
		}
	}
	return nil
}

func (j *junit) beginSuite(suite *junitSuite) {
	j.current, suite.begun = suite, true
	count := func(of func(track.Status) bool) int { return j.count(suite, of) }
	name := suite.source
	if name == "-" {
		name = "standard input"
	}
	j.put(`  <testsuite name="%s" tests="%d" failures="%d" errors="%d" skipped="%d" timestamp="%s"`, safe.XML(name, maxError),
		count(func(track.Status) bool { return true }), count(isJUnitFailure), count(isJUnitError), count(isJUnitSkipped),
		j.run.Summary.StartedAt.UTC().Format("2006-01-02T15:04:05"))
	if suite.source != "-" {
		j.put(` file="%s"`, safe.XML(suite.source, 0))
	}
	j.put(">\n    <properties>\n")
	for _, s := range track.Statuses() {
		j.put("      <property name=\"%s\" value=\"%d\"/>\n", s, suite.totals[s])
	}
	j.put("    </properties>\n")
}

func (j *junit) endSuite() {
	if j.current == nil {
		return
	}
	if j.rows > junitRows {
		note := display.Count(j.rows, "row") + "; the cases are those without success"
		if j.left > 0 {
			note += fmt.Sprintf(", and %s of them are not listed", display.Thousands(j.left))
		}
		j.put("    <system-out>%s</system-out>\n", safe.XML(note, 0))
	}
	j.put("  </testsuite>\n")
	j.current, j.left = nil, 0
}

func (j *junit) writeCase(r track.Result) {
	j.put(`    <testcase name="%s" classname="%s" time="%.3f"`, safe.XML(junitName(r), maxError),
		safe.XML(r.Source, maxError), r.DurationMS/1000)
	if r.Source != "-" {
		j.put(` file="%s"`, safe.XML(r.Source, 0))
	}
	if r.Line > 0 {
		j.put(` line="%d"`, r.Line)
	}
	element := ""
	switch {
	case isJUnitFailure(r.Status):
		element = "failure"
	case isJUnitError(r.Status):
		element = "error"
	case isJUnitSkipped(r.Status):
		j.put("><skipped message=\"%s\"/></testcase>\n", safe.XML(Meaning(r.Status), 0))
		return
	default:
		j.put("/>\n")
		return
	}
	message, kind := Meaning(r.Status), string(r.Status)
	if r.Error != nil {
		message, kind = r.Error.Message, r.Error.Code
	}
	j.put(">\n      <%s message=\"%s\" type=\"%s\">%s</%s>\n    </testcase>\n", element, safe.XML(message, maxError),
		safe.XML(kind, maxError), junitBody(r), element)
}

// junitName names a row. Rows of one track differ by their places.
func junitName(r track.Result) string {
	name := fmt.Sprintf("row %d", r.Row)
	if r.ID > 0 {
		name = fmt.Sprintf("track %d", r.ID)
	}
	if r.Cell != "" {
		name += fmt.Sprintf(" (%s!%s)", r.Sheet, r.Cell)
	}
	return name
}

// junitBody says where the row stands, what was asked and what the API said.
func junitBody(r track.Result) string {
	lines := []string{position(r) + ": " + words(string(r.Status)) + ": " + Meaning(r.Status)}
	if asked := askedText(r); asked != "" {
		lines = append(lines, asked)
	}
	if r.HTTPStatus > 0 {
		lines = append(lines, fmt.Sprintf("HTTP %d after %s", r.HTTPStatus, display.Count(r.Attempts, "attempt")))
	}
	if e := r.Error; e != nil {
		text := e.Code + ": " + e.Message
		if e.Field != "" {
			text += " (" + e.Field + ")"
		}
		lines = append(lines, text)
	}
	for i, l := range lines {
		lines[i] = safe.XML(l, maxError)
	}
	return strings.Join(lines, "\n")
}
