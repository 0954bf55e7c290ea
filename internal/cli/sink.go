package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/rs/zerolog"

	"tracksync/internal/defect"
	"tracksync/internal/safe"
	"tracksync/internal/terminal"
	"tracksync/internal/track"
	"tracksync/report"
	"tracksync/report/journal"
	engine "tracksync/sync"
	"tracksync/sync/pace"
)

// syncEvery is how much of the account, in time, a power cut may cost, and of
// the statistics a kill.
const syncEvery = time.Second

// maxWaiting is how many bytes of results are gathered before they are written.
const maxWaiting = 1 << 20

// sink takes what the engine tells: into the journal, the statistics, the
// progress and, with --stream, to what copies the journal onto standard output. The
// engine calls it from one goroutine. It waits for the disk, and for no reader.
type sink struct {
	ledger   *journal.Ledger
	stats    *report.Stats
	progress *terminal.Progress
	stream   *follower // nil without --stream
	synced   time.Time

	statsFile string     // where the statistics are saved
	saving    chan error // how the save under way ended; nil: none is
	unsaved   bool       // that a save failed was told
	lacked    lackings
	secrets   *safe.Secrets
	log       zerolog.Logger
}

var (
	_ engine.Observer  = (*sink)(nil)
	_ engine.Ledger    = (*sink)(nil)
	_ engine.Snapshots = (*journal.Before)(nil)
)

func (s *sink) Attempt(a engine.Attempt) {
	if s.lacked.told(s.log, a) {
		return
	}
	s.stats.AddAttempt(report.Attempt{
		Started: a.Started, Duration: a.Duration, Status: a.Status, Code: a.Code, RateLimited: a.Refused,
	})
	s.progress.Attempt(a.Started, a.Limit)
}

func (s *sink) Pause(p pace.Pause) {
	s.stats.AddPause(report.Pause{From: p.From, Until: p.Until, Reason: string(p.Reason)})
	s.progress.Pause(p)
}

func (s *sink) Outage(d engine.Downtime) {
	sayOutage(s.log, s.progress, d)
	if !d.Until.IsZero() {
		s.stats.AddOutage(report.Outage{From: d.From, Until: d.Until, Requests: d.Requests})
	}
}

func (s *sink) Reading(r engine.Reading) { s.progress.Reading(r) }

func (s *sink) Result(_ track.Row, r track.Result) error {
	if s.ledger.Waiting() > maxWaiting { // a Flush may be many results away
		if err := s.ledger.Flush(); err != nil {
			return err
		}
	}
	if err := s.ledger.Append(r); err != nil { // first: whatever else fails, it is not lost
		return err
	}
	s.stats.AddResult(r)
	s.progress.Result(r)
	return nil
}

// Flush writes the account first, and only then tells others about it.
func (s *sink) Flush() error {
	if err := s.ledger.Flush(); err != nil {
		return err
	}
	return s.tellStream()
}

// tellStream lets the reader of standard output have what the file has.
func (s *sink) tellStream() error {
	if s.stream == nil {
		return nil
	}
	return saidOf("standard output", s.stream.grow(s.ledger.Whole()))
}

func (s *sink) Tick() error {
	now := time.Now()
	s.progress.Tick(now)
	if now.Sub(s.synced) < syncEvery {
		return nil
	}
	s.synced = now
	if err := s.ledger.StartSync(); err != nil { // free when nothing is new
		return err
	}
	return s.startSave(now)
}

// startSave is save without waiting for the disk: results that come meanwhile
// are written. While the disk is at the one before it does nothing.
func (s *sink) startSave(now time.Time) error {
	select {
	case err := <-s.saving:
		s.saving = nil
		if err := s.noteUnsaved(err); err != nil {
			return err
		}
	default:
	}
	if s.saving != nil {
		return nil
	}
	var text bytes.Buffer
	if err := s.writeStats(now)(&text); err != nil {
		return err
	}
	done := make(chan error, 1)
	s.saving = done
	go func() {
		done <- defect.Do(func() error {
			return errors.Join(s.ledger.Sent.Sync(), safe.WriteFile(s.statsFile, func(w io.Writer) error {
				_, err := text.WriteTo(w)
				return err
			}))
		})
	}()
	return nil
}

// close closes the files that are open.
func (s *sink) close() error {
	err := errors.Join(s.noteUnsaved(s.saved()), s.ledger.Close())
	if s.ledger != nil {
		_ = s.tellStream() // what it says is said at the end of the stream
	}
	return err
}

// saved waits for the save under way.
func (s *sink) saved() error {
	if s.saving == nil {
		return nil
	}
	err := <-s.saving
	s.saving = nil
	return err
}

// save keeps the statistics for the summary of a run that goes on after a kill.
func (s *sink) save(now time.Time) error {
	return errors.Join(s.saved(), safe.WriteFile(s.statsFile, s.writeStats(now)))
}

func (s *sink) writeStats(now time.Time) func(io.Writer) error {
	return s.secrets.RedactJSON(func(w io.Writer) error { return s.stats.Save(w, now) })
}

// saveLast is save at the end of a run.
func (s *sink) saveLast(now time.Time) error { return s.noteUnsaved(s.save(now)) }

// noteUnsaved tells, once, that statistics could not be saved. They describe the
// run and are no part of its account: what it did is as good without them. A defect
// is returned.
func (s *sink) noteUnsaved(err error) error {
	if err == nil || isDefect(err) {
		return err
	}
	if !s.unsaved {
		s.unsaved = true
		s.log.Warn().Msg(safe.Line(fmt.Sprintf(
			"the statistics could not be saved, so a report of this run that is made later may lack its latest figures: %v", err)))
	}
	return nil
}
