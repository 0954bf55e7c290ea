package journal

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// Rewrite is a ledger that is written anew beside an older one, for a manifest as
// it is now. Commit puts it in place, and Open goes on with it.
//
// A crash between any two steps leaves every result that counts in results.jsonl
// or earlier.jsonl, of which the former goes before the latter. So earlier.jsonl is
// replaced first, by what the new results.jsonl has no room for, together with what
// stood in earlier.jsonl alone; then results.jsonl; then earlier.jsonl once more,
// without what results.jsonl has.
type Rewrite struct {
	past    *Past
	options Options

	out  io.Writer // results.jsonl, while it is written
	size int64     // of it
	rows rowIndex  // of it
	gone goneIndex // of earlier.jsonl

	results *safe.Staged // nil: as it was, see Past.Reuse
	first   *safe.Staged // earlier.jsonl as it is until results.jsonl is in place; nil: as it was
	earlier *safe.Staged // nil: as it was replaced first, or none
}

func newRewrite(p *Past, o Options) *Rewrite {
	return &Rewrite{past: p, options: o, rows: rowIndex{tracks: o.Undo || p.before != nil}}
}

// Rewrite writes results.jsonl anew, by rows, which is to Copy or Append what the
// rows of the manifest have, and earlier.jsonl, for the tracks that Find was not
// asked for. All stand beside the old files until Commit.
func (p *Past) Rewrite(o Options, rows func(*Rewrite) error) (*Rewrite, error) {
	w := newRewrite(p, o)
	var err error
	w.results, err = safe.StageFile(pathIn(p.dir, ResultsFile), func(out io.Writer) error {
		w.out = out
		return rows(w)
	})
	if err == nil {
		err = w.stageEarlier()
	}
	if err != nil {
		return nil, errors.Join(err, w.Discard())
	}
	return w, nil
}

// Reuse returns a Rewrite that leaves the files as they are, or nil if they cannot stay.
// The lines of all rows of the manifest, of which there are so many, must be InPlace and
// still right. It reads and writes nothing.
func (p *Past) Reuse(o Options, rows int) *Rewrite {
	if p.files[fileResults] == nil || p.files[fileEarlier] != nil || p.DamagedSeen > 0 || len(p.lost) > 0 ||
		p.read[fileResults] != rows || len(p.lines) != rows {
		return nil
	}
	w := newRewrite(p, o)
	w.size = p.ends[fileResults]
	for i := range p.lines {
		l := &p.lines[i]
		w.rows.set(int(l.row), l.id, l.status(), l.offset())
	}
	return w
}

// Copy writes what is known of the track of a row, which stands in the row's place
// now. A line that says so already is copied as it is.
func (w *Rewrite) Copy(row track.Row, k Known) error {
	if !w.past.IsLost(k.line.id) {
		text, err := w.past.text(k)
		if err != nil {
			return err
		}
		beginning := appendText(w.past.beginning(&row), "status", string(k.Status))
		if bytes.HasPrefix(text, append(beginning, ',')) {
			return w.write(text, track.Result{Row: row.Number, ID: k.line.id, Status: k.Status})
		}
	}
	r, err := w.past.Result(k)
	if err != nil {
		return err
	}
	return w.Append(row, r)
}

// Append writes a result of a row, which is told where the row stands now.
func (w *Rewrite) Append(row track.Row, r track.Result) error {
	r.Row, r.Source, r.Line = row.Number, row.Position.File, row.Position.Line
	r.Sheet, r.Cell = row.Position.Sheet, row.Position.Cell
	text, err := Encode(r)
	if err != nil {
		return err
	}
	return w.write(text, r)
}

func (w *Rewrite) write(text []byte, r track.Result) error {
	text, err := redacted(text, w.options.Redact)
	if err != nil {
		return err
	}
	w.rows.set(r.Row, r.ID, r.Status, w.size)
	n, err := w.out.Write(append(text, '\n'))
	w.size += int64(n)
	return err
}

