package cli

import (
	"context"
	"io"
	"slices"
	"strings"

	"tracksync/internal/defect"
	"tracksync/internal/display"
	"tracksync/internal/flags"
	"tracksync/internal/run"
	"tracksync/internal/safe"
	"tracksync/internal/track"
	"tracksync/report"
)

// maxSaid is how many causes of failures are logged.
const maxSaid = 10

// say reports how the run ended. An error in one part does not keep the other parts from being
// reported.
func (r *syncRun) say(ctx context.Context, o run.Outcome) {
	steps := []func(){
		func() { r.sayUndo(o.Undone) },
		func() { r.saySummary(o) },
		func() { r.sayFaults(o) },
		func() { r.sayFailed(o) },
		func() { r.share(o) },
		r.removeOldRuns,
		func() { r.notify(ctx, o.Summary) },
		func() { r.sayOutcome(o) },
	}
	if r.ErrTerminal { // nobody waits for a chat to see the outcome; in a log, the outcome is the last line
		slices.Reverse(steps[len(steps)-2:])
	}
	for _, step := range steps {
		if err := defect.Do(func() error { step(); return nil }); err != nil {
			r.log.Error().Msg(safe.ErrorLine(err))
		}
	}
}

// saySummary writes the summary to standard error if it could not be written elsewhere.
func (r *syncRun) saySummary(o run.Outcome) {
	if !o.Unsummarized || r.json && o.Printed {
		return
	}
	r.log.Error().Msgf("the summary could not be written to %s; it is:", r.session.Dir.File(run.SummaryFile))
	_ = r.hidden.RedactJSON(o.Summary.Encode)(r.screen) // there is nowhere else to write it
}

// sayFaults reports errors that are not about a row. It does not repeat the summary's message.
func (r *syncRun) sayFaults(o run.Outcome) {
	said := map[string]bool{o.Summary.Message: !r.log.Human() || r.ErrTerminal}
	for _, err := range o.Faults {
		for text := range strings.SplitSeq(err.Error(), "\n") { // err may be several joined errors
			if text = safe.Line(text); !said[text] {
				said[text] = true
				r.log.Error().Msg(text)
			}
		}
	}
}

// sayFailed logs, if there is no terminal, which rows failed and why: the person who reads the
// log in the morning may have nothing else.
func (r *syncRun) sayFailed(o run.Outcome) {
	if r.ErrTerminal {
		return // the summary's text has the causes
	}
	s := o.Summary
	for _, f := range s.Failures[:min(len(s.Failures), maxSaid)] {
		r.log.Error().Fields(f.LogFields()).Msg("cause of failures")
	}
	if more := len(s.Failures) - maxSaid; more > 0 {
		r.log.Error().Msgf("and %s", display.Count(more, "more cause"))
	}
	shown := o.First[:min(len(o.First), maxSaid)]
	for _, row := range shown {
		r.log.Error().Fields(report.RowLogFields(row)).Msg("row without success")
	}
	if more := needingAttention(s) - len(shown); more > 0 && len(shown) > 0 {
		r.log.Error().Msgf("and %s; %s has every row", display.Count(more, "more row"), r.session.Dir.File(run.ResultsFile))
	}
}

// needingAttention is how many rows ended without success.
func needingAttention(s report.Summary) (n int) {
	for status, rows := range s.Totals {
		if report.NeedsAttention(status) {
			n += rows
		}
	}
	return n
}

// share gives the reports of the run to those who review it: annotations and the summary of
// the job in GitHub Actions, and the file of --summary-md. A failure changes no exit code, which
// the summary has already.
func (r *syncRun) share(o run.Outcome) {
	r.annotations().results(o.First, needingAttention(o.Summary))
	first := report.Run{Summary: o.Summary, Results: report.ResultsOf(o.First)}
	all := func(track.Status) bool { return true }
	write := func(w io.Writer, limit int) error { return report.WriteMarkdown(w, first, all, limit) }
	r.addJobSummary(write)
	if r.summaryMD != "" {
		r.tidy(func() error { return r.writeMarkdown(r.summaryMD, write) })
	}
}

// sayOutcome reports how the run ended: as text on a terminal, otherwise as a log line.
func (r *syncRun) sayOutcome(o run.Outcome) {
	s := o.Summary
	style := report.Style{Style: r.ErrStyle(), Tracks: r.trial.lines(), Files: o.Files}
	if s.Next != nil {
		style.Next = *s.Next
	}
	if r.log.Human() {
		// A missing reader is not a failure of the run.
		_ = r.hidden.RedactText(func(w io.Writer) error { return report.WriteText(w, s, style) })(r.screen)
		if !r.ErrTerminal {
			r.log.Ending(s.ExitCode == exitOK).Int("exit_code", s.ExitCode).Msg("finished")
		}
		return
	}
	ev := r.log.Ending(s.ExitCode == exitOK).Fields(s.LogFields())
	if step := style.Next; step.Command != "" {
		if step.First != "" {
			ev = ev.Str("first", step.First)
		}
		ev = ev.Str("next", step.Command)
	}
	ev.Msg("finished")
}

// removeOldRuns does what --keep asks for. An error is not a failure of the run.
func (r *syncRun) removeOldRuns() {
	if r.keep == 0 {
		return
	}
	var options []string
	for _, name := range fileFlags {
		options = append(options, flags.RecordedName(name))
	}
	n, err := r.session.Prune(r.keep, options)
	if err != nil {
		r.log.Warn().Str("error", safe.ErrorLine(err)).Msg("old runs could not be removed")
	}
	if n > 0 {
		r.log.Info().Int("removed", n).Msg("old runs were removed")
	}
}
