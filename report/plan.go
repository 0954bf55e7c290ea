package report

import "tracksync/internal/track"

// PlanRow is what a plan says of one row. It is made from a row and the state of
// its track elsewhere; here it is only shown.
type PlanRow struct {
	Row      int // track.Row.Number
	Position track.Position
	ID       track.ID            // 0: the row has none that can be used
	Name     track.Field[string] // of the track as it is now; absent where that is not known
	Verdict  Verdict

	// Changes are for programs and Lines say the same for people, safe to
	// print. Only a row ToChange has them.
	Changes track.Changes
	Lines   []PlanLine

	// Error is why the row could not be planned, for programs, and Reasons say
	// the same for people, one line each. Only an error has them.
	Error   track.Error
	Reasons []string
}

// PlanLine is one field's change in words.
type PlanLine struct {
	Field string // as in track.Columns
	From  string // "" where it is not known
	To    string
}

// Verdict is the one word that says what a sync would make of a row. The zero
// Verdict is none.
type Verdict string

// The verdicts. Their words are part of the interface.
const (
	ToChange   Verdict = "change"     // fields differ, and would be sent
	Unchanged  Verdict = "unchanged"  // the track is as the row says
	Skipped    Verdict = "skipped"    // the row asks nothing
	Superseded Verdict = "superseded" // a later row of the same id counts

	// The errors.
	Missing    Verdict = "missing"    // the track does not exist
	Unreadable Verdict = "unreadable" // its state could not be read
	Drifted    Verdict = "drifted"    // it is not as the row expects
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

	// Fields is how many rows change each field.
	Fields PlanFields `json:"-"`
}

// PlanFields counts the rows of a plan by the fields that they change.
type PlanFields struct {
	Name     int `json:"name"`
	Volume   int `json:"volume"`
	Project  int `json:"project_id"`
	Detached int `json:"detached"` // how many of Project take the track out of the project that it is in
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

// of is the counter of a verdict; nil for what is none.
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
