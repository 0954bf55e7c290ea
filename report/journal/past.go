package journal

import (
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"slices"

	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// Recovered is what earlier sessions of a run left: for each track the latest
// line that says what became of a request to it. Rows are found by the id of
// their track, because a manifest may have been sorted or corrected since; the
// row numbers in it are those of its own time. It costs 40 bytes of memory a line.
//
// One goroutine owns it.
type Recovered struct {
	// Damaged are lines that are no results, at most maxDamaged of them: one at
	// the very end is what a kill leaves, others what a power cut may leave.
	// What they said is not known: their rows are as if not worked on, or as an
	// older line says.
	Damaged     []DamagedLine
	DamagedSeen int // how many there were

	files []*os.File
	lines []recoveredLine       // one an id, ascending, once settled
	lost  map[track.ID]InFlight // rows that ended with neither result nor refusal
}

// DamagedLine is a line of a file that is no result.
type DamagedLine struct {
	File string
	*LineError
}

const maxDamaged = 10

// recoveredLine is what is kept in memory of one line.
type recoveredLine struct {
	id     track.ID
	asked  uint64 // Result.Asked
	at     int64  // Result.FinishedAt, in milliseconds
	offset int64  // -1: there is no line
	file   uint8
	status uint8 // index in statuses
	found  bool
}

// Recover reads the journals at paths, in the order of their lines: a later
// one counts. A file that does not exist holds nothing.
func Recover(paths ...string) (*Recovered, error) {
	rec := &Recovered{}
	for _, path := range paths {
		if err := rec.read(path); err != nil {
			return nil, errors.Join(openError(path, err), rec.Close())
		}
	}
	rec.settle()
	return rec, nil
}

func (rec *Recovered) read(path string) error {
	f, err := safe.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	rec.files = append(rec.files, f)
	for e, err := range Read(f) {
		var bad *LineError
		switch {
		case errors.As(err, &bad):
			rec.DamagedSeen++
			if len(rec.Damaged) < maxDamaged {
				rec.Damaged = append(rec.Damaged, DamagedLine{path, bad})
			}
		case err != nil:
			return err
		case tells(e.Result):
			rec.lines = append(rec.lines, recoveredLine{
				id: e.ID, asked: askedNumber(e.Asked), at: e.FinishedAt.UnixMilli(), offset: e.Offset,
				file: uint8(len(rec.files) - 1), status: uint8(slices.Index(statuses, e.Status)),
			})
		}
	}
	return nil
}

// tells reports whether a result says what became of a request, or of the state
// that was read before one. That a row was not come to, asked nothing or was
// wrong says nothing about its track; what earlier sessions did to it does.
func tells(r track.Result) bool {
	if r.ID == 0 {
		return false
	}
	switch r.Status {
	case track.NotAttempted:
		return len(r.Left) > 0
	case track.Skipped, track.Superseded, track.Invalid:
		return false
	}
	return true
}

// settle keeps the last line of each id.
func (rec *Recovered) settle() {
	slices.SortStableFunc(rec.lines, func(a, b recoveredLine) int { return cmp.Compare(a.id, b.id) })
	kept := rec.lines[:0]
	for i, l := range rec.lines {
		if i+1 == len(rec.lines) || rec.lines[i+1].id != l.id {
			kept = append(kept, l)
		}
	}
	rec.lines = kept
}

// TakeIn takes in the rows of which a session says that it was at them. One whose
// latest result is older is unknown.
func (rec *Recovered) TakeIn(sent []InFlight) {
	rec.lost = map[track.ID]InFlight{}
	var lines []recoveredLine
	for _, l := range sent {
		now := recoveredLine{
			id: l.ID, asked: l.asked, at: l.Sent.UnixMilli(), offset: -1, status: uint8(slices.Index(statuses, track.Unknown)),
		}
		if i, ok := rec.search(l.ID); ok {
			before := rec.lines[i]
			if before.at >= now.at {
				continue
			}
			now.offset, now.file = before.offset, before.file
		}
		rec.lost[l.ID] = l
		lines = append(lines, now)
	}
	rec.lines = append(rec.lines, lines...)
	rec.settle()
}

// Lost is how many rows TakeIn found to be unknown.
func (rec *Recovered) Lost() int { return len(rec.lost) }

// IsLost reports whether the row of a track is one of them: what was sent is not
// known.
func (rec *Recovered) IsLost(id track.ID) bool {
	_, lost := rec.lost[id]
	return lost
}

// search is where the line of a track stands, or would stand.
func (rec *Recovered) search(id track.ID) (int, bool) {
	return slices.BinarySearchFunc(rec.lines, id, func(l recoveredLine, id track.ID) int { return cmp.Compare(l.id, id) })
}

// askedNumber is Result.Asked as a number, for want of memory. What it was not
// made of is no fingerprint: it matches nothing.
func askedNumber(asked string) uint64 {
	b, err := hex.DecodeString(asked)
	if err != nil || len(b) != 8 {
		return 0
	}
	return binary.BigEndian.Uint64(b)
}

// Known is what there is to know of a track without reading its line.
type Known struct {
	Status track.Status
	// Same says that the row asked the very same.
	Same bool
	line *recoveredLine
}

// Find returns what is known of the track of a row that asks v, and marks it as
// found.
func (rec *Recovered) Find(id track.ID, v track.Values) (Known, bool) {
	i, ok := rec.search(id)
	if !ok {
		return Known{}, false
	}
	l := &rec.lines[i]
	l.found = true
	asked := v.Fingerprint()
	return Known{Status: statuses[l.status], Same: asked != "" && l.asked == askedNumber(asked), line: l}, true
}

// Result reads the line of what Find returned.
func (rec *Recovered) Result(k Known) (track.Result, error) {
	lost, isLost := rec.lost[k.line.id]
	if k.line.offset < 0 {
		return lost.Unknown(track.Result{}), nil
	}
	f := rec.files[k.line.file]
	text, err := lineIn(f, k.line.offset)
	var r track.Result
	if err == nil {
		r, err = decode(text)
	}
	if err == nil && (r.ID != k.line.id || !isLost && r.Status != k.Status) {
		err = errChanged
	}
	if err != nil {
		return track.Result{}, openError(f.Name(), err)
	}
	if isLost {
		r = lost.Unknown(r)
	}
	return r, nil
}

// NotFound goes over the tracks that Find was not asked for, by id: those that
// are gone from the manifest.
func (rec *Recovered) NotFound() iter.Seq2[track.ID, Known] {
	return func(yield func(track.ID, Known) bool) {
		for i := range rec.lines {
			l := &rec.lines[i]
			if !l.found && !yield(l.id, Known{Status: statuses[l.status], line: l}) {
				return
			}
		}
	}
}

// All goes over every track, by id.
func (rec *Recovered) All() iter.Seq2[track.ID, Known] {
	return func(yield func(track.ID, Known) bool) {
		for i := range rec.lines {
			l := &rec.lines[i]
			if !yield(l.id, Known{Status: statuses[l.status], line: l}) {
				return
			}
		}
	}
}

// Close closes the files.
func (rec *Recovered) Close() error {
	var errs []error
	for _, f := range rec.files {
		errs = append(errs, f.Close())
	}
	rec.files = nil
	return errors.Join(errs...)
}

// String says a damaged line in one line.
func (d DamagedLine) String() string { return fmt.Sprintf("%s: %v", d.File, d.LineError) }
