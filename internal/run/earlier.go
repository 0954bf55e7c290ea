package run

import (
	"context"
	"errors"
	"iter"
	"strings"
	"time"

	"tracksync/input"
	"tracksync/internal/defect"
	"tracksync/internal/safe"
	"tracksync/internal/track"
	"tracksync/report"
	"tracksync/report/journal"
	engine "tracksync/sync"
)

// Earlier is a run that is to be resumed: what it recorded, and what is left to do.
//
// Its results are found by what rows say, never by where they stand. Before
// anything is sent the results file is written anew: the rows of the manifest as
// it is now, each with the result that it has. A success that the manifest no
// longer asks for is not in it: from here on the track may be changed, and if the
// process dies before it can say so, nobody may take the old success for the
// present state. Results of rows that are gone from the manifest go into
// earlier.jsonl, in case the rows come back.
type Earlier struct {
	Description
	Found
	Dir  Dir
	Left input.Summary // the rows to work on

	lock    *Lock
	reading <-chan error // how reading the ledger ended; nil: that is known
	unread  error        // why it could not be read
	past    *journal.Past
	ids     []track.ID       // of the rows to work on
	moved   bool             // a row that is done has its line elsewhere
	media   time.Time        // when the last row ended that is done and set media
	rewrite *journal.Rewrite // nil until it is written
}

// Found is what a Survey found of an earlier run.
type Found struct {
	Done    int        // rows that succeeded, with the same fields
	Again   int        // rows that did not succeed, with the same fields
	Changed int        // rows that ask something else than before
	Gone    int        // rows that the manifest no longer has
	GoneIDs []track.ID // the first of them
}

// GoneText names the first rows that are gone.
func (f Found) GoneText() string {
	ids := make([]string, len(f.GoneIDs), len(f.GoneIDs)+1)
	for i, id := range f.GoneIDs {
		ids[i] = id.String()
	}
	if f.Gone > len(ids) {
		ids = append(ids, "…")
	}
	return strings.Join(ids, ", ")
}

// maxGone is how many rows that are gone are named.
const maxGone = 5

// OpenEarlier opens the directory of a run and locks it, before it reads what the lock
// guards. A *LockError comes beside the run, which then has its description and
// nothing more: other faults of a command may count for more. The caller closes it.
func OpenEarlier(path string, noLock bool) (*Earlier, error) {
	dir, err := OpenDir(path)
	if err != nil {
		return nil, err
	}
	e := &Earlier{Dir: dir}
	if e.Description, err = ReadDescription(dir); err != nil { // a directory that is no run is not locked
		return nil, err
	}
	if e.lock, err = lockDir(dir, noLock); err != nil {
		return e, err
	}
	if e.Description, err = ReadDescription(dir); err != nil { // who held it until now may have written it anew
		return nil, errors.Join(err, e.Close())
	}
	e.startReading()
	return e, nil
}

// startReading reads the ledger while the caller opens the manifests: either may take
// long.
func (e *Earlier) startReading() {
	done := make(chan error, 1)
	e.reading = done
	go func() {
		done <- defect.Do(func() (err error) {
			e.past, err = journal.ReadPast(e.Dir.Path)
			return err
		})
	}()
}

// awaitLedger waits until the ledger is read.
func (e *Earlier) awaitLedger() error {
	if e.reading != nil {
		e.unread = <-e.reading
		e.reading = nil
	}
	return e.unread
}

// Close releases the directory. A nil Earlier is none.
func (e *Earlier) Close() error {
	if e == nil {
		return nil
	}
	_ = e.awaitLedger() // whoever needed the ledger has been told
	errs := []error{e.rewrite.Discard()}
	if e.past != nil {
		errs = append(errs, e.past.Close())
	}
	return errors.Join(append(errs, e.lock.Release())...)
}

// Row is shown a row of the manifest while it is checked (input.Visitor), to find out
// what is left to do.
func (e *Earlier) Row(row *track.Row) {
	if e.awaitLedger() == nil && e.past != nil { // nil: another process holds the directory
		e.count(row)
	}
}

// Restart forgets the rows that were shown so far.
func (e *Earlier) Restart() {
	e.Found, e.Left, e.ids, e.moved, e.media = Found{}, input.Summary{}, nil, false, time.Time{}
	if e.awaitLedger() == nil && e.past != nil {
		e.past.Restart()
	}
}

// Survey is what was found, once every row of the manifest was shown. It changes nothing.
func (e *Earlier) Survey() error {
	if err := e.awaitLedger(); err != nil {
		return err
	}
	for id := range e.past.NotFound() {
		if e.Gone++; len(e.GoneIDs) < maxGone {
			e.GoneIDs = append(e.GoneIDs, id)
		}
	}
	return nil
}

