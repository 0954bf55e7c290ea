package input

import (
	"fmt"
	"hash/maphash"
	"strings"

	"tracksync/internal/track"
)

// smells looks over the columns of a source for values that are valid one by one, but
// look like a mistake together. It remembers a few numbers a column.
//
// With Options.Strict, what points at wrong values is an error. What may well be meant,
// and could not be written in another way, stays a warning: one volume for all tracks,
// and names that differ only in case.
type smells struct {
	ids, volumes, projects series
	volumeIsID             always
	projectIsID            always
	nameIsNumber           always
}

// From so many rows on, a pattern is more likely a mistake than a coincidence. All rows
// that have a value must follow it.
const (
	leastCounted  = 3  // ids from 1 on; values that are the row's id; names that are numbers
	leastFilled   = 5  // values that a spreadsheet may have counted up
	leastSame     = 10 // volumes that are all the same
	maxNamesNoted = 1 << 16
)

// series follows the numbers of a column.
type series struct {
	rows        int
	first, last int64
	varies      bool // they are not all the same
	jumps       bool // some number is not one more than the one before it
	at          track.Position
}

func (s *series) add(n int64, raw *rawRow, field int) {
	if s.rows++; s.rows == 1 {
		s.first, s.at = n, raw.at(field)
	} else {
		s.varies = s.varies || n != s.last
		s.jumps = s.jumps || n != s.last+1
	}
	s.last = n
}

// runs reports whether the numbers count up by one in at least so many rows.
func (s *series) runs(least int) bool { return s.rows >= least && !s.jumps }

// always follows something that is true of a row, or not.
type always struct {
	rows int
	not  bool // it was not true of some row
	at   track.Position
}

func (a *always) add(holds bool, raw *rawRow, field int) {
	if a.not = a.not || !holds; a.not {
		return
	}
	if a.rows++; a.rows == 1 {
		a.at = raw.at(field)
	}
}

func (a *always) holds() bool { return a.rows >= leastCounted && !a.not }

// add looks at the values of a row.
func (s *smells) add(raw *rawRow) {
	u := &raw.row.Update
	if u.ID != 0 {
		s.ids.add(int64(u.ID), raw, fID)
	}
	if v, ok := u.Volume.Get(); ok {
		s.volumes.add(int64(v), raw, fVolume)
		s.volumeIsID.add(track.ID(v) == u.ID, raw, fVolume)
	}
	if p, ok := u.Project.Get(); ok {
		s.projects.add(int64(p), raw, fProject)
		s.projectIsID.add(p == u.ID, raw, fProject)
	}
	if name, ok := u.Name.Get(); ok && !s.nameIsNumber.not {
		s.nameIsNumber.add(allDigits(strings.TrimSpace(name)), raw, fName)
	}
}

// warnings are what the columns smell of, in the order of the fields.
func (s *smells) warnings() (list []warning) {
	add := func(kind warningKind, field int, at track.Position, message, hint string) {
		list = append(list, warning{kind: kind, field: field, at: &at, message: message, hint: hint})
	}
	if s.ids.first == 1 && s.ids.runs(leastCounted) {
		add(countedIDs, fID, s.ids.at, fmt.Sprintf("the ids run 1, 2, 3 … %d, like numbers of rows", s.ids.last),
			"write the ids of the tracks: tracksync pull lists them")
	}
	if s.nameIsNumber.holds() {
		add(shiftedColumn, fName, s.nameIsNumber.at, "every name is a number", shiftedHint)
	}
	switch {
	case s.volumeIsID.holds():
		add(shiftedColumn, fVolume, s.volumeIsID.at, "every volume is the id of its row", shiftedHint)
	case s.volumes.runs(leastFilled):
		add(filledColumn, fVolume, s.volumes.at, s.volumes.filled("volumes"), filledHint)
	case s.volumes.rows >= leastSame && !s.volumes.varies:
		add(sameVolumes, fVolume, s.volumes.at,
			fmt.Sprintf("all %d volumes are %d", s.volumes.rows, s.volumes.first), "ignore this if that is meant")
	}
	switch {
	case s.projectIsID.holds():
		add(shiftedColumn, fProject, s.projectIsID.at, "every project is the id of its row", shiftedHint)
	case s.projects.runs(leastFilled):
		add(filledColumn, fProject, s.projects.at, s.projects.filled("projects"), filledHint)
	}
	return list
}

func (s *series) filled(what string) string {
	return fmt.Sprintf("the %s count up from row to row, from %d to %d", what, s.first, s.last)
}

const (
	shiftedHint = "look whether the columns are shifted, or a formula takes the wrong one"
	filledHint  = "a spreadsheet counts up when a cell is dragged down: copy the cell instead"
)

// caseNames finds names that differ only in case, among the first maxNamesNoted different
// ones. The zero value is ready.
type caseNames struct {
	seed  maphash.Seed
	known map[uint64]knownName // by the hash of the name in lower case
	lower []byte
}

// knownName is the first name with its letters.
type knownName struct {
	hash uint64 // of the name as it is
	id   track.ID
}

// other returns the track whose name is the same but for the case of its letters.
func (c *caseNames) other(name string, id track.ID) (track.ID, bool) {
	if len(c.known) >= maxNamesNoted {
		return 0, false
	}
	if c.known == nil {
		c.seed, c.known = maphash.MakeSeed(), make(map[uint64]knownName)
	}
	hash, lower := maphash.String(c.seed, name), c.hashLower(name)
	first, known := c.known[lower]
	if !known {
		c.known[lower] = knownName{hash, id}
	}
	return first.id, known && first.hash != hash
}

func (c *caseNames) hashLower(name string) uint64 {
	if !isASCII(name) {
		return maphash.String(c.seed, strings.ToLower(name))
	}
	c.lower = append(c.lower[:0], name...)
	for i, b := range c.lower {
		if b >= 'A' && b <= 'Z' {
			c.lower[i] = b + 'a' - 'A'
		}
	}
	return maphash.Bytes(c.seed, c.lower)
}

// findSmells looks at a row of the first pass together with the rows before it.
func (p *pass) findSmells(raw *rawRow) {
	p.src.found.volumes.add(raw)
	p.src.found.smells.add(raw)
	u := &raw.row.Update
	name, ok := u.Name.Get()
	if !ok || u.ID == 0 {
		return
	}
	if other, differs := p.m.names.other(name, u.ID); differs {
		p.m.warnings.add(caseOfNames, track.Problem{
			Position: raw.at(fName), Field: track.FieldName,
			Message: fmt.Sprintf("the name %s and that of track %d differ only in case", p.m.quote(name), other),
			Hint:    "ignore this if that is meant",
		})
	}
}

// warnOfColumns warns about the columns of a source.
func (c *checker) warnOfColumns(src *source) {
	if problem, yes := src.found.volumes.problem(); yes {
		c.warn(src, fractions, problem)
	}
	for _, w := range src.found.smells.warnings() {
		if w.kind == sameVolumes && c.m.sets(fVolume) { // it was asked for
			continue
		}
		c.warn(src, w.kind, track.Problem{Position: *w.at, Field: fieldNames[w.field], Message: w.message, Hint: w.hint})
	}
}

// isURLLike reports whether a name is a URL.
func isURLLike(name string) bool {
	const least = len("http://")
	return len(name) > least+1 && (name[0]|0x20) == 'h' &&
		(strings.EqualFold(name[:least], "http://") || strings.EqualFold(name[:least+1], "https://"))
}
