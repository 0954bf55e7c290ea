package cli

import (
	"fmt"
	"io"
	"time"

	"github.com/rs/zerolog"

	"tracksync/internal/display"
	"tracksync/internal/run"
	"tracksync/internal/safe"
	"tracksync/internal/terminal"
	"tracksync/internal/track"
	"tracksync/report"
	engine "tracksync/sync"
	"tracksync/sync/pace"
)

// watcher shows the progress of a run on standard error. The engine calls it from one
// goroutine.
type watcher struct {
	progress *terminal.Progress
	trial    *trial
	failed   int             // rows that ended without success
	lacked   map[string]bool // shortages of this machine that were reported
	screen   io.Writer
	log      *terminal.Messages
}

var _ run.Observer = (*watcher)(nil)

func (a *app) watch(o terminal.ProgressOptions) *watcher {
	return &watcher{progress: a.newProgress(o), lacked: map[string]bool{}, screen: a.screen, log: a.log}
}

// newWatcher returns a watcher of the run.
func (r *syncRun) newWatcher() *watcher {
	o := terminal.ProgressOptions{
		Rows: r.checked.Rows, Started: r.session.Started, Limit: r.rate, Survey: r.session.Surveys(),
	}
	if r.earlier != nil {
		o.Before = r.earlier.Done
	}
	w := r.watch(o)
	w.trial = r.trial
	return w
}

// newProgress returns a progress display on the stream of messages.
func (a *app) newProgress(o terminal.ProgressOptions) *terminal.Progress {
	o.Log, o.Width, o.Style = a.log.Logger, a.Width, a.ErrStyle()
	if a.ErrTerminal && !a.Plain && !a.log.CI && a.log.Human() && a.log.GetLevel() <= zerolog.InfoLevel {
		o.Screen = a.screen
	}
	return terminal.NewProgress(o)
}

func (w *watcher) Attempt(a engine.Attempt) {
	if a.Lacking == "" {
		w.progress.Attempt(a.Started, a.Limit)
		return
	}
	if !w.lacked[a.Lacking] {
		w.lacked[a.Lacking] = true
		w.log.Warn().Msg(a.Lacking + " (fewer requests are in flight until then; no row fails because of it)")
	}
}

func (w *watcher) Pause(p pace.Pause)       { w.progress.Pause(p) }
func (w *watcher) Reading(r engine.Reading) { w.progress.Reading(terminal.Reading(r)) }
func (w *watcher) Tick() error              { w.progress.Tick(time.Now()); return nil }
func (w *watcher) End()                     { w.progress.End() }

// maxFailuresSaid is how many failures are shown as they come.
const maxFailuresSaid = 5

// Result counts a row. Above the bar it shows the first rows that fail; where there is no bar, the
// end of the log lists them. A row that is invalid was reported before the run.
func (w *watcher) Result(r track.Result) {
	w.progress.Result(r)
	w.trial.add(r)
	if w.progress.Screen == nil || !report.NeedsAttention(r.Status) || r.Status == track.Invalid {
		return
	}
	switch w.failed++; {
	case w.failed <= maxFailuresSaid:
		w.log.Warn().Msg(report.FailureText(r))
	case w.failed == maxFailuresSaid+1:
		w.log.Warn().Msg("further failures are only counted until the run ends")
	}
}

// Outage reports the beginning and the end of an outage.
// Learned needs no message: the rate in force is shown.
func (w *watcher) Learned(pace.Limit) {}

func (w *watcher) Outage(d engine.Downtime) {
	down := d.Until.IsZero()
	w.progress.Down(down)
	if down {
		w.log.Warn().Time("since", d.From).Msg("the API seems to be down: only a probe is sent now and then")
		return
	}
	ev := w.log.Warn().Str("lasted", display.Short(d.Until.Sub(d.From))).Int("requests", d.Requests)
	if d.Stopped {
		ev.Msg("the run stops while the API is down")
		return
	}
	ev.Msg("the outage has ended")
}

// warnings are the messages for each kind of Warning.
var warnings = map[run.WarningKind]string{
	run.InUse:          "a file stays as it was; close it, and write it again with tracksync report",
	run.Beside:         "failed rows are listed under another name, because the list of an earlier session stays",
	run.StateBeside:    "the state is kept beside its file, with .new at its end, and the next run moves it there",
	run.StatsLost:      "requests and times of the earlier sessions are missing in the summary",
	run.StatsUnsaved:   "the statistics could not be saved, so a later report of this run may lack its latest figures",
	run.LimitLost:      "the limit that an earlier run learned cannot be read, and is learned again",
	run.Unmarked:       "the workbook could not be marked, but failed.csv has the same rows",
	run.MetricsLost:    "it is not known any more when a run last succeeded",
	run.MetricsUnsaved: "monitoring does not learn how the run goes",
	run.LimitUnsaved:   "the next run has to learn the API's limit again: what this one learned could not be kept",
}

// Warn reports an error that is not a failure of the run.
func (w *watcher) Warn(warning run.Warning) {
	if warning.Kind == run.LatestStays {
		w.log.Debug().Str("error", safe.ErrorLine(warning.Err)).Msg("tracksync-runs/latest was not updated")
		return
	}
	w.log.Warn().Msg(safe.Line(fmt.Sprintf("%s: %v", warnings[warning.Kind], warning.Err)))
}

// Unwritten writes results that could not be written to the file to standard error.
func (w *watcher) Unwritten(results string, lines []byte) {
	w.log.Error().Msgf("these results could not be written to %s:", results)
	_, _ = w.screen.Write(lines) // there is nowhere else to write them
}