var _ input.Visitor = (*Earlier)(nil)

func (e *Earlier) count(row *track.Row) {
	known, ok := e.find(row)
	switch {
	case ok && known.Same && known.Status.Success():
		e.Done++
		e.moved = e.moved || !e.past.InPlace(row, known)
		if known.SentMedia && known.EndedAt.After(e.media) {
			e.media = known.EndedAt
		}
		return
	case ok && known.Same && known.Status == track.NotAttempted: // see ownWork
	case ok && known.Same:
		e.Again++
	case ok:
		e.Changed++
	}
	e.Left.Count(row)
	if canBeSent(row) {
		e.ids = append(e.ids, row.Update.ID)
	}
}

func canBeSent(row *track.Row) bool {
	return len(row.Problems) == 0 && !row.Superseded && !row.Update.Empty()
}

// find is what is known of a row that can be sent.
func (e *Earlier) find(row *track.Row) (journal.Known, bool) {
	if !canBeSent(row) {
		return journal.Known{}, false
	}
	return e.past.Find(row.Update.ID, row.Update.Values)
}

// Lost is how many rows were under way when the process was killed.
func (e *Earlier) Lost() int { return e.past.Lost() }

// Damaged are the first lines of the ledger that cannot be read, and how many more
// there are. Their rows are sent again.
func (e *Earlier) Damaged() (first []journal.DamagedLine, more int) {
	return e.past.Damaged, e.past.DamagedSeen - len(e.past.Damaged)
}

// stage writes the ledger anew, for the manifest as it is now, beside the old one. The
// state learns of media that was sent, as far as it lacks it. Where all is done, and
// the ledger says so already, it stays.
func (e *Earlier) stage(ctx context.Context, m *input.Manifest, o journal.Options, state *State) (err error) {
	if e.Left.Rows == 0 && !e.moved && !state.Lacks(e.media) {
		if e.rewrite = e.past.Reuse(o, e.Done); e.rewrite != nil {
			return nil
		}
	}
	e.rewrite, err = e.past.Rewrite(o, func(w *journal.Rewrite) error {
		for row, err := range m.Rows(ctx) {
			if err == nil {
				err = e.stageRow(w, row, state)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

func (e *Earlier) stageRow(w *journal.Rewrite, row track.Row, state *State) error {
	known, ok := e.find(&row)
	switch {
	case !ok || !known.Same && !row.Conditional():
		return nil
	case known.Same && known.Status != track.Unknown && !(known.SentMedia && state.Lacks(known.EndedAt)):
		return w.Copy(row, known)
	}
	result, err := e.past.Result(known)
	if err != nil {
		return err
	}
	if !known.Same {
		result = ownWork(row, result)
		if result.Left = append(result.Left, e.past.Sends(row.Update.ID)...); result.Left == nil {
			return nil
		}
	}
	if result.Status == track.Unknown && result.Changes == (track.Changes{}) { // the process was killed before
		result.Changes = track.ChangesOf(row.Update.Values)
	}
	if err := w.Append(row, result); err != nil {
		return err
	}
	state.Learn(result)
	return nil
}

// ownWork is what stays of the result of a row that asks something else now: that
// it was not attempted, and in which states the run may have left its track. What
// the run itself did is not to be taken for somebody else's work.
func ownWork(row track.Row, was track.Result) track.Result {
	r := engine.ResultUnreached(row, time.Now())
	r.Left = was.Own()
	return r
}

// rows are the rows of the manifest that are left to work on, each with what the
// ledger knew of it at the start.
func (e *Earlier) rows(l *journal.Ledger, all iter.Seq2[track.Row, error]) iter.Seq2[track.Row, error] {
	return func(yield func(track.Row, error) bool) {
		if e.Left.Rows == 0 {
			return
		}
		for row, err := range all {
			if status, known := l.Status(row.Number); err == nil && known {
				if status.Success() {
					continue
				}
				var was track.Result
				var found bool
				if was, found, err = l.Earlier(row.Number); found {
					row.Earlier = &was
				}
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// stats are the statistics of the earlier sessions, to go on with. Beside an error they
// are new ones.
func (e *Earlier) stats(now time.Time) (*report.Stats, error) {
	s, err := restoreStats(e.Dir.File(StatsFile), now)
	if err != nil {
		s = report.NewStats(now)
	}
	s.Resumed(e.StartedAt, len(e.Sessions)+1)
	return s, err
}

func restoreStats(path string, now time.Time) (s *report.Stats, err error) {
	f, err := safe.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return report.RestoreStats(f, now)
}
