package cli

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"tracksync/internal/safe"
	"tracksync/internal/track"
	"tracksync/report"
	engine "tracksync/sync"
	"tracksync/sync/pace"
)

// finish completes the account, writes every report and says how the run ended.
// An error of one report does not keep the others from being written.
//
// defect says that the engine found its own account wrong: no run that ends so
// ends well.
func (r *run) finish(end engine.End, defect bool) error {
	var errs []error
	note := func(err error) {
		if err != nil {
			errs = append(errs, err)
		}
	}
	if end.Reason != engine.LocalWrite { // else the disk has no room for it
		note(r.completeJournal())
	}
	files := []string{r.dir.file(resultsFile)}
	failed, err := r.writeFailed()
	note(err)
	if failed > 0 {
		files = append(files, r.dir.file(failedFile))
	}
	note(r.countFailures())
	note(r.sink.close())
	r.rescue()
	note(r.saveState())
	if r.resumed != nil && end.Reason != engine.LocalWrite {
		note(r.compact())
	}
	note(r.sink.save(time.Now()))
	undoable, err := r.writeUndo()
	note(err)
	if undoable > 0 {
		files = append(files, r.dir.file(undoFile))
	}

	s := r.summarize(end)
	if err := s.Check(); err != nil {
		note(fmt.Errorf("internal error: %w", err))
	}
	s.ExitCode = runCode(end, r.signal, defect || len(errs) > 0, s)
	if err := report.WriteFile(r.dir.file(summaryFile), r.redacted(s.Encode)); err != nil {
		note(err)
		s.ExitCode = runCode(end, r.signal, true, s)
	}
	files = append(files, r.dir.file(summaryFile))
	if r.json {
		if err := r.redacted(s.Encode)(r.Out); err != nil {
			note(fmt.Errorf("standard output: %w", err))
			s.ExitCode = runCode(end, r.signal, true, s)
		}
	}
	note(r.say(s, report.Style{Color: r.color(), Files: files, Next: r.next(s, end, failed)}))
	r.prune()
	said := map[string]bool{s.Message: true}
	for _, err := range errs {
		if text := err.Error(); !said[text] {
			said[text] = true
			r.log.Error().Msg(report.Plain(text, 0))
		}
	}
	if s.ExitCode == exitOK && len(errs) == 0 {
		return nil
	}
	return &failure{code: runCode(end, r.signal, defect || len(errs) > 0, s)}
}

// completeJournal writes the lines that are missing, those of rows that the
// run did not come to because it was cut off. Where the manifest cannot be
// read any more they stay missing, which means the same.
func (r *run) completeJournal() error {
	j := r.sink.journal
	if !r.anyMissing() {
		return j.Flush()
	}
	for row, err := range r.manifest.Rows(r.background) {
		if err != nil {
			return errors.Join(fmt.Errorf("the rows that were not attempted cannot be listed: %w", err), j.Flush())
		}
		if _, done := j.Status(row.Number); done {
			continue
		}
		if err := j.Append(engine.ResultUnreached(row, time.Now())); err != nil {
			return errors.Join(err, j.Flush())
		}
		if j.Waiting() > 1<<20 {
			if err := j.Flush(); err != nil {
				return err
			}
		}
	}
	return j.Flush()
}

func (r *run) anyMissing() bool {
	for range r.sink.journal.Missing(r.summary.Rows) {
		return true
	}
	return false
}

// countFailures counts the rows that ended without success, whichever session
// they ended in.
func (r *run) countFailures() error {
	j := r.sink.journal
	for row := 1; row <= r.summary.Rows; row++ {
		status, ok := j.Status(row)
		if !ok || status.Success() || status == track.NotAttempted {
			continue
		}
		result, _, err := j.Lookup(row)
		if err != nil {
			return err
		}
		r.sink.stats.AddFailure(result)
		if hopeless(result) {
			r.hopeless++
		}
	}
	return nil
}

// compact leaves one line a row in the results of a run that was resumed.
func (r *run) compact() error {
	if !r.sink.journal.Repeats() {
		return nil
	}
	path := r.dir.file(resultsFile)
	f, err := safe.Open(path)
	if err != nil {
		return err
	}
	err = r.resumed.view.Close() // what is open cannot be replaced everywhere
	r.resumed.view = nil
	return errors.Join(err, report.WriteFile(path, func(w io.Writer) error {
		return errors.Join(r.sink.journal.Latest(w, f), f.Close())
	}))
}

