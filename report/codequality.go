package report

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"tracksync/internal/safe"
)

// qualityIssue is a problem as GitLab shows it in a merge request.
type qualityIssue struct {
	Description string          `json:"description"`
	CheckName   string          `json:"check_name"`
	Fingerprint string          `json:"fingerprint"`
	Severity    string          `json:"severity"`
	Location    qualityLocation `json:"location"`
}

type qualityLocation struct {
	Path  string       `json:"path"`
	Lines qualityLines `json:"lines"`
}

type qualityLines struct {
	Begin int `json:"begin"`
}

// WriteCodeQuality writes problems and warnings as GitLab's code quality report. path turns the
// name of a manifest into one that GitLab knows: relative to the top of the repository.
//
// A fingerprint stays the same when rows are added above: it is made of the file, the field and
// the message, and of how often these were met before.
func WriteCodeQuality(w io.Writer, problems, warnings []Finding, path func(file string) string) error {
	q := quality{issues: []qualityIssue{}, met: map[string]int{}, path: path}
	for _, f := range problems {
		q.add("major", f)
	}
	for _, f := range warnings {
		q.add("minor", f)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(q.issues)
}

// quality is a report that is being made.
type quality struct {
	issues []qualityIssue
	met    map[string]int // how often something was met
	path   func(file string) string
}

func (q *quality) add(severity string, f Finding) {
	file := q.path(f.File)
	check, text := "manifest", f.Message
	if f.Field != "" {
		check = f.Field
	}
	key := strings.Join([]string{severity, file, f.Sheet, f.Header, f.Field, f.Message}, "\x00")
	q.met[key]++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", key, q.met[key]))
	if f.Hint != "" {
		text += " (" + f.Hint + ")"
	}
	if f.Cell != "" {
		text = f.Cell + ": " + text
	}
	q.issues = append(q.issues, qualityIssue{
		Description: safe.CutLine(text, maxError), CheckName: "tracksync/" + check,
		Fingerprint: hex.EncodeToString(sum[:16]), Severity: severity,
		Location: qualityLocation{safe.Line(file), qualityLines{lineOf(f)}},
	})
}

// lineOf is the line of a finding, or the row of its cell in a workbook; 1 for the whole file.
func lineOf(f Finding) int {
	if f.Line > 0 {
		return f.Line
	}
	row, err := strconv.Atoi(strings.TrimLeft(f.Cell, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
	if err != nil || row < 1 {
		return 1
	}
	return row
}
