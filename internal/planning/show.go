package planning

import (
	"context"
	"io"
	"strings"

	"tracksync/input"
	"tracksync/internal/safe"
	"tracksync/report"
)

// Output is where a plan is shown.
type Output interface {
	Write(report.PlanRow) error
	End(report.PlanTotals) error
}

// Outputs are several of them.
type Outputs []Output

// Write writes a row to all.
func (all Outputs) Write(r report.PlanRow) error {
	for _, o := range all {
		if err := o.Write(r); err != nil {
			return err
		}
	}
	return nil
}

// End ends all.
func (all Outputs) End(n report.PlanTotals) error {
	for _, o := range all {
		if err := o.End(n); err != nil {
			return err
		}
	}
	return nil
}

// Showing shows a plan and saves its changes. It is used once.
type Showing struct {
	Plan
	Out        Output
	ErrorsLast bool                             // Out gets rows with errors after all others
	Save       *Saving                          // nil: nothing is saved
	Refused    func(Row, *input.RoundTripError) // is called for changes that a manifest cannot express

	Totals   report.PlanTotals
	Changes  int // changes in the saved manifest
	NotSaved int // changes that a manifest cannot express

	saved   *Saved
	unsaved error // the error of writing the manifest
}

// Saving says how the manifest of changes is written while a plan is shown.
type Saving struct {
	To        io.Writer // nil: write to File
	File      string    // gets its name only after the whole plan is written
	Format    input.Format
	Comment   string // at the top of the manifest
	MaxVolume int
}

// Show shows and saves the plan. After an error there is no saved file.
func (s *Showing) Show(ctx context.Context) error {
	switch {
	case s.Save == nil:
		return s.write(ctx)
	case s.Save.To != nil:
		return s.saveTo(s.Save.To, func() error { return s.write(ctx) })
	}
	var shown error
	err := safe.WriteFile(s.Save.File, func(w io.Writer) error {
		return s.saveTo(w, func() error { shown = s.write(ctx); return shown })
	})
	if shown != nil && s.unsaved == nil { // the error is not about the file
		return shown
	}
	return err
}

// saveTo opens the manifest of changes, calls work, and closes the manifest.
func (s *Showing) saveTo(w io.Writer, work func() error) (err error) {
	if s.saved, err = NewSaved(w, s.Save.Format, s.Save.Comment, s.Save.MaxVolume); err != nil {
		return err
	}
	if err := work(); err != nil {
		return err
	}
	s.Changes = s.saved.Changes
	return s.saved.Close()
}

// write shows and saves the rows. For rows with errors that come last it reads the plan
// again instead of storing them in memory.
func (s *Showing) write(ctx context.Context) error {
	err := s.Each(ctx, func(r Row) error {
		s.Totals.Add(r.PlanRow)
		if err := s.saveRow(r); err != nil {
			return err
		}
		if s.ErrorsLast && r.Verdict.IsError() {
			return nil
		}
		return s.Out.Write(r.PlanRow)
	})
	if err == nil && s.ErrorsLast && s.Totals.Errors() > 0 {
		err = s.Each(ctx, func(r Row) error {
			if !r.Verdict.IsError() {
				return nil
			}
			return s.Out.Write(r.PlanRow)
		})
	}
	if err != nil {
		return err
	}
	return s.Out.End(s.Totals)
}

// saveRow saves the change of a row, if there is one.
func (s *Showing) saveRow(r Row) error {
	if s.saved == nil || r.Verdict != report.ToChange {
		return nil
	}
	refused, err := s.saved.Write(r)
	s.unsaved = err
	if refused != nil {
		s.NotSaved++
		s.Refused(r, refused)
	}
	return err
}

// ErrorsOnly is an Output for people who do not get the plan itself. It is called with one
// line for each row that has an error.
type ErrorsOnly func(line string)

// Write calls the function for a row with an error.
func (print ErrorsOnly) Write(r report.PlanRow) error {
	if !r.Verdict.IsError() {
		return nil
	}
	id := ""
	if r.ID > 0 {
		id = "track " + r.ID.String() + ": "
	}
	print(safe.Line(PlaceOf(r.Position) + ": " + id + strings.Join(r.Reasons, "; ")))
	return nil
}

// End does nothing.
func (ErrorsOnly) End(report.PlanTotals) error { return nil }