// rescue puts results that the file did not take onto standard error: nothing
// that was done is forgotten.
func (r *run) rescue() {
	lines := r.sink.journal.Unwritten()
	if len(lines) == 0 {
		return
	}
	r.log.Error().Msgf("these results could not be written to %s:", r.dir.file(resultsFile))
	_, _ = r.screen.Write(lines) // there is no further place for them
}

// writeFailed writes failed.csv, where there is something to run again.
func (r *run) writeFailed() (int, error) {
	counts := r.sink.journal.Counts()
	if counts[track.Failed]+counts[track.Unknown]+counts[track.Invalid]+counts[track.NotApplied] == 0 {
		return 0, nil
	}
	var n int
	err := report.WriteFile(r.dir.file(failedFile), func(w io.Writer) (err error) {
		n, err = report.WriteFailed(w, r.summary.Table, r.manifest.Rows(r.background), r.sink.journal.Lookup)
		return err
	})
	return n, err
}

// summarize is the summary but for the exit code.
func (r *run) summarize(end engine.End) report.Summary {
	s := r.sink.stats.Summary(time.Now())
	s.End, s.Message = string(end.Reason), end.Message
	s.Rows = r.summary.Rows
	s.Totals = report.Totals(r.sink.journal.Counts())
	for range r.sink.journal.Missing(s.Rows) {
		s.Totals[track.NotAttempted]++ // no line means so
	}
	s.Version, s.BaseURL, s.RunDir = version(), r.target(), r.dir.path
	s.Pace = report.Pace{Rate: r.rateText, Concurrency: r.concurrency, Learned: learned(end.Learned)}
	if r.auto {
		s.Pace.MaxRate = r.rate.String()
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

// redacted takes the key out of what encode writes.
func (r *run) redacted(encode func(io.Writer) error) func(io.Writer) error {
	return func(w io.Writer) error {
		var b strings.Builder
		if err := encode(&b); err != nil {
			return err
		}
		_, err := w.Write(r.redact([]byte(b.String())))
		return err
	}
}

// say tells people on a terminal, and programs elsewhere, how it ended.
func (r *run) say(s report.Summary, style report.Style) error {
	if r.logs.human(r.Streams) {
		return r.redacted(func(w io.Writer) error { return report.WriteText(w, s, style) })(r.screen)
	}
	ev := r.log.Info()
	if s.ExitCode != exitOK {
		ev = r.log.Warn()
	}
	for _, status := range track.Statuses() {
		if n := s.Totals[status]; n > 0 {
			ev = ev.Int(string(status), n)
		}
	}
	ev = ev.Str("end", s.End).Int("exit_code", s.ExitCode).Int("rows", s.Rows).Int("requests", s.Requests).
		Int("rate_limited", s.RateLimited).Float64("duration_s", s.DurationS).Str("run", s.RunDir)
	if l := s.Pace.Learned; l != nil {
		ev = ev.Str("limit_found", l.String())
	}
	for _, reason := range slices.Sorted(maps.Keys(s.PausedS)) {
		if sec := s.PausedS[reason]; sec > 0 {
			ev = ev.Float64("paused_s_"+reason, sec)
		}
	}
	if s.Outages.Count > 0 {
		ev = ev.Int("outages", s.Outages.Count).Float64("outages_s", s.Outages.DurationS)
	}
	if s.Message != "" {
		ev = ev.Str("why", string(r.redact([]byte(s.Message))))
	}
	if step := style.Next; step.Command != "" {
		if step.First != "" {
			ev = ev.Str("first", step.First)
		}
		ev = ev.Str("next", step.Command)
	}
	ev.Msg("finished")
	return nil
}

// prune keeps the promise of --keep. That it cannot is no failure of the run.
func (r *run) prune() {
	if r.keep == 0 {
		return
	}
	n, err := pruneRuns(r.keep, r.dir.path)
	if err != nil {
		r.log.Warn().Err(err).Msg("old runs could not be removed")
	}
	if n > 0 {
		r.log.Info().Int("removed", n).Msg("old runs were removed")
	}
}
