package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"tracksync/input"
	"tracksync/internal/defect"
	"tracksync/internal/safe"
	"tracksync/internal/track"
	"tracksync/report"
	"tracksync/report/journal"
	"tracksync/report/page"
	engine "tracksync/sync"
)

// finishing is a run whose reports are being made.
type finishing struct {
	*Run
	ctx      context.Context
	failures []report.Failure // the causes of failures
	listed   *page.List       // rows for the page; nil: they cannot be read
	Outcome
}

// Finish completes the ledger and makes every report. A report that fails or panics does
// not keep another one from being made. If ctx has ended, the manifest is not read again.
func (r *Run) Finish(ctx context.Context, end engine.End) Outcome {
	f := &finishing{Run: r, ctx: ctx,
		Outcome: Outcome{End: end, Faults: r.faults, Files: []string{r.Dir.File(ResultsFile)}}}
	for _, report := range []func() error{
		f.completeLedger,
		f.writeFailed,
		f.writeFailedBook,
		f.countFailures,
		f.listFailures,
		f.writeUndo,
		f.writeJUnit,
		f.closeFiles,
		f.handOverUnwritten,
		f.rememberLimit,
		f.finishState,
		f.compact,
		f.saveStats,
		f.removeSent,
		f.summarize,
		f.publish,
		f.writeDefects,
		f.writeMetrics,
	} {
		f.try(report)
	}
	return f.Outcome
}

// try makes one report. It is no failure of the run if another program has the report of an
// earlier session open.
func (f *finishing) try(report func() error) (ok bool) {
	err := defect.Do(report)
	switch {
	case errors.Is(err, safe.ErrInUse):
		f.recorder.warn(InUse, err)
	case err != nil:
		f.Faults = append(f.Faults, err)
	}
	return err == nil
}

func (f *finishing) closeFiles() error { return f.recorder.close() }

func (f *finishing) finishState() error {
	held, err := f.state.Finish(time.Now())
	if held != nil {
		f.recorder.warn(StateBeside, held)
	}
	return err
}

func (f *finishing) saveStats() error { return f.recorder.saveLast(time.Now()) }

// completeLedger writes the missing lines: those of the rows that the run did not reach.
// If the manifest can no longer be read they stay missing, which means the same.
//
// A panic may have lost a result. sent.log still says which rows were sent.
func (f *finishing) completeLedger() error {
	if f.Reason == engine.LocalWrite { // the ledger cannot be written
		return nil
	}
	ledger := f.recorder.ledger
	if !f.isIncomplete() {
		return ledger.Flush()
	}
	sent, err := f.sent()
	if err != nil {
		return err
	}
	for row, err := range f.Manifest.Rows(f.ctx) {
		if err != nil {
			return errors.Join(fmt.Errorf("the rows that were not attempted cannot be listed: %w", err), ledger.Flush())
		}
		if _, done := ledger.Status(row.Number); done {
			continue
		}
		result := engine.ResultUnreached(row, time.Now())
		if l, ok := sent[row.Update.ID]; ok && !row.Superseded {
			result = l.Unknown(result)
		}
		if err := ledger.Append(result); err != nil {
			return errors.Join(err, ledger.Flush())
		}
		if ledger.Waiting() > maxWaiting {
			if err := ledger.Flush(); err != nil {
				return err
			}
		}
	}
	return ledger.Flush()
}

// sent is the updates that were in flight when a panic ended the run.
func (f *finishing) sent() (map[track.ID]journal.InFlight, error) {
	sent := map[track.ID]journal.InFlight{}
	if f.Reason != engine.Defect {
		return sent, nil
	}
	list, err := journal.ReadInFlight(f.Dir.Path)
	for _, l := range list {
		sent[l.ID] = l
	}
	return sent, err
}

func (f *finishing) isIncomplete() bool {
	for range f.recorder.ledger.Missing(f.Checked.Rows) {
		return true
	}
	return false
}

// writeFailed writes failed.csv. If the manifest has changed during the run, there is no
// failed.csv, because its rows would differ from the manifest, and the run counts as
// stopped.
func (f *finishing) writeFailed() error {
	n, err := f.writeFailedFile()
	if err == nil && n > 0 {
		f.Failed, f.Files = n, append(f.Files, f.FailedList)
	}
	if !errors.Is(err, input.ErrChanged) || f.Reason != engine.Completed {
		return err
	}
	f.Reason = engine.ManifestError
	f.Message = "the manifest was changed while the run went on, so its failed rows cannot be listed in " + FailedFile +
		"; they are in " + ResultsFile + ", and a resumed run continues with the manifest as it is now"
	return nil
}

