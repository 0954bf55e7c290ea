package run

import (
	"bytes"
	"errors"
	"io"
	"time"

	"tracksync/internal/defect"
	"tracksync/internal/safe"
	"tracksync/internal/track"
	"tracksync/report"
	"tracksync/report/journal"
	engine "tracksync/sync"
	"tracksync/sync/pace"
)

const (
	// syncEvery is the interval between syncs: a power cut loses at most this much.
	syncEvery = time.Second
	// statsEvery is the interval at which statistics are saved: a kill loses at most this
	// much of pauses and outages. Requests and rows are in the ledger too.
	statsEvery = 15 * time.Second
)

// maxWaiting is how many bytes of results are collected before they are written.
const maxWaiting = 1 << 20

// recorder passes what the engine reports to the ledger, the statistics, the observer and
// the output. The engine calls it from one goroutine. It may wait for the disk, but never
// for a reader of standard output.
type recorder struct {
	ledger   *journal.Ledger
	stats    *report.Stats
	output   Output     // nil: standard output carries nothing
	observer Observer   // nil until the run is executed
	early    []Warning  // warnings before there was an observer
	synced   time.Time  // when the last sync was started
	refused  int        // refused requests of this session
	learned  pace.Limit // what is known of the API's limit
	limits   func(learned pace.Limit, refused bool, now time.Time) (save func())

	saving chan error // gets the error of the sync in progress; nil: none is in progress
	statsSaving
	metrics *metricsFile // nil: there is none
	rows    int          // of the manifests
	secrets *safe.Secrets
}

// statsSaving is how the statistics are saved.
type statsSaving struct {
	statsFile string    // where
	stated    time.Time // when they were saved last
	unsaved   bool      // the observer has had StatsUnsaved
}

var (
	_ engine.Observer  = (*recorder)(nil)
	_ engine.Ledger    = (*recorder)(nil)
	_ engine.Snapshots = (*journal.Before)(nil)
)

// attach sets the observer, and gives it the warnings that it has missed.
func (rec *recorder) attach(o Observer) {
	rec.observer = o
	for _, w := range rec.early {
		o.Warn(w)
	}
}

func (rec *recorder) warn(kind WarningKind, err error) {
	w := Warning{kind, err}
	if rec.observer == nil {
		rec.early = append(rec.early, w)
		return
	}
	rec.observer.Warn(w)
}

func (rec *recorder) Attempt(a engine.Attempt) {
	if a.Refused {
		rec.refused++
	}
	rec.stats.AddAttempt(report.Attempt{
		Started: a.Started, Duration: a.Duration, Status: a.Status, Code: a.Code, RateLimited: a.Refused,
		Limit: limit(a.Limit), Update: a.Update, Unsent: a.Lacking != "",
	})
	rec.ledger.Ended(journal.Request{
		Number: rec.stats.Ended(), Started: a.Started, Took: a.Duration, Status: a.Status, Code: a.Code,
		Refused: a.Refused, Limit: limit(a.Limit), Update: a.Update, Unsent: a.Lacking != "",
	})
	rec.observer.Attempt(a)
}

// limit is a rate in force as the statistics have it.
func limit(r pace.Rate) float64 {
	if r == pace.Unlimited {
		return 0
	}
	return float64(r)
}

func (rec *recorder) Pause(p pace.Pause) {
	rec.stats.AddPause(report.Pause{From: p.From, Until: p.Until, Reason: string(p.Reason)})
	rec.observer.Pause(p)
}

func (rec *recorder) Learned(l pace.Limit) {
	rec.learned = l
	rec.observer.Learned(l)
}

func (rec *recorder) Outage(d engine.Downtime) {
	rec.observer.Outage(d)
	if !d.Until.IsZero() {
		rec.stats.AddOutage(report.Outage{From: d.From, Until: d.Until, Requests: d.Requests})
	}
}

func (rec *recorder) Reading(r engine.Reading) { rec.observer.Reading(r) }

