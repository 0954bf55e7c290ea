package run

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"tracksync/internal/defect"
	"tracksync/internal/safe"
	"tracksync/report"
	"tracksync/report/page"
	"tracksync/sync/pace"
)

// summarize makes the summary, except its exit code. Totals that do not add up are an
// error.
func (f *finishing) summarize() error {
	s := f.counted()
	s.End, s.Message, s.Warned = string(f.Reason), f.Message, f.Warned
	if f.failures != nil {
		s.Failures = f.failures
	}
	s.Pace = f.Pace
	s.Pace.Learned = learnedOf(f.found())
	s.Pace.Remembered = f.remembered.report(f.found(), f.recorder.refused > 0)
	if u := f.Undone; u != nil {
		s.Undo = &report.Undo{Tracks: u.Tracks, NotRestorable: u.Lost, Damaged: u.Damaged, Unrecorded: u.Unrecorded}
	}
	f.Summary = s
	return s.Check()
}

// learnedOf is the learned limit in the type of the reports; nil if there is none. The
// suggested rate is that of all shards, as --rate is.
func learnedOf(l part) *report.Learned {
	if l.Kind == pace.None {
		return nil
	}
	out := &report.Learned{Kind: string(l.Kind), Count: l.Count, WindowS: l.Window.Seconds(), Burst: l.Burst}
	if l.Rate > 0 {
		out.RatePerS = float64(l.Rate)
		out.SuggestedRate = (l.whole().Rate * 0.97).String()
	}
	return out
}

// publish writes report.html and summary.json, and ends the output. The exit code in all of
// them must be that of the process. If one of them cannot be written, that changes the code
// in the others.
func (f *finishing) publish() error {
	page := f.writePage()
	written := f.writeSummary()
	if f.Output != nil {
		code := f.Summary.ExitCode
		f.try(func() error { return f.Output.End(f.Summary, f.recorder.ledger.Unwritten()) })
		f.decideCode()
		f.Printed = f.Summary.ExitCode == code
		if !f.Printed && page {
			f.writePage()
		}
		if !f.Printed && written {
			if written = f.writeSummary(); !written { // no summary is better than a wrong one
				f.try(func() error { return safe.Remove(f.Dir.File(SummaryFile)) })
			}
		}
	}
	if page {
		f.Files = append(f.Files, f.Dir.File(PageFile))
	}
	if f.Unsummarized = !written; written {
		f.Files = append(f.Files, f.Dir.File(SummaryFile))
	}
	return nil
}

// writePage writes report.html and reports whether that succeeded.
func (f *finishing) writePage() bool {
	f.decideCode()
	return f.try(func() error {
		return f.write(f.Dir.File(PageFile), f.Hidden.RedactText(func(w io.Writer) error {
			return page.Write(w, f.Summary, f.listed)
		}))
	})
}

// writeSummary writes summary.json and reports whether that succeeded.
func (f *finishing) writeSummary() bool {
	f.decideCode()
	if f.Summary.Message == "" {
		f.Summary.Message = f.firstFault()
	}
	err := defect.Do(func() error {
		return f.write(f.Dir.File(SummaryFile), f.Hidden.RedactJSON(f.Summary.Encode))
	})
	if err != nil { // also if the file is in use
		f.Faults = append(f.Faults, err)
	}
	f.decideCode()
	return err == nil
}

// decideCode sets the exit code, and what to do next, according to what is known so far.
func (f *finishing) decideCode() {
	f.Summary.ExitCode = f.ExitCode(f.Outcome)
	f.Summary.Next = nil
	if next := f.Next(f.Outcome); next.Command != "" {
		f.Summary.Next = &next
	}
}

// writeDefects writes the stacks of panics into a file of the run directory, for a bug
// report.
func (f *finishing) writeDefects() error {
	var text bytes.Buffer
	for _, err := range append([]error{f.Err}, f.Faults...) {
		var d *defect.Error
		if errors.As(err, &d) && !bytes.Contains(text.Bytes(), d.Stack) {
			fmt.Fprintf(&text, "tracksync %s\n%v\n\n%s\n", f.Version, d, d.Stack)
		}
	}
	if text.Len() == 0 {
		return nil
	}
	err := safe.WriteFile(f.Dir.File(DefectFile), f.Hidden.RedactText(func(w io.Writer) error {
		_, err := w.Write(text.Bytes())
		return err
	}))
	if err == nil {
		f.Files = append(f.Files, f.Dir.File(DefectFile))
	}
	return err
}
