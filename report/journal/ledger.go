package journal

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"os"
	"slices"

	"tracksync/internal/track"
)

// Ledger is the record of a run's rows and tracks in the run directory, while the run writes
// it. Create makes a new one. Rewrite makes one that continues from the Past.
//
// It is not safe for concurrent use, except methods that say otherwise.
type Ledger struct {
	*Journal         // results.jsonl
	Before   *Before // nil: no before-images are recorded
	Sent     *Sent

	dir      string
	requests []byte // lines for sent.log, see Ended
	gone     goneIndex
	earlier  *os.File // earlier.jsonl; nil: there is none
}

// goneIndex is an index of the lines of earlier.jsonl, by id.
type goneIndex []goneLine

// goneLine is the offset of a track's line.
type goneLine struct {
	id     track.ID
	offset int64
}

// Create makes the ledger of a new run in its directory, which must have none.
func Create(dir string, o Options) (l *Ledger, err error) {
	l = &Ledger{dir: dir}
	if l.Journal, err = createJournal(pathIn(dir, ResultsFile), o); err != nil {
		return nil, err
	}
	if l.Sent, err = createSent(pathIn(dir, SentFile), o.Session); err == nil && o.Undo {
		l.Before, err = openBefore(pathIn(dir, BeforeFile), nil, o.Redact)
	}
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// Flush writes everything, so that it survives the process, but not a power cut: first the
// requests that have ended, then the results.
func (l *Ledger) Flush() error {
	if err := errors.Join(l.FlushEnded(), l.Journal.Flush()); err != nil || l.Before == nil {
		return err
	}
	return l.Before.Flush()
}

// Close makes everything durable and closes the files. Unwritten, Status, Counts, Missing and
// Compact can still be used. A second Close, or Close of a nil Ledger, does nothing.
func (l *Ledger) Close() error {
	if l == nil {
		return nil
	}
	errs := []error{l.Journal.Close(), l.Before.Close(), l.Sent.Close()}
	if l.earlier != nil {
		errs = append(errs, l.earlier.Close())
		l.earlier = nil
	}
	return errors.Join(errs...)
}

// Touched is a track that has a before-image.
type Touched struct {
	Image
	Last track.Result // its latest result; the zero value: none
	Gone bool         // its row is gone from the manifest
}

// Touched yields the tracks that have a before-image, from all sessions of the run, by id. A
// *DamageError at the end says how many lines cannot be read. Any other error ends the
// sequence.
func (l *Ledger) Touched() iter.Seq2[Touched, error] {
	return func(yield func(Touched, error) bool) {
		if l.Before == nil {
			return
		}
		images := l.Before.images() // which puts them in order
		rows := l.rows.byTrack(l.Before.index.has)
		for image, err := range images {
			t := Touched{Image: image}
			if err == nil {
				t.Last, t.Gone, err = l.last(rows, image.ID)
			}
			if !yield(t, err) {
				return
			}
		}
	}
}

// last is the latest result of a track, and whether its row is gone. rows are the rows by
// track.
func (l *Ledger) last(rows []int32, id track.ID) (r track.Result, gone bool, err error) {
	i, ok := slices.BinarySearchFunc(rows, id,
		func(row int32, id track.ID) int { return cmp.Compare(l.rows.id(int(row)), id) })
	if ok {
		for i+1 < len(rows) && l.rows.id(int(rows[i+1])) == id {
			i++
		}
		r, _, err := l.Lookup(int(rows[i]))
		return r, false, err
	}
	if i, ok = slices.BinarySearchFunc(l.gone, id,
		func(g goneLine, id track.ID) int { return cmp.Compare(g.id, id) }); !ok {
		return r, true, nil
	}
	text, err := lineIn(l.earlier, l.gone[i].offset)
	if err == nil {
		r, err = decode(text)
	}
	if err == nil && r.ID != id {
		err = errChanged
	}
	if err != nil {
		return track.Result{}, true, fmt.Errorf("journal: read track %d: %w", id, err)
	}
	return r, true, nil
}
