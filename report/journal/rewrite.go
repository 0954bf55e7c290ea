package journal

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path/filepath"

	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// Rewrite is a new ledger that is written beside the old one, for the manifest as it is now.
// Commit puts it in place, and Open continues with it.
//
// A crash between any two steps must leave every valid result in results.jsonl or
// earlier.jsonl (if both have a result, that in results.jsonl counts). So earlier.jsonl is
// replaced first: it gets the results that the new results.jsonl leaves out, and those that
// only earlier.jsonl had. Then results.jsonl is replaced, and then earlier.jsonl again,
// without the results that are in results.jsonl.
type Rewrite struct {
	past    *Past
	options Options

	out  io.Writer // results.jsonl, while it is written
	size int64     // size of results.jsonl so far
	rows rowIndex  // index of results.jsonl
	gone goneIndex // index of earlier.jsonl

	results *safe.Staged // nil: the file stays, see Past.Reuse
	first   *safe.Staged // earlier.jsonl until results.jsonl is in place; nil: the file stays
	earlier *safe.Staged // earlier.jsonl after that; nil: as in first, or no file
}

func newRewrite(p *Past, o Options) *Rewrite {
	return &Rewrite{past: p, options: o, rows: rowIndex{tracks: o.Undo || p.before != nil}}
}

// Rewrite writes a new results.jsonl and a new earlier.jsonl beside the old files. It calls
// rows, which must Copy or Append the results of the manifest's rows. earlier.jsonl gets the
// tracks for which Find was not called. Commit replaces the old files.
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

// Reuse returns a Rewrite that leaves the files as they are, or nil if they cannot stay. rows
// is the number of rows of the manifest. The lines of all rows must be InPlace and still
// valid. Reuse reads and writes nothing.
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

// Copy writes what is known of the track of a row, with the row's present position. If the
// old line already has this position, it is copied unchanged.
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

// Append writes a result of a row, with the row's present position.
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

// stageEarlier writes earlier.jsonl for the time after results.jsonl is replaced and, if that
// must differ, for the time before.
func (w *Rewrite) stageEarlier() (err error) {
	var gone, alone bool // alone: some line that stays is only in earlier.jsonl
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

// earlierLine is the line of a track for earlier.jsonl: its old line, unless its row is lost.
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

// Commit puts the written files in place. It closes the Past.
func (w *Rewrite) Commit() error {
	if err := w.past.Close(); err != nil { // some systems cannot replace an open file
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
		if err := safe.Remove(pathIn(w.past.dir, EarlierFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	// A power cut must not bring back a success that no longer counts.
	return safe.SyncDir(filepath.Clean(w.past.dir))
}

// Discard removes the written files that are not in place. It does nothing on a nil Rewrite.
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
	if w.results == nil { // its writer may have been killed before the file was durable
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
	if l.Sent, err = createSent(pathIn(l.dir, SentFile), w.options.Session); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}
