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
	// syncEvery is how much of the account, in time, a power cut may cost.
	syncEvery = time.Second
	// statsEvery is how much of the statistics, in time, a kill may cost.
	statsEvery = 15 * time.Second
)

// maxWaiting is how many bytes of results are gathered before they are written.
const maxWaiting = 1 << 20

// recorder takes what the engine tells: into the ledger and the statistics, and on to
// the observer and the output. The engine calls it from one goroutine. It waits for the
// disk, and for no reader.
type recorder struct {
	ledger   *journal.Ledger
	stats    *report.Stats
	output   Output    // nil: standard output carries nothing
	observer Observer  // nil until the run is executed
	early    []Warning // of the time before
	synced   time.Time
	stated   time.Time // when the statistics were saved
	refused  int       // requests of this session

	statsFile string     // where the statistics are saved
	saving    chan error // how the sync under way ended; nil: none is
	unsaved   bool       // StatsUnsaved was told
	secrets   *safe.Secrets
}

var (
	_ engine.Observer  = (*recorder)(nil)
	_ engine.Ledger    = (*recorder)(nil)
	_ engine.Snapshots = (*journal.Before)(nil)
)

// follow tells o from here on, and first what it has missed.
func (rec *recorder) follow(o Observer) {
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
	if a.Lacking == "" {
		rec.stats.AddAttempt(report.Attempt{
			Started: a.Started, Duration: a.Duration, Status: a.Status, Code: a.Code, RateLimited: a.Refused,
		})
	}
	rec.observer.Attempt(a)
}

func (rec *recorder) Pause(p pace.Pause) {
	rec.stats.AddPause(report.Pause{From: p.From, Until: p.Until, Reason: string(p.Reason)})
	rec.observer.Pause(p)
}

func (rec *recorder) Outage(d engine.Downtime) {
	rec.observer.Outage(d)
	if !d.Until.IsZero() {
		rec.stats.AddOutage(report.Outage{From: d.From, Until: d.Until, Requests: d.Requests})
	}
}

func (rec *recorder) Reading(r engine.Reading) { rec.observer.Reading(r) }

func (rec *recorder) Result(_ track.Row, r track.Result) error {
	if rec.ledger.Waiting() > maxWaiting { // a Flush may be many results away
		if err := rec.ledger.Flush(); err != nil {
			return err
		}
	}
	if err := rec.ledger.Append(r); err != nil { // first: whatever else fails, it is not lost
		return err
	}
	rec.stats.AddResult(r)
	rec.observer.Result(r)
	return nil
}

// Flush writes the account first, and only then tells others about it.
func (rec *recorder) Flush() error {
	if err := rec.ledger.Flush(); err != nil {
		return err
	}
	return rec.tellOutput()
}

// tellOutput lets the reader of standard output have what the file has.
func (rec *recorder) tellOutput() error {
	if rec.output == nil {
		return nil
	}
	return rec.output.Grown(rec.ledger.Whole())
}

func (rec *recorder) Tick() error {
	if err := rec.observer.Tick(); err != nil {
		return err
	}
	now := time.Now()
	if now.Sub(rec.synced) < syncEvery {
		return nil
	}
	rec.synced = now
	if err := rec.ledger.StartSync(); err != nil { // free when nothing is new
		return err
	}
	return rec.startSync(now)
}

// startSync makes durable which rows are under way, and saves the statistics if it is
// time to, without waiting for the disk. While it is at that already it does nothing.
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
	save, err := rec.saveOf(now)
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

// saveOf saves the statistics as they are now, when it is called, in any goroutine; if
// it is not time to, it does nothing.
func (rec *recorder) saveOf(now time.Time) (save func() error, err error) {
	if now.Sub(rec.stated) < statsEvery {
		return func() error { return nil }, nil
	}
	rec.stated = now
	var text bytes.Buffer
	if err := rec.writeStats(now)(&text); err != nil {
		return nil, err
	}
	return func() error {
		return safe.WriteFile(rec.statsFile, func(w io.Writer) error {
			_, err := text.WriteTo(w)
			return err
		})
	}, nil
}

// close closes the files that are open.
func (rec *recorder) close() error {
	err := errors.Join(rec.noteUnsaved(rec.saved()), rec.ledger.Close())
	if rec.ledger != nil {
		_ = rec.tellOutput() // what it says is said when the output ends
	}
	return err
}

// saved waits for the sync under way.
func (rec *recorder) saved() error {
	if rec.saving == nil {
		return nil
	}
	err := <-rec.saving
	rec.saving = nil
	return err
}

// saveLast saves the statistics at the end of a session.
func (rec *recorder) saveLast(now time.Time) error {
	return rec.noteUnsaved(errors.Join(rec.saved(), safe.WriteFile(rec.statsFile, rec.writeStats(now))))
}

func (rec *recorder) writeStats(now time.Time) func(io.Writer) error {
	return rec.secrets.RedactJSON(func(w io.Writer) error { return rec.stats.Save(w, now) })
}

// noteUnsaved warns, once, that statistics could not be saved. They describe the
// run and are no part of its account: what it did is as good without them. A panic
// is returned.
func (rec *recorder) noteUnsaved(err error) error {
	if err == nil || defect.Is(err) {
		return err
	}
	if !rec.unsaved {
		rec.unsaved = true
		rec.warn(StatsUnsaved, err)
	}
	return nil
}
