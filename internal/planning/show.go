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

// Showing goes over a plan, shows it, and saves what is to change. It is used once.
type Showing struct {
	Plan
	Out        Output
	ErrorsLast bool                             // Out takes rows with errors after all others
	Save       *Saving                          // nil: nothing is saved
	Unfit      func(Row, *input.RoundTripError) // is told what the saved manifest cannot hold

	Totals   report.PlanTotals
	Changes  int // in the saved manifest
	NotSaved int // changes that it cannot hold

	saved   *Saved
	unsaved error // why the saved manifest took no more
}

// Saving is the manifest of changes that is written while a plan is shown.
type Saving struct {
	To        io.Writer // nil: to the file
	File      string    // takes its name only when all of the plan is in it
	Format    input.Format
	Comment   string // at its top
	MaxVolume int
}

// Show shows and saves the plan. After an error nothing is saved in a file.
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
	if shown != nil && s.unsaved == nil { // it is not about the file
		return shown
	}
	return err
}

// saveTo lets work go over the plan while the manifest of changes is open.
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

// write goes over the rows. Errors that come last are looked for once more rather than
// held in memory.
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

// saveRow saves what is to change of a row. What does not fit is told, and counted.
func (s *Showing) saveRow(r Row) error {
	if s.saved == nil || r.Verdict != report.ToChange {
		return nil
	}
	unfit, err := s.saved.Write(r)
	s.unsaved = err
	if unfit != nil {
		s.NotSaved++
		s.Unfit(r, unfit)
	}
	return err
}

// ErrorsOnly is an Output that hands over what is wrong, row by row, to those who do not
// get the plan itself.
type ErrorsOnly func(line string)

// Write hands over a row with an error.
func (say ErrorsOnly) Write(r report.PlanRow) error {
	if !r.Verdict.IsError() {
		return nil
	}
	id := ""
	if r.ID > 0 {
		id = "track " + r.ID.String() + ": "
	}
	say(safe.Line(PlaceOf(r.Position) + ": " + id + strings.Join(r.Reasons, "; ")))
	return nil
}

// End does nothing.
func (ErrorsOnly) End(report.PlanTotals) error { return nil }
