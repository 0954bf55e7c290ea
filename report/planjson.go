package report

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// PlanJSON writes a plan for programs: one JSON document with one row per line and its
// keys always in the same order.
//
//	{"base_url": "…", "rows": 4, "warnings_found": 0, "warnings": [],
//	 "changes": […], "errors": […], "totals": {…}, "fields": {…}}
//
// Changes come before errors, so the caller reads a plan with errors twice. Without End
// the document is not valid JSON, so that nobody takes a part of a plan for the whole.
// It keeps one row in memory. After a write error all further writes fail, and End
// returns that error. A PlanJSON is for one goroutine.
type PlanJSON struct {
	out    *bufio.Writer
	list   string // the open list
	listed int    // rows in it
}

const (
	changesList = "changes"
	errorsList  = "errors"
)

// NewPlanJSON begins a plan of so many rows on w.
func NewPlanJSON(w io.Writer, baseURL string, rows int, warned Warned) (*PlanJSON, error) {
	base, err := safe.JSON(baseURL)
	if err != nil {
		return nil, err
	}
	warnings, err := safe.JSON(warned.List)
	if err != nil {
		return nil, err
	}
	j := &PlanJSON{out: bufio.NewWriterSize(w, planBuffer), list: changesList}
	_, err = fmt.Fprintf(j.out, "{\n  \"base_url\": %s,\n  \"rows\": %d,\n  \"warnings_found\": %d,\n"+
		"  \"warnings\": %s,\n  \"changes\": [", base, rows, warned.Found, warnings)
	return j, err
}

// jsonPlanRow is a PlanRow as programs read it. The keys are those of
// results.jsonl.
type jsonPlanRow struct {
	Row     int                 `json:"row"`
	Source  string              `json:"source"`
	Line    int                 `json:"line,omitzero"`
	Sheet   string              `json:"sheet,omitzero"`
	Cell    string              `json:"cell,omitzero"`
	ID      track.ID            `json:"id,omitzero"`
	Name    track.Field[string] `json:"name,omitzero"` // as it is now
	Status  Verdict             `json:"status,omitzero"`
	Changes *track.Changes      `json:"changes,omitempty"`
	Error   *track.Error        `json:"error,omitempty"`
}

// Write writes a row that would change or cannot be planned; others are only counted.
// Changes must come before errors.
func (j *PlanJSON) Write(r PlanRow) error {
	at := r.Position
	row := jsonPlanRow{Row: r.Row, Source: at.File, Line: at.Line, Sheet: at.Sheet, Cell: at.Cell, ID: r.ID,
		Name: r.Name}
	switch {
	case r.Verdict == ToChange && j.list != changesList:
		return errors.New("internal error: a change after the errors of a plan")
	case r.Verdict == ToChange:
		row.Changes = &r.Changes
	case r.Verdict.IsError():
		row.Status, row.Error = r.Verdict, &r.Error
		if j.list == changesList {
			j.next(errorsList)
		}
	default:
		return nil
	}
	line, err := safe.JSON(row)
	if err != nil {
		return err
	}
	separator := ",\n    "
	if j.listed == 0 {
		separator = "\n    "
	}
	j.listed++
	_, _ = j.out.WriteString(separator)
	_, err = j.out.Write(line) // returns the first error of all writes
	return err
}

// next closes the open list and opens another.
func (j *PlanJSON) next(list string) {
	j.close()
	_, _ = fmt.Fprintf(j.out, ",\n  %q: [", list)
	j.list, j.listed = list, 0
}

func (j *PlanJSON) close() {
	if j.listed > 0 {
		_, _ = j.out.WriteString("\n  ")
	}
	_, _ = j.out.WriteString("]")
}

// End completes the document and flushes the buffer.
func (j *PlanJSON) End(n PlanTotals) error {
	totals, err := safe.JSON(n)
	if err != nil {
		return err
	}
	fields, err := safe.JSON(n.Fields)
	if err != nil {
		return err
	}
	if j.list == changesList {
		j.next(errorsList)
	}
	j.close()
	_, _ = fmt.Fprintf(j.out, ",\n  \"totals\": %s,\n  \"fields\": %s\n}\n", totals, fields)
	return j.out.Flush()
}