func (rec *recorder) Result(_ track.Row, r track.Result) error {
	if rec.ledger.Waiting() > maxWaiting { // many more results may come before the next Flush
		if err := rec.ledger.Flush(); err != nil {
			return err
		}
	}
	if err := rec.ledger.Append(r); err != nil { // first, so that no other failure can lose it
		return err
	}
	rec.stats.AddResult(r)
	rec.observer.Result(r)
	return nil
}

// Flush writes the ledger, and then notifies the output.
func (rec *recorder) Flush() error {
	if err := rec.ledger.Flush(); err != nil {
		return err
	}
	return rec.notifyOutput()
}

// notifyOutput tells the output how far the file of results has grown.
func (rec *recorder) notifyOutput() error {
	if rec.output == nil {
		return nil
	}
	return rec.output.Grown(rec.ledger.Whole())
}

func (rec *recorder) Tick() error {
	if err := rec.observer.Tick(); err != nil {
		return err
	}
	if err := rec.ledger.FlushEnded(); err != nil { // where only refusals come, no result is flushed
		return err
	}
	now := time.Now()
	if now.Sub(rec.synced) < syncEvery {
		return nil
	}
	rec.synced = now
	if err := rec.ledger.StartSync(); err != nil { // costs nothing if nothing was written
		return err
	}
	return rec.startSync(now)
}

// startSync starts to sync sent.log, and to save the statistics if their interval is over.
// It does not wait for the disk. It does nothing while the previous sync is in progress.
func (rec *recorder) startSync(now time.Time) error {
	select {
	case err := <-rec.saving:
		rec.saving = nil
		if err := rec.noteUnsaved(err); err != nil {
			return err
		}
	default:
	}
	if rec.saving != nil {
		return nil
	}
	save, err := rec.encodeStats(now)
	if err != nil {
		return err
	}
	done := make(chan error, 1)
	rec.saving = done
	go func() {
		done <- defect.Do(func() error { return errors.Join(rec.ledger.Sent.Sync(), save()) })
	}()
	return nil
}

// encodeStats encodes the statistics, the metrics and the limit as they are now. save writes
// them and may be called from any goroutine. If the interval is not over, save does nothing.
func (rec *recorder) encodeStats(now time.Time) (save func() error, err error) {
	if now.Sub(rec.stated) < statsEvery {
		return func() error { return nil }, nil
	}
	rec.stated = now
	var text bytes.Buffer
	if err := rec.writeStats(now)(&text); err != nil {
		return nil, err
	}
	saveMetrics, saveLimit := rec.encodeMetrics(now), rec.limits(rec.learned, rec.refused > 0, now)
	return func() error {
		saveMetrics()
		saveLimit()
		return safe.WriteFile(rec.statsFile, func(w io.Writer) error {
			_, err := text.WriteTo(w)
			return err
		})
	}, nil
}

// close closes the files that are open.
func (rec *recorder) close() error {
	err := errors.Join(rec.noteUnsaved(rec.awaitSave()), rec.ledger.Close())
	if rec.ledger != nil {
		_ = rec.notifyOutput() // the end of the output returns its error
	}
	return err
}

// awaitSave waits for the sync in progress.
func (rec *recorder) awaitSave() error {
	if rec.saving == nil {
		return nil
	}
	err := <-rec.saving
	rec.saving = nil
	return err
}

// saveLast saves the statistics at the end of a session.
func (rec *recorder) saveLast(now time.Time) error {
	rec.stats.Close()
	return rec.noteUnsaved(errors.Join(rec.awaitSave(), safe.WriteFile(rec.statsFile, rec.writeStats(now))))
}

func (rec *recorder) writeStats(now time.Time) func(io.Writer) error {
	return rec.secrets.RedactJSON(func(w io.Writer) error { return rec.stats.Save(w, now) })
}

// noteUnsaved warns once that statistics could not be saved. That is not a failure of the
// run, because the results do not depend on them. A panic is returned.
func (rec *recorder) noteUnsaved(err error) error {
	rec.warnOfMetrics()
	if err == nil || defect.Is(err) {
		return err
	}
	if !rec.unsaved {
		rec.unsaved = true
		rec.warn(StatsUnsaved, err)
	}
	return nil
}