// stageEarlier writes earlier.jsonl for after and, where it has to differ, for
// before results.jsonl is replaced.
func (w *Rewrite) stageEarlier() (err error) {
	var gone, alone bool // alone: some line that stays stands in earlier.jsonl only
	for i := range w.past.lines {
		l := &w.past.lines[i]
		gone = gone || !l.is(markFound)
		alone = alone || l.is(markFound) && l.file() == fileEarlier && !l.is(markNone)
	}
	if !gone {
		return nil
	}
	isGone := func(l *pastLine) bool { return !l.is(markFound) }
	if alone {
		w.first, err = w.stageLines(func(l *pastLine) bool {
			return isGone(l) || l.file() == fileEarlier && !l.is(markNone)
		})
		if err != nil {
			return err
		}
		w.gone = nil
	}
	staged, err := w.stageLines(isGone)
	if alone {
		w.earlier = staged
	} else {
		w.first = staged
	}
	return err
}

// stageLines writes earlier.jsonl with some of the lines.
func (w *Rewrite) stageLines(want func(*pastLine) bool) (*safe.Staged, error) {
	return safe.StageFile(pathIn(w.past.dir, EarlierFile), func(out io.Writer) error {
		var offset int64
		for i := range w.past.lines {
			l := &w.past.lines[i]
			if !want(l) {
				continue
			}
			text, err := w.earlierLine(l.known())
			if err != nil {
				return err
			}
			w.gone = append(w.gone, goneLine{l.id, offset})
			n, err := out.Write(append(text, '\n'))
			if err != nil {
				return err
			}
			offset += int64(n)
		}
		return nil
	})
}

// earlierLine is the line of a track in earlier.jsonl, which is the one that it had
// unless its row is lost.
func (w *Rewrite) earlierLine(k Known) ([]byte, error) {
	var text []byte
	var err error
	if !w.past.IsLost(k.line.id) {
		text, err = w.past.text(k)
	} else {
		var r track.Result
		if r, err = w.past.Result(k); err == nil {
			text, err = Encode(r)
		}
	}
	if err != nil {
		return nil, err
	}
	return redacted(text, w.options.Redact)
}

// Commit puts in place what was written. It closes the Past.
func (w *Rewrite) Commit() error {
	if err := w.past.Close(); err != nil { // what is open cannot be replaced everywhere
		return err
	}
	if w.results == nil {
		return nil
	}
	if w.first != nil {
		if err := w.first.Commit(); err != nil {
			return err
		}
	}
	if err := w.results.Commit(); err != nil {
		return err
	}
	switch {
	case w.earlier != nil:
		if err := w.earlier.Commit(); err != nil {
			return err
		}
	case w.first == nil:
		if err := os.Remove(pathIn(w.past.dir, EarlierFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	// A success that counts no longer must not come back with a power cut.
	return safe.SyncDir(filepath.Clean(w.past.dir))
}

// Discard removes what was written and is not in place. A nil Rewrite is none.
func (w *Rewrite) Discard() error {
	if w == nil {
		return nil
	}
	return errors.Join(w.results.Discard(), w.first.Discard(), w.earlier.Discard())
}

// Open opens the ledger that was put in place.
func (w *Rewrite) Open() (*Ledger, error) {
	l := &Ledger{dir: w.past.dir, gone: w.gone}
	var err error
	if l.Journal, err = openJournal(pathIn(l.dir, ResultsFile), w.size, &w.rows, w.options); err != nil {
		return nil, err
	}
	if w.results == nil { // whoever wrote it may have been killed before it was durable
		l.Journal.durable.upTo = 0
		if err := l.Journal.Sync(); err != nil {
			return nil, errors.Join(err, l.Close())
		}
	}
	if len(l.gone) > 0 {
		if l.earlier, err = safe.Open(pathIn(l.dir, EarlierFile)); err != nil {
			return nil, errors.Join(openError(pathIn(l.dir, EarlierFile), err), l.Close())
		}
	}
	if w.options.Undo || w.past.before != nil {
		if l.Before, err = openBefore(pathIn(l.dir, BeforeFile), w.past.before, w.options.Redact); err != nil {
			return nil, errors.Join(err, l.Close())
		}
	}
	if l.Sent, err = createSent(pathIn(l.dir, SentFile)); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}
