package journal

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"slices"
	"time"

	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// Past is the ledger of the earlier sessions of a run: for each track the latest line with
// the outcome of a request. Rows are found by the id of their track, because the manifest
// may have been sorted or corrected since, and the row numbers in the lines may be outdated.
// It takes 40 bytes of memory a line, and reads each file once.
//
// It is not safe for concurrent use.
type Past struct {
	// Damaged are the first maxDamaged lines that are not results. A kill can leave one at
	// the very end, and a power cut others. The row of such a line has the result of an
	// older line, or none.
	Damaged     []DamagedLine
	DamagedSeen int // how many there were

	dir    string
	files  [2]*os.File                 // the files, see pastLine.file
	read   [2]int                      // number of lines of each file
	ends   [2]int64                    // end of the last line of each file
	lines  []pastLine                  // one per id, ascending, after sort
	lost   map[track.ID]InFlight       // rows that were in flight and have no result
	before *imageIndex                 // nil: there is no before.jsonl
	sends  map[track.ID][]track.Values // what was sent for lost rows, according to before.jsonl

	next    int    // where search looks first
	scratch []byte // memory of beginning
}

// DamagedLine is a line of a file that is not a result.
type DamagedLine struct {
	File string
	*LineError
}

// String describes a damaged line in one line.
func (d DamagedLine) String() string { return fmt.Sprintf("%s: %v", d.File, d.LineError) }

const maxDamaged = 10

// usualLine is a size in bytes that few lines exceed.
const usualLine = 400

// pastLine is what is stored about one line.
type pastLine struct {
	id    track.ID
	asked uint64 // Result.Asked
	at    int64  // Result.FinishedAt, in milliseconds
	where uint64 // its offset and, in the low bits, its file, its status and marks
	row   uint32 // the row number in the line
	place uint32 // brief.place
}

const (
	markFound = 1 << iota // the manifest has its track
	markMedia             // the line says that media was sent
	markNone              // there is no line: only a request is known
	markBits  = 3
)

// pastLineOf is a line without marks.
func pastLineOf(b brief, file int, offset int64) pastLine {
	where := (uint64(offset)<<4|uint64(file))<<4 | uint64(slices.Index(statuses, b.status))
	return pastLine{b.id, b.asked, b.at, where << markBits, uint32(b.row), b.place}
}

func (l *pastLine) is(mark uint64) bool  { return l.where&mark != 0 }
func (l *pastLine) set(mark uint64)      { l.where |= mark }
func (l *pastLine) status() track.Status { return statuses[l.where>>markBits&15] }
func (l *pastLine) file() int            { return int(l.where >> (markBits + 4) & 15) }
func (l *pastLine) offset() int64        { return int64(l.where >> (markBits + 8)) }

// The files of pastLine.file, the older lines first.
const (
	fileEarlier = iota
	fileResults
)

// ReadPast reads the ledger of a run directory. A missing file is like an empty one.
func ReadPast(dir string) (*Past, error) {
	p := &Past{dir: dir, lost: map[track.ID]InFlight{}}
	err := errors.Join(p.readLines(EarlierFile, fileEarlier), p.readLines(ResultsFile, fileResults))
	if err == nil {
		p.sort()
		err = p.readInFlight()
	}
	if err == nil {
		err = p.readBefore()
	}
	if err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

func (p *Past) readLines(name string, file int) error {
	path := pathIn(p.dir, name)
	f, err := safe.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return openError(path, err)
	}
	p.files[file] = f
	if info, err := f.Stat(); err == nil {
		p.lines = slices.Grow(p.lines, int(min(info.Size()/usualLine, MaxRow)))
	}
	for e, err := range linesOf(f, readBrief) {
		var bad *LineError
		switch {
		case errors.As(err, &bad):
			p.DamagedSeen++
			if len(p.Damaged) < maxDamaged {
				p.Damaged = append(p.Damaged, DamagedLine{path, bad})
			}
		case err != nil:
			return openError(path, err)
		case e.value.id != 0 && (e.value.status.AboutTrack() || e.value.left):
			l := pastLineOf(e.value, file, e.offset)
			if e.value.media {
				l.set(markMedia)
			}
			p.lines = append(p.lines, l)
		}
		p.ends[file] = e.offset + e.size
		p.read[file]++
	}
	return nil
}

// turn is a number that orders lines by age.
func (l *pastLine) turn() int64 { return int64(l.file())<<offsetBits | l.offset() }

// sort leaves the last line of each id.
func (p *Past) sort() {
	slices.SortFunc(p.lines, func(a, b pastLine) int {
		if a.id != b.id {
			return cmp.Compare(a.id, b.id)
		}
		return cmp.Compare(a.turn(), b.turn())
	})
	last := p.lines[:0]
	for i, l := range p.lines {
		if i+1 == len(p.lines) || p.lines[i+1].id != l.id {
			last = append(last, l)
		}
	}
	p.lines = last
}

// readInFlight reads which rows were in flight in the last session. A row whose latest result
// is older is unknown.
func (p *Past) readInFlight() error {
	rows, err := readInFlight(pathIn(p.dir, SentFile), func(sent InFlight) bool {
		i, ok := p.search(sent.ID)
		return ok && p.lines[i].at >= sent.Sent.UnixMilli()
	})
	if err != nil || len(rows) == 0 {
		return err
	}
	var others []pastLine
	for _, row := range rows {
		p.lost[row.ID] = row
		b := brief{id: row.ID, asked: row.asked, at: row.Sent.UnixMilli(), status: track.Unknown}
		if i, ok := p.search(row.ID); ok {
			p.lines[i] = pastLineOf(b, p.lines[i].file(), p.lines[i].offset())
			continue
		}
		l := pastLineOf(b, 0, 0)
		l.set(markNone)
		others = append(others, l)
	}
	p.lines = append(p.lines, others...)
	p.sort()
	return nil
}