// writeFailedFile writes failed.csv if there are rows to run again.
func (f *finishing) writeFailedFile() (n int, err error) {
	rows := 0
	for status, n := range f.recorder.ledger.Counts() {
		if report.RunAgain(status) {
			rows += n
		}
	}
	if rows == 0 {
		return 0, nil
	}
	ledger := f.recorder.ledger
	wanted := func(row int) bool { status, _ := ledger.Status(row); return report.RunAgain(status) }
	f.FailedList, err = f.writeList(FailedFile, func(w io.Writer) (err error) {
		rows, results := f.Manifest.WrittenRows(f.ctx, wanted), ledger.Results(report.RunAgain)
		n, err = report.WriteFailed(w, f.Checked.Table, rows, results)
		return err
	})
	return n, err
}

// writeList writes a list of rows to run again, and returns its path. Excel lets nobody replace
// the list of an earlier session that it has open: then failed-1.csv is written beside it.
func (f *finishing) writeList(name string, write func(io.Writer) error) (path string, err error) {
	ext := filepath.Ext(name)
	for n := range 4 { // as failedList knows them
		path = f.Dir.File(name)
		if n > 0 {
			path = f.Dir.File(fmt.Sprintf("%s-%d%s", strings.TrimSuffix(name, ext), n, ext))
		}
		held := err
		if err = f.write(path, write); !errors.Is(err, safe.ErrInUse) {
			if held != nil && err == nil {
				f.recorder.warn(Beside, held)
			}
			return path, err
		}
	}
	return "", err
}

// countFailures counts the rows that ended without success, in any session.
func (f *finishing) countFailures() (err error) {
	f.failures, err = report.Failures(func(yield func(track.Result, error) bool) {
		for result, err := range f.recorder.ledger.Results(report.NeedsAttention) {
			if err == nil && isHopeless(result) {
				f.Hopeless++
			}
			if err == nil && len(f.First) < maxFirst {
				f.First = append(f.First, result)
			}
			if !yield(result, err) {
				return
			}
		}
	})
	return err
}

// listFailures lists rows for the page, as long as the ledger is open.
func (f *finishing) listFailures() (err error) {
	f.listed, err = page.NewList(f.failures, f.recorder.ledger.Results, report.NeedsAttention)
	return err
}

// isHopeless reports whether a row would end the same way if it were sent again as it is.
func isHopeless(result track.Result) bool {
	switch result.Status {
	case track.Invalid, track.NotApplied:
		return true
	case track.Failed:
		return result.Error == nil || !result.Error.Retryable
	}
	return false
}

// writeUndo writes undo.yaml.
func (f *finishing) writeUndo() (err error) {
	if f.recorder.ledger.Before == nil {
		return nil
	}
	f.Undone, err = f.writeUndoFile(f.recorder.ledger)
	if f.Undone != nil && f.Undone.Tracks > 0 {
		f.Files = append(f.Files, f.Dir.File(UndoFile))
	}
	return err
}

// handOverUnwritten passes results that could not be written to the observer, so that no
// result is lost.
func (f *finishing) handOverUnwritten() error {
	if lines := f.recorder.ledger.Unwritten(); len(lines) > 0 {
		f.recorder.observer.Unwritten(f.Dir.File(ResultsFile), lines)
	}
	return nil
}

// removeSent removes sent.log if every row has its result in the file. The statistics, which
// have all of it, must be saved before.
func (f *finishing) removeSent() error {
	if f.isIncomplete() || len(f.recorder.ledger.Unwritten()) > 0 {
		return nil
	}
	return safe.Remove(f.Dir.File(SentFile))
}

// compact leaves one line per row in the results of a resumed run.
func (f *finishing) compact() error {
	if f.earlier == nil || f.Reason == engine.LocalWrite {
		return nil
	}
	if !f.recorder.ledger.Repeats() || f.Output != nil && !f.Output.MayReplace() {
		return nil
	}
	return f.recorder.ledger.Compact()
}

// firstFault is the first line of the first fault.
func (f *finishing) firstFault() string {
	if len(f.Faults) == 0 {
		return ""
	}
	first, _, _ := strings.Cut(f.Faults[0].Error(), "\n")
	return safe.Line(first)
}
