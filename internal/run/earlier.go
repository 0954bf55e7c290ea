package run

import (
	"context"
	"errors"
	"iter"
	"strings"
	"time"

	"tracksync/input"
	"tracksync/internal/defect"
	"tracksync/internal/track"
	"tracksync/report"
	"tracksync/report/journal"
	engine "tracksync/sync"
)

// Earlier is a run that is to be resumed: what it recorded, and what is left to do.
//
// Results are matched with rows by id and fields, never by position. Before anything is
// sent, the file of results is rewritten for the manifest as it is now. A success whose
// fields the manifest no longer has is dropped: from now on the track may change, and
// if the process died before it recorded that, the old success would look like the
// present state. Results of rows that are gone from the manifest go into earlier.jsonl,
// in case the rows come back.
type Earlier struct {
	Description
	Found
	Dir  Dir
	Left input.Summary // the rows to work on

	lock    *Lock
	reading <-chan error // gets the error of reading the ledger; nil once it was received
	unread  error        // why the ledger could not be read
	past    *journal.Past
	ids     []track.ID       // ids of the rows to work on
	moved   bool             // the line of some finished row is at another position than its row
	media   time.Time        // when the last finished row that set media ended
	rewrite *journal.Rewrite // nil until the ledger is rewritten
}

// Found is what a Survey found of an earlier run.
type Found struct {
	Done    int        // rows that succeeded, with the same fields
	Updated int        // rows of Done that were sent
	Again   int        // rows that did not succeed, with the same fields
	Changed int        // rows with other fields than before
	Gone    int        // rows that the manifest no longer has
	GoneIDs []track.ID // ids of the first of them
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

// OpenEarlier opens the directory of a run and locks it before it reads what the lock
// guards. With a *LockError it also returns the run, which then has only its description:
// the caller may find an error that is more important. The caller closes the run.
func OpenEarlier(path string, noLock bool) (*Earlier, error) {
	dir, err := OpenDir(path)
	if err != nil {
		return nil, err
	}
	e := &Earlier{Dir: dir}
	if e.Description, err = ReadDescription(dir); err != nil { // only a run directory is locked
		return nil, err
	}
	if e.lock, err = lockDir(dir, noLock); err != nil {
		return e, err
	}
	if e.Description, err = ReadDescription(dir); err != nil { // a previous holder may have rewritten it
		return nil, errors.Join(err, e.Close())
	}
	e.startReading()
	return e, nil
}

// startReading reads the ledger in the background while the caller opens the manifests:
// both may take long.
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

// Close releases the directory. It does nothing on a nil Earlier.
func (e *Earlier) Close() error {
	if e == nil {
		return nil
	}
	_ = e.awaitLedger() // Survey has returned the error if the ledger was needed
	errs := []error{e.rewrite.Discard()}
	if e.past != nil {
		errs = append(errs, e.past.Close())
	}
	return errors.Join(append(errs, e.lock.Release())...)
}

// Row implements input.Visitor: it gets each row of the manifest during the check and
// counts what is left to do.
func (e *Earlier) Row(row *track.Row) {
	if e.awaitLedger() == nil && e.past != nil { // nil: another process holds the directory
		e.count(row)
	}
}

// Restart implements input.Visitor: it forgets all rows so far.
func (e *Earlier) Restart() {
	e.Found, e.Left, e.ids, e.moved, e.media = Found{}, input.Summary{}, nil, false, time.Time{}
	if e.awaitLedger() == nil && e.past != nil {
		e.past.Restart()
	}
}

// IsDone reports whether a row succeeded before, with the same fields.
func (e *Earlier) IsDone(row *track.Row) bool {
	known, ok := e.find(row)
	return ok && known.Same && known.Status.Success()
}

// Survey completes Found, after Row was called for every row of the manifest. It changes
// no file.
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
		if known.Status == track.Updated {
			e.Updated++
		}
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

// Lost is how many rows were in flight when the process was killed.
func (e *Earlier) Lost() int { return e.past.Lost() }

// Damaged returns the first lines of the ledger that cannot be read, and how many more
// there are. Their rows are sent again.
func (e *Earlier) Damaged() (first []journal.DamagedLine, more int) {
	return e.past.Damaged, e.past.DamagedSeen - len(e.past.Damaged)
}

// stage writes a new ledger, for the manifest as it is now, beside the old one. It adds
// media that was sent to the state if the state lacks it. If all rows are done and the
// ledger already says so, the old ledger stays.
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

// ownWork is the new result of a row whose fields have changed since: not attempted, with
// the states in which the run may have left the track. Without those states the run would
// take its own changes for somebody else's.
func ownWork(row track.Row, was track.Result) track.Result {
	r := engine.ResultUnreached(row, time.Now())
	r.Left = was.Own()
	return r
}

// rows yields the rows of the manifest that are left to work on, each with its earlier
// result if there is one.
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

// stats returns the statistics of the earlier sessions, to be continued. With an error it
// returns new ones.
func (e *Earlier) stats(now time.Time) (*report.Stats, error) {
	s := report.NewStats(now)
	saved, err := ReadStats(e.Dir, true, e.past.Ended())
	if err == nil {
		s = saved.Continue(now)
	}
	s.Resumed(e.StartedAt, len(e.Sessions)+1)
	return s, err
}
