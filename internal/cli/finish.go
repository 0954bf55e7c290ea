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

// ending is what the steps of finish leave for each other.
type ending struct {
	engine.End
	failed  int         // rows in failed.csv
	undone  *run.Undone // nil: nothing can be undone
	summary report.Summary
	files   []string // written, and worth naming
}

// finish completes the ledger, writes every report and says how the run ended. No step
// keeps another from being made, whether it ends with an error or with a panic.
func (r *syncRun) finish(end engine.End) error {
	e := &ending{End: end, files: []string{r.dir.File(run.ResultsFile)}}
	for _, step := range []func(*ending) error{
		r.completeJournal,
		r.listFailed,
		r.countFailures,
		r.writeUndo,
		r.closeFiles,
		r.rescue,
		r.dropSent,
		r.finishState,
		r.compact,
		r.saveStats,
		r.summarize,
		r.publish,
		r.writeDefects,
		r.sayFaults,
		r.sayFailed,
		r.removeOldRuns,
		r.say,
	} {
		r.try(func() error { return step(e) })
	}
	if e.summary.ExitCode == exitOK {
		return nil
	}
	return &failure{code: e.summary.ExitCode}
}

func (r *syncRun) closeFiles(*ending) error { return r.sink.close() }

func (r *syncRun) finishState(*ending) error { return r.state.Finish(time.Now()) }

func (r *syncRun) saveStats(*ending) error { return r.sink.saveLast(time.Now()) }

// try makes one step of the ending.
func (r *syncRun) try(step func() error) {
	if err := defect.Do(step); err != nil {
		r.faults = append(r.faults, err)
	}
}

// publish writes summary.json, and ends what goes onto standard output. The exit code
// in both is that of the process: where one of the two cannot be written, that decides
// about the code in the other. A summary that has no other place goes to standard
// error.
func (r *syncRun) publish(e *ending) error {
	written, printed := r.writeSummary(e), false
	if r.json || r.sink.stream != nil {
		code := e.summary.ExitCode
		r.try(func() error { return saidOf("standard output", r.print(e.summary)) })
		r.decideCode(e)
		printed = e.summary.ExitCode == code
		if !printed && written {
			if written = r.writeSummary(e); !written { // better none than one that is wrong
				r.try(func() error { return os.Remove(r.dir.File(run.SummaryFile)) })
			}
		}
	}
	if written {
		e.files = append(e.files, r.dir.File(run.SummaryFile))
	} else if !(r.json && printed) {
		r.log.Error().Msgf("the summary could not be written to %s; it is:", r.dir.File(run.SummaryFile))
		_ = r.hidden.RedactJSON(e.summary.Encode)(r.screen) // there is no further place for it
	}
	return nil
}

// writeSummary writes summary.json, and reports whether it could.
func (r *syncRun) writeSummary(e *ending) bool {
	r.decideCode(e)
	if e.summary.Message == "" && len(r.faults) > 0 {
		first, _, _ := strings.Cut(r.faults[0].Error(), "\n")
		e.summary.Message = safe.Line(first)
	}
	before := len(r.faults)
	r.try(func() error {
		return safe.WriteFile(r.dir.File(run.SummaryFile), r.hidden.RedactJSON(e.summary.Encode))
	})
	r.decideCode(e)
	return len(r.faults) == before
}

// decideCode sets the exit code by what is known so far.
func (r *syncRun) decideCode(e *ending) {
	e.summary.ExitCode = runCode(e.End, r.signal, len(r.faults) > 0, e.summary)
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

// writeDefects writes where panics happened into a file of the run directory, to be
// reported with.
func (r *syncRun) writeDefects(e *ending) error {
	var text bytes.Buffer
	for _, err := range append([]error{e.Err}, r.faults...) {
		var d *defect.Error
		if errors.As(err, &d) && !bytes.Contains(text.Bytes(), d.Stack) {
			fmt.Fprintf(&text, "tracksync %s\n%v\n\n%s\n", version(), d, d.Stack)
		}
	}
	if text.Len() == 0 {
		return nil
	}
	err := safe.WriteFile(r.dir.File(run.DefectFile), r.hidden.RedactText(func(w io.Writer) error {
		_, err := w.Write(text.Bytes())
		return err
	}))
	if err == nil {
		e.files = append(e.files, r.dir.File(run.DefectFile))
	}
	return err
}

// completeJournal writes the lines that are missing, those of rows that the
// run did not come to because it was cut off. Where the manifest cannot be
// read any more they stay missing, which means the same.
//
// After a panic a result may have been lost on its way. What was sent is known all
// the same.
func (r *syncRun) completeJournal(e *ending) error {
	if e.Reason == engine.LocalWrite { // the disk has no room for it
		return nil
	}
	j := r.sink.ledger
	if !r.anyMissing() {
		return j.Flush()
	}
	sent := map[track.ID]journal.InFlight{}
	if e.Reason == engine.Defect {
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
func (r *syncRun) dropSent(*ending) error {
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
func (r *syncRun) countFailures(*ending) (err error) {
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
func (r *syncRun) compact(e *ending) error {
	if r.resumed == nil || e.Reason == engine.LocalWrite {
		return nil
	}
	if s := r.sink.stream; !r.sink.ledger.Repeats() || s != nil && !s.mayBeReplaced() {
		return nil
	}
	return r.sink.ledger.Compact()
}

// rescue puts results that the file did not take onto standard error: nothing
// that was done is forgotten.
func (r *syncRun) rescue(*ending) error {
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
func (r *syncRun) listFailed(e *ending) error {
	n, err := r.writeFailed()
	if err == nil && n > 0 {
		e.failed, e.files = n, append(e.files, r.dir.File(run.FailedFile))
	}
	if !errors.Is(err, input.ErrChanged) || e.Reason != engine.Completed {
		return err
	}
	e.Reason = engine.ManifestError
	e.Message = "the manifest was changed while the run went on, so its failed rows cannot be listed in " + run.FailedFile +
		"; they stand in " + run.ResultsFile + ", and --resume continues with the manifest as it is now"
	return nil
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

// summarize makes the summary, but for its exit code. Totals that do not add up are an
// error.
func (r *syncRun) summarize(e *ending) error {
	s := r.sink.stats.Summary(time.Now())
	s.End, s.Message = string(e.Reason), e.Message
	s.Rows, s.Warned = r.summary.Rows, warned(r.summary)
	if r.failures != nil {
		s.Failures = r.failures
	}
	s.Totals = report.Totals(r.sink.ledger.Counts())
	for range r.sink.ledger.Missing(s.Rows) {
		s.Totals[track.NotAttempted]++ // no line means so
	}
	s.Version, s.BaseURL, s.RunDir = version(), r.target(), r.dir.Path
	s.Pace = report.Pace{Rate: r.rateText, Concurrency: r.concurrency, Learned: learned(e.Learned)}
	if r.auto {
		s.Pace.MaxRate = r.rate.String()
	}
	if u := e.undone; u != nil {
		s.Undo = &report.Undo{Tracks: u.Tracks, NotRestorable: u.Lost, Damaged: u.Damaged}
	}
	e.summary = s
	return s.Check()
}

// learned is what was found of the API's limit, for the reports; nil if no limit
// was met.
func learned(l pace.Limit) *report.Learned {
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
