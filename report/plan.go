package report

import "tracksync/internal/track"

// PlanRow is the plan for one row. Package report only shows it.
type PlanRow struct {
	Row      int // track.Row.Number
	Position track.Position
	ID       track.ID            // 0: the row has no usable id
	Name     track.Field[string] // the track's current name; absent if not known
	Verdict  Verdict

	// Changes are for programs, and Lines are the same for people, safe to print.
	// Only a row that is ToChange has them.
	Changes track.Changes
	Lines   []PlanLine

	// Error tells programs why the row could not be planned, and Reasons tell people,
	// one line each. Only a row whose Verdict IsError has them.
	Error   track.Error
	Reasons []string
}

// PlanLine is one field's change in words.
type PlanLine struct {
	Field string // as in track.Columns
	From  string // "" if not known
	To    string
}

// Verdict is the word for what sync would do with a row. The zero Verdict is invalid.
type Verdict string

// The verdicts. Their words are part of the interface.
const (
	ToChange   Verdict = "change"     // fields differ and would be sent
	Unchanged  Verdict = "unchanged"  // the track already matches the row
	Skipped    Verdict = "skipped"    // the row requests no change
	Superseded Verdict = "superseded" // a later row of the same id counts

	// The errors.
	Missing    Verdict = "missing"    // the track does not exist
	Unreadable Verdict = "unreadable" // its state could not be read
	Drifted    Verdict = "drifted"    // the track is not as the row expects
	Invalid    Verdict = "invalid"    // the manifest's row is wrong
)

// IsError reports whether a row could not be planned.
func (v Verdict) IsError() bool {
	switch v {
	case Missing, Unreadable, Drifted, Invalid:
		return true
	}
	return false
}

// PlanTotals counts the rows of a plan by their verdict.
type PlanTotals struct {
	Change     int `json:"change"`
	Unchanged  int `json:"unchanged"`
	Skipped    int `json:"skipped"`
	Superseded int `json:"superseded"`
	Missing    int `json:"missing"`
	Unreadable int `json:"unreadable"`
	Drifted    int `json:"drifted"`
	Invalid    int `json:"invalid"`

	// Fields counts the rows that change each field.
	Fields PlanFields `json:"-"`
}

// PlanFields counts the rows of a plan by the fields that they change.
type PlanFields struct {
	Name     int `json:"name"`
	Volume   int `json:"volume"`
	Project  int `json:"project_id"`
	Detached int `json:"detached"` // how many of Project take a track out of its project
	Media    int `json:"media_url"`
}

// Add counts one row.
func (t *PlanTotals) Add(r PlanRow) {
	if n := t.of(r.Verdict); n != nil {
		*n++
	}
	add := func(n *int, absent bool) {
		if !absent {
			*n++
		}
	}
	add(&t.Fields.Name, r.Changes.Name.To.IsZero())
	add(&t.Fields.Volume, r.Changes.Volume.To.IsZero())
	add(&t.Fields.Project, r.Changes.Project.To.IsZero())
	_, attached := r.Changes.Project.From.Get()
	add(&t.Fields.Detached, !attached || !r.Changes.Project.To.IsNull())
	add(&t.Fields.Media, r.Changes.Media.To.IsZero())
}

// of returns the counter of a verdict; nil for an invalid one.
func (t *PlanTotals) of(v Verdict) *int {
	switch v {
	case ToChange:
		return &t.Change
	case Unchanged:
		return &t.Unchanged
	case Skipped:
		return &t.Skipped
	case Superseded:
		return &t.Superseded
	case Missing:
		return &t.Missing
	case Unreadable:
		return &t.Unreadable
	case Drifted:
		return &t.Drifted
	case Invalid:
		return &t.Invalid
	}
	return nil
}

// Errors is the number of rows that could not be planned.
func (t PlanTotals) Errors() int { return t.Missing + t.Unreadable + t.Drifted + t.Invalid }

// Rows is the number of rows counted.
func (t PlanTotals) Rows() int {
	return t.Change + t.Unchanged + t.Skipped + t.Superseded + t.Errors()
}
