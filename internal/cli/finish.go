package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"tracksync/input"
	"tracksync/internal/defect"
	"tracksync/internal/run"
	"tracksync/internal/safe"
	"tracksync/internal/track"
	"tracksync/report"
	"tracksync/report/journal"
	engine "tracksync/sync"
	"tracksync/sync/pace"
)

// finish completes the account, writes every report and says how the run ended.
// An error or a panic in one report does not keep the others from being written.
func (r *syncRun) finish(end engine.End) error {
	if end.Reason != engine.LocalWrite { // else the disk has no room for it
		r.try(func() error { return r.completeJournal(end.Reason == engine.Defect) })
	}
	files := []string{r.dir.File(run.ResultsFile)}
	var undone *run.Undone
	failed := r.listFailed(&end)
	if failed > 0 {
		files = append(files, r.dir.File(run.FailedFile))
	}
	r.try(r.countFailures)
	r.try(func() (err error) { undone, err = r.writeUndo(); return err })
	r.try(r.sink.close)
	r.try(r.rescue)
	r.try(r.dropSent)
	r.try(func() error { return r.state.Finish(time.Now()) })
	if r.resumed != nil && end.Reason != engine.LocalWrite {
		r.try(r.compact)
	}
	r.try(func() error { return r.sink.saveLast(time.Now()) })
	if undone != nil && undone.Tracks > 0 {
		files = append(files, r.dir.File(run.UndoFile))
	}
	var s report.Summary
	r.try(func() error { s = r.summarize(end, undone); return s.Check() })
	if r.publish(&s, end) {
		files = append(files, r.dir.File(run.SummaryFile))
	}
	if r.keepStacks(end) {
		files = append(files, r.dir.File(run.DefectFile))
	}
	r.sayFaults(s)
	r.sayFailed(s)
	r.removeOldRuns()
	r.try(func() error {
		style := report.Style{Color: r.color(), Files: files, Next: r.next(s, end, failed)}
		if r.ErrTerminal {
			style.Width = r.Width()
		}
		r.say(s, style)
		return nil
	})
	if s.ExitCode == exitOK {
		return nil
	}
	return &failure{code: s.ExitCode}
}

// try makes one step of the ending.
func (r *syncRun) try(step func() error) {
	if err := defect.Do(step); err != nil {
		r.faults = append(r.faults, err)
	}
}

// publish writes summary.json, ends what goes onto standard output,
// and reports whether the file was written. The exit code in both is that of the
// process: where one of the two cannot be written, that decides about the code in
// the other. A summary that has no other place goes to standard error.
func (r *syncRun) publish(s *report.Summary, end engine.End) (written bool) {
	write := func() {
		s.ExitCode = runCode(end, r.signal, len(r.faults) > 0, *s)
		if s.Message == "" && len(r.faults) > 0 {
			first, _, _ := strings.Cut(r.faults[0].Error(), "\n")
			s.Message = safe.Line(first)
		}
		before := len(r.faults)
		r.try(func() error { return safe.WriteFile(r.dir.File(run.SummaryFile), r.hidden.RedactJSON(s.Encode)) })
		written = len(r.faults) == before
		s.ExitCode = runCode(end, r.signal, len(r.faults) > 0, *s)
	}
	write()
	printed := false
	if r.json || r.sink.stream != nil {
		code := s.ExitCode
		r.try(func() error { return saidOf("standard output", r.print(*s)) })
		s.ExitCode = runCode(end, r.signal, len(r.faults) > 0, *s)
		printed = s.ExitCode == code
	}
	if (r.json || r.sink.stream != nil) && !printed && written {
		write()
		if !written { // better none than one that is wrong
			r.try(func() error { return os.Remove(r.dir.File(run.SummaryFile)) })
		}
	}
	if !written && !(r.json && printed) {
		r.log.Error().Msgf("the summary could not be written to %s; it is:", r.dir.File(run.SummaryFile))
		_ = r.hidden.RedactJSON(s.Encode)(r.screen) // there is no further place for it
	}
	return written
}

// print ends what standard output was asked to carry: the summary, or the results.
func (r *syncRun) print(s report.Summary) error {
	if r.json {
		return r.hidden.RedactJSON(s.Encode)(r.Out)
	}
	left, err := r.sink.stream.end(r.sink.ledger.Unwritten())
	if left > 0 && err == nil {
		r.log.Warn().Int("lines", left).Msgf("standard output was not read to its end; the rest is in %s", r.dir.File(run.ResultsFile))
	}
	return err
}

// keepStacks writes where panics happened into a file of the run directory, to be
// reported with, and reports whether there is one.
func (r *syncRun) keepStacks(end engine.End) bool {
	var text bytes.Buffer
	for _, err := range append([]error{end.Err}, r.faults...) {
		var d *defect.Error
		if errors.As(err, &d) && !bytes.Contains(text.Bytes(), d.Stack) {
			fmt.Fprintf(&text, "tracksync %s\n%v\n\n%s\n", version(), d, d.Stack)
		}
	}
	if text.Len() == 0 {
		return false
	}
	before := len(r.faults)
	r.try(func() error {
		return safe.WriteFile(r.dir.File(run.DefectFile), r.hidden.RedactText(func(w io.Writer) error {
			_, err := w.Write(text.Bytes())
			return err
		}))
	})
	return len(r.faults) == before
}

