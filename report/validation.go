package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"iter"

	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// Validation is what a check of manifests found.
type Validation struct {
	Checked
	Problems iter.Seq2[track.Problem, error] // all of them, in order; there may be very many
	Warned
}

// Checked is what a check of manifests found, but for the problems one by one.
type Checked struct {
	Usable     bool       `json:"usable"`
	Complete   bool       `json:"complete"` // whether all rows could be read
	Manifests  []Manifest `json:"manifests"`
	Rows       int        `json:"rows"` // of the run; those of a manifest are all its rows
	Valid      int        `json:"valid"`
	Invalid    int        `json:"invalid"`
	Superseded int        `json:"superseded"`
	Found      int        `json:"problems_found"`
	Groups     []Group    `json:"problem_groups"`
	Ungrouped  int        `json:"problems_not_grouped"` // problems of causes that Groups does not list
}

// Group is the problems of one manifest that have one cause.
type Group struct {
	Found   int       `json:"found"`         // how many problems
	Rows    int       `json:"rows,omitzero"` // how many rows have one; left out for problems of no row
	Field   string    `json:"field,omitzero"`
	Message string    `json:"message"` // with … for the values that differ
	Hint    string    `json:"hint,omitzero"`
	First   []Finding `json:"first"` // the first few of them

	lines []track.Problem // First, as lines
	whole bool            // First is all of them
}

// NewGroup returns a group. whole means that first is all of its problems.
func NewGroup(found, rows int, of track.Problem, first []track.Problem, whole bool) Group {
	return Group{Found: found, Rows: rows, Field: of.Field, Message: of.Message, Hint: of.Hint,
		First: Findings(first), lines: first, whole: whole}
}

// Encode writes v as indented JSON. It keeps one problem in memory. Without an error the
// document is whole; after an error of Problems it is not JSON.
func (v Validation) Encode(w io.Writer) error {
	out := bufio.NewWriterSize(w, planBuffer)
	head, err := indented(v.Checked, "")
	if err != nil {
		return err
	}
	_, _ = out.Write(bytes.TrimSuffix(head, []byte("\n}")))
	_, _ = out.WriteString(",\n  \"problems\": [")
	separator, end := "\n    ", "]"
	for p, err := range v.Problems {
		if err != nil {
			return err
		}
		finding, err := indented(Findings([]track.Problem{p})[0], "    ")
		if err != nil {
			return err
		}
		_, _ = out.WriteString(separator)
		if _, err := out.Write(finding); err != nil {
			return err
		}
		separator, end = ",\n    ", "\n  ]"
	}
	tail, err := indented(v.Warned, "")
	if err != nil {
		return err
	}
	_, _ = out.WriteString(end + ",")
	_, _ = out.Write(bytes.TrimPrefix(tail, []byte("{")))
	_ = out.WriteByte('\n')
	return out.Flush()
}

// indented is v as JSON in several lines. All but the first begin with a prefix.
func indented(v any, prefix string) ([]byte, error) {
	line, err := safe.JSON(v)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = json.Indent(&b, line, prefix, "  ")
	return b.Bytes(), err
}