// readBefore finds the lines of before.jsonl, and what was sent for lost rows.
func (p *Past) readBefore() (err error) {
	path := pathIn(p.dir, BeforeFile)
	f, err := safe.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return openError(path, err)
	}
	defer f.Close() // only read
	if p.before, err = readImageIndex(f); err != nil {
		return openError(path, err)
	}
	if len(p.lost) == 0 {
		return nil
	}
	p.sends = map[track.ID][]track.Values{}
	for image, err := range p.before.images(f, func(id track.ID) bool { return p.IsLost(id) }) {
		var damage *DamageError
		switch {
		case errors.As(err, &damage): // the other lines are still used
		case err != nil:
			return openError(path, err)
		}
		for _, s := range image.Sends {
			p.sends[image.ID] = append(p.sends[image.ID], s.Values)
		}
	}
	return nil
}

// Lost is how many rows were in flight when a session was killed.
func (p *Past) Lost() int { return len(p.lost) }

// IsLost reports whether the row of a track is one of them, so that its outcome is not known.
func (p *Past) IsLost(id track.ID) bool {
	_, lost := p.lost[id]
	return lost
}

// Sends are the values that may have been applied to the track of a lost row, according to
// before.jsonl.
func (p *Past) Sends(id track.ID) []track.Values { return p.sends[id] }

// search returns the index of a track's line, or where it would be. It first tries the index
// after the previous one, because most manifests are in order.
func (p *Past) search(id track.ID) (i int, ok bool) {
	if p.next < len(p.lines) && p.lines[p.next].id == id {
		i, ok = p.next, true
	} else {
		i, ok = p.searchAll(id)
	}
	p.next = i + 1
	return i, ok
}

func (p *Past) searchAll(id track.ID) (int, bool) {
	return slices.BinarySearchFunc(p.lines, id, func(l pastLine, id track.ID) int { return cmp.Compare(l.id, id) })
}

// Known is what is known of a track without reading its line.
type Known struct {
	Status    track.Status
	Same      bool      // the row had the same fields
	SentMedia bool      // media was sent, and was or may have been applied
	EndedAt   time.Time // when its row ended, to the millisecond
	line      *pastLine
}

func (l *pastLine) known() Known {
	return Known{Status: l.status(), SentMedia: l.is(markMedia), EndedAt: time.UnixMilli(l.at), line: l}
}

// Find returns what is known of the track of a row with the fields v, and marks the track as
// found.
func (p *Past) Find(id track.ID, v track.Values) (Known, bool) {
	i, ok := p.search(id)
	if !ok {
		return Known{}, false
	}
	l := &p.lines[i]
	l.set(markFound)
	k, asked := l.known(), v.Fingerprint()
	k.Same = asked != "" && l.asked == askedNumber([]byte(asked))
	return k, true
}

// Restart forgets for which tracks Find was called.
func (p *Past) Restart() {
	for i := range p.lines {
		p.lines[i].where &^= markFound
	}
}

// InPlace reports whether the line of a found track is in results.jsonl and has the position
// of row.
func (p *Past) InPlace(row *track.Row, k Known) bool {
	l := k.line
	return l.file() == fileResults && l.place != 0 && l.place == placeOf(p.beginning(row))
}

// beginning is the beginning of a row's line. It is valid until the next call.
func (p *Past) beginning(row *track.Row) []byte {
	p.scratch = safe.Escaped(appendPlace(p.scratch[:0], row.Number, row.Position, row.Update.ID))
	return p.scratch
}

// NotFound yields the tracks for which Find was not called, by id: those that are gone from
// the manifest.
func (p *Past) NotFound() iter.Seq2[track.ID, Known] {
	return func(yield func(track.ID, Known) bool) {
		for i := range p.lines {
			if l := &p.lines[i]; !l.is(markFound) && !yield(l.id, l.known()) {
				return
			}
		}
	}
}

// Ended yields the tracks that have a result: its status, and when the row ended.
func (p *Past) Ended() iter.Seq2[track.Status, time.Time] {
	return func(yield func(track.Status, time.Time) bool) {
		for i := range p.lines {
			l := &p.lines[i]
			if !p.IsLost(l.id) && !yield(l.status(), time.UnixMilli(l.at)) {
				return
			}
		}
	}
}

// Result reads the line of a track that Find returned.
func (p *Past) Result(k Known) (track.Result, error) {
	lost, isLost := p.lost[k.line.id]
	if k.line.is(markNone) {
		return lost.Unknown(track.Result{}), nil
	}
	text, err := p.text(k)
	if err != nil {
		return track.Result{}, err
	}
	r, err := decode(text)
	if err == nil && (r.ID != k.line.id || !isLost && r.Status != k.Status) {
		err = errChanged
	}
	if err != nil {
		return track.Result{}, openError(p.files[k.line.file()].Name(), err)
	}
	if isLost {
		r = lost.Unknown(r)
	}
	return r, nil
}

// text is the line of a track as it is in its file.
func (p *Past) text(k Known) ([]byte, error) {
	f := p.files[k.line.file()]
	text, err := lineIn(f, k.line.offset())
	if err != nil {
		return nil, openError(f.Name(), err)
	}
	return text, nil
}

// Close closes the files.
func (p *Past) Close() error {
	var errs []error
	for i, f := range p.files {
		if f != nil {
			errs = append(errs, f.Close())
		}
		p.files[i] = nil
	}
	return errors.Join(errs...)
}