// completeJournal writes the lines that are missing, those of rows that the
// run did not come to because it was cut off. Where the manifest cannot be
// read any more they stay missing, which means the same.
//
// After a panic a result may have been lost on its way. What was sent is known all
// the same.
func (r *syncRun) completeJournal(afterPanic bool) error {
	j := r.sink.ledger
	if !r.anyMissing() {
		return j.Flush()
	}
	sent := map[track.ID]journal.InFlight{}
	if afterPanic {
		list, err := journal.ReadInFlight(r.dir.Path)
		if err != nil {
			return err
		}
		for _, l := range list {
			sent[l.ID] = l
		}
	}
	for row, err := range r.manifest.Rows(r.background) {
		if err != nil {
			return errors.Join(fmt.Errorf("the rows that were not attempted cannot be listed: %w", err), j.Flush())
		}
		if _, done := j.Status(row.Number); done {
			continue
		}
		result := engine.ResultUnreached(row, time.Now())
		if l, ok := sent[row.Update.ID]; ok && !row.Superseded {
			result = l.Unknown(result)
		}
		if err := j.Append(result); err != nil {
			return errors.Join(err, j.Flush())
		}
		if j.Waiting() > maxWaiting {
			if err := j.Flush(); err != nil {
				return err
			}
		}
	}
	return j.Flush()
}

// dropSent removes what tells of updates under way, once every row has its result
// in the file.
func (r *syncRun) dropSent() error {
	if r.anyMissing() || len(r.sink.ledger.Unwritten()) > 0 {
		return nil
	}
	return os.Remove(r.dir.File(run.SentFile))
}

func (r *syncRun) anyMissing() bool {
	for range r.sink.ledger.Missing(r.summary.Rows) {
		return true
	}
	return false
}

// countFailures counts the rows that ended without success, whichever session
// they ended in.
func (r *syncRun) countFailures() (err error) {
	unsuccessful := func(s track.Status) bool { return !s.Success() && s != track.NotAttempted }
	r.failures, err = report.Failures(func(yield func(track.Result, error) bool) {
		for result, err := range r.sink.ledger.Results(unsuccessful) {
			if err == nil && hopeless(result) {
				r.hopeless++
			}
			if err == nil && len(r.failed) < maxSaid {
				r.failed = append(r.failed, result)
			}
			if !yield(result, err) {
				return
			}
		}
	})
	return err
}

// compact leaves one line a row in the results of a run that was resumed.
func (r *syncRun) compact() error {
	if s := r.sink.stream; !r.sink.ledger.Repeats() || s != nil && !s.mayBeReplaced() {
		return nil
	}
	return r.sink.ledger.Compact()
}

// rescue puts results that the file did not take onto standard error: nothing
// that was done is forgotten.
func (r *syncRun) rescue() error {
	lines := r.sink.ledger.Unwritten()
	if len(lines) == 0 {
		return nil
	}
	r.log.Error().Msgf("these results could not be written to %s:", r.dir.File(run.ResultsFile))
	_, _ = r.screen.Write(lines) // there is no further place for them
	return nil
}

// listFailed writes failed.csv. Where the manifest has changed meanwhile there is
// none: its rows would ask what the manifest no longer asks, and the run has come
// to no good end.
func (r *syncRun) listFailed(end *engine.End) (n int) {
	r.try(func() (err error) {
		n, err = r.writeFailed()
		if !errors.Is(err, input.ErrChanged) || end.Reason != engine.Completed {
			return err
		}
		end.Reason = engine.ManifestError
		end.Message = "the manifest was changed while the run went on, so its failed rows cannot be listed in " + run.FailedFile +
			"; they stand in " + run.ResultsFile + ", and --resume continues with the manifest as it is now"
		return nil
	})
	return n
}

// writeFailed writes failed.csv, where there is something to run again.
func (r *syncRun) writeFailed() (int, error) {
	rows := 0
	for status, n := range r.sink.ledger.Counts() {
		if report.RunAgain(status) {
			rows += n
		}
	}
	if rows == 0 {
		return 0, nil
	}
	var n int
	err := safe.WriteFile(r.dir.File(run.FailedFile), func(w io.Writer) (err error) {
		n, err = report.WriteFailed(w, r.summary.Table, r.manifest.WrittenRows(r.background), r.sink.ledger.Results(report.RunAgain))
		return err
	})
	return n, err
}

// summarize is the summary but for the exit code.
func (r *syncRun) summarize(end engine.End, undone *run.Undone) report.Summary {
	s := r.sink.stats.Summary(time.Now())
	s.End, s.Message = string(end.Reason), end.Message
	s.Rows, s.Warned = r.summary.Rows, warned(r.summary)
	if r.failures != nil {
		s.Failures = r.failures
	}
	s.Totals = report.Totals(r.sink.ledger.Counts())
	for range r.sink.ledger.Missing(s.Rows) {
		s.Totals[track.NotAttempted]++ // no line means so
	}
	s.Version, s.BaseURL, s.RunDir = version(), r.target(), r.dir.Path
	s.Pace = report.Pace{Rate: r.rateText, Concurrency: r.concurrency, Learned: learned(end.Learned)}
	if r.auto {
		s.Pace.MaxRate = r.rate.String()
	}
	if undone != nil {
		s.Undo = &report.Undo{Tracks: undone.Tracks, NotRestorable: undone.Lost, Damaged: undone.Damaged}
	}
	return s
}

// learned is what was found of the API's limit, for the reports; nil if no limit
// was met.
func learned(l pace.Learned) *report.Learned {
	if l.Kind == pace.None {
		return nil
	}
	out := &report.Learned{Kind: string(l.Kind), Count: l.Count, WindowS: l.Window.Seconds(), Burst: l.Burst}
	if l.Rate > 0 {
		out.RatePerS = float64(l.Rate)
		out.SuggestedRate = (l.Rate * 0.97).String()
	}
	return out
}
