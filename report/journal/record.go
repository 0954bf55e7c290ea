package journal

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"slices"
	"time"

	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// Record is the ledger of a run directory as it stands on the disk, for reports. The run may
// have ended, may have been killed, or may be going on: what is written after Open is not
// seen. A Record changes no file.
//
// A row whose update was in flight when the process was killed has a line in sent.log and no
// later result. It is unknown.
//
// It takes eight bytes of memory a row, and sixteen where there is a before.jsonl. It is not
// safe for concurrent use.
type Record struct {
	Damaged     []DamagedLine // the first lines that are not results; a kill leaves one at the end
	DamagedSeen int           // how many there are
	InFlight    int           // rows that were in flight and have no result
	Latest      time.Time     // when the last of the results ended; zero without a result

	ledger *Ledger
	blocks blockReader // results.jsonl
	files  []*os.File
}

// Open reads the ledger of a run directory. A missing file is like an empty one.
func Open(dir string) (*Record, error) {
	r := &Record{ledger: &Ledger{dir: dir}}
	err := r.readImages()
	if err == nil {
		err = r.readResults()
	}
	if err == nil {
		err = r.addInFlight()
	}
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// open opens a file of the ledger; nil: there is none.
func (r *Record) open(name string) (*os.File, error) {
	path := pathIn(r.ledger.dir, name)
	f, err := safe.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, openError(path, err)
	}
	r.files = append(r.files, f)
	return f, nil
}

// readImages finds the lines of before.jsonl and, if there are any, of earlier.jsonl.
func (r *Record) readImages() error {
	f, err := r.open(BeforeFile)
	if f == nil || err != nil {
		return err
	}
	r.ledger.Before = &Before{file: f}
	if r.ledger.Before.index, err = readImageIndex(f); err != nil {
		return openError(f.Name(), err)
	}
	if r.ledger.earlier, err = r.open(EarlierFile); r.ledger.earlier == nil || err != nil {
		return err
	}
	for l, err := range r.lines(r.ledger.earlier) {
		if err != nil {
			return err
		}
		r.ledger.gone = append(r.ledger.gone, goneLine{l.value.id, l.offset})
	}
	slices.SortFunc(r.ledger.gone, func(a, b goneLine) int {
		return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.offset, b.offset))
	})
	return nil
}

// readResults makes the index of results.jsonl.
func (r *Record) readResults() error {
	r.ledger.Journal = New(&r.blocks, Options{})
	r.ledger.rows.tracks = r.ledger.Before != nil
	f, err := r.open(ResultsFile)
	if f == nil || err != nil {
		return err
	}
	r.blocks.File = f
	latest := int64(0)
	for l, err := range r.lines(f) {
		if err != nil {
			return err
		}
		b := l.value
		r.ledger.rows.set(b.row, b.id, b.status, l.offset)
		r.ledger.start, latest = l.offset+l.size, max(latest, b.at)
	}
	if latest > 0 {
		r.Latest = time.UnixMilli(latest).UTC()
	}
	r.ledger.rows.replaced, r.ledger.opened = nil, r.ledger.start
	return nil
}

// lines yields the lines of a file that are results, and counts the others.
func (r *Record) lines(f *os.File) iter.Seq2[lineOf[brief], error] {
	return func(yield func(lineOf[brief], error) bool) {
		for l, err := range linesOf(f, readBrief) {
			var bad *LineError
			switch {
			case errors.As(err, &bad):
				r.DamagedSeen++
				if len(r.Damaged) < maxDamaged {
					r.Damaged = append(r.Damaged, DamagedLine{f.Name(), bad})
				}
				continue
			case err != nil:
				err = openError(f.Name(), err)
			}
			if !yield(l, err) || err != nil {
				return
			}
		}
	}
}

// addInFlight adds a result in memory for each row that was in flight.
func (r *Record) addInFlight() error {
	var failed error
	lost, err := readInFlight(pathIn(r.ledger.dir, SentFile), func(l InFlight) bool {
		status, ok := r.Status(l.Row)
		if !ok || status.Success() { // a row that succeeded is not sent again
			return ok
		}
		was, _, err := r.ledger.Lookup(l.Row)
		failed = cmp.Or(failed, err)
		return !was.FinishedAt.Before(l.Sent)
	})
	if err = cmp.Or(err, failed); err != nil {
		return err
	}
	for _, l := range lost {
		was, _, err := r.ledger.Lookup(l.Row)
		if err == nil {
			err = r.ledger.Append(l.Unknown(was))
		}
		if err != nil {
			return err
		}
	}
	r.InFlight = len(lost)
	return nil
}

// Status returns the status of a row, and whether it has a result.
func (r *Record) Status(row int) (track.Status, bool) { return r.ledger.Status(row) }

// Counts returns how many rows have each status.
func (r *Record) Counts() map[track.Status]int { return r.ledger.Counts() }

// Rows yields the rows that have a result, in ascending order, with their statuses.
func (r *Record) Rows() iter.Seq2[int, track.Status] { return r.ledger.rows.all() }

// Missing yields the rows from 1 to rows that have no result.
func (r *Record) Missing(rows int) iter.Seq[int] { return r.ledger.Missing(rows) }

// Lookup reads the result of a row, and reports whether there is one.
func (r *Record) Lookup(row int) (track.Result, bool, error) { return r.ledger.Lookup(row) }

// Results yields the results of the rows whose status want accepts, by row.
func (r *Record) Results(want func(track.Status) bool) iter.Seq2[track.Result, error] {
	return r.ledger.Results(want)
}

// HasImages reports whether the run has recorded what tracks were before it.
func (r *Record) HasImages() bool { return r.ledger.Before != nil }

// Touched yields the tracks that have a before-image, see Ledger.Touched.
func (r *Record) Touched() iter.Seq2[Touched, error] { return r.ledger.Touched() }

// Brief is what a result says about its row, in few bytes.
type Brief struct {
	Row    int
	ID     track.ID // 0: the row has no usable id
	Asked  uint64   // identifies the fields that the row sets; 0: it sets none, or is invalid
	At     int64    // when the row ended, in milliseconds
	Status track.Status
}

// Briefs yields the results in the order in which they were written. It reads the file once
// more.
func (r *Record) Briefs() iter.Seq2[Brief, error] {
	return func(yield func(Brief, error) bool) {
		file := io.NewSectionReader(&r.blocks, 0, r.ledger.start)
		for _, part := range []struct {
			lines io.Reader
			from  int64
		}{{file, 0}, {bytes.NewReader(r.ledger.waiting), r.ledger.start}} {
			for l, err := range linesOf(part.lines, readBrief) {
				var bad *LineError
				if errors.As(err, &bad) {
					continue // Damaged has it
				}
				b := l.value
				if _, at, _ := r.ledger.rows.get(b.row); err == nil && at != part.from+l.offset {
					continue // a later line counts
				}
				if !yield(Brief{b.row, b.id, b.asked, b.at, b.status}, err) || err != nil {
					return
				}
			}
		}
	}
}

// Ended yields the rows that have a result, as far as they can be read: its status, and when the
// row ended. It reads the file once more.
func (r *Record) Ended() iter.Seq2[track.Status, time.Time] {
	return func(yield func(track.Status, time.Time) bool) {
		for b, err := range r.Briefs() {
			if err != nil || !yield(b.Status, time.UnixMilli(b.At)) {
				return
			}
		}
	}
}

// Close closes the files.
func (r *Record) Close() error {
	var errs []error
	for _, f := range r.files {
		errs = append(errs, f.Close())
	}
	r.files = nil
	return errors.Join(errs...)
}
