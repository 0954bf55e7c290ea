package runs

import (
	"cmp"
	"slices"

	"tracksync/internal/track"
	"tracksync/report"
)

// place is a row of a run.
type place struct {
	run uint16 // index of the run
	row uint32
}

// entry is what is known of a row while it is decided which results count: 32 bytes.
type entry struct {
	id     track.ID
	asked  uint64 // journal.Brief.Asked; for a row without an id its number
	at     int64  // when it ended, in milliseconds
	row    uint32
	run    uint16
	status uint8 // index of track.Statuses
}

func (e *entry) place() place { return place{e.run, e.row} }

// choice is which rows of several runs are listed, and with which results.
type choice struct {
	dropped []bits                   // by run: rows that another run lists
	instead [][]instead              // by run, by row: rows that are listed with the result of another run
	kin     func(a, b uint16) bool   // whether two runs have the same rows
	rerun   func(of, by uint16) bool // whether a run is a re-run of another
}

// instead says that a row has the result of another row.
type instead struct {
	row    uint32
	result place
}

// bits is a set of rows.
type bits []uint64

func (b *bits) add(row uint32) {
	for int(row/64) >= len(*b) {
		*b = append(*b, 0)
	}
	(*b)[row/64] |= 1 << (row % 64)
}

func (b bits) has(row uint32) bool { return int(row/64) < len(b) && b[row/64]&(1<<(row%64)) != 0 }

// shown is a row that is listed, and the row whose result it has.
type shown struct{ first, result *entry }

// choose decides which results of some tracks count. The entries are all there are of them.
func (c *choice) choose(entries []entry) {
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.id, b.id), compareUnnamed(a, b), cmp.Compare(a.run, b.run), cmp.Compare(a.row, b.row))
	})
	var rows []shown
	for rest := entries; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n].id == rest[0].id && compareUnnamed(rest[n], rest[0]) == 0 {
			n++
		}
		if n > 1 {
			rows = c.chooseOf(rest[:n], rows[:0])
		}
		rest = rest[n:]
	}
}

// sort is called when all is chosen.
func (c *choice) sort() {
	for i := range c.instead {
		slices.SortFunc(c.instead[i], func(a, b instead) int { return cmp.Compare(a.row, b.row) })
	}
}

// compareUnnamed tells rows without an id apart by their numbers.
func compareUnnamed(a, b entry) int {
	if a.id != 0 || b.id != 0 {
		return 0
	}
	return cmp.Compare(a.asked, b.asked)
}

// chooseOf decides about the rows of one track, the earliest run first.
func (c *choice) chooseOf(entries []entry, rows []shown) []shown {
	for i := range entries {
		e := &entries[i]
		at := slices.IndexFunc(rows, func(l shown) bool { return c.isSame(l, e) })
		if at < 0 {
			rows = append(rows, shown{e, e})
			continue
		}
		c.dropped[e.run].add(e.row)
		if isLater(e, rows[at].result) {
			rows[at].result = e
		}
	}
	for _, l := range rows {
		if l.first != l.result {
			run := l.first.run
			c.instead[run] = append(c.instead[run], instead{l.first.row, l.result.place()})
		}
	}
	return rows
}

// isSame reports whether a row of a later run is the same as one that is listed.
func (c *choice) isSame(l shown, e *entry) bool {
	switch superseded := e.hasStatus(track.Superseded); {
	case l.first.run == e.run || superseded != l.first.hasStatus(track.Superseded):
		return false
	case e.id == 0:
		return c.kin(l.first.run, e.run)
	case l.first.asked == e.asked:
		return true
	default:
		return !superseded && c.rerun(l.result.run, e.run) && report.RunAgain(track.Statuses()[l.result.status])
	}
}

func (e *entry) hasStatus(s track.Status) bool { return track.Statuses()[e.status] == s }

// isLater reports whether the result of a counts rather than that of b.
func isLater(a, b *entry) bool {
	if x, y := track.Statuses()[a.status].AboutTrack(), track.Statuses()[b.status].AboutTrack(); x != y {
		return x
	}
	return a.at >= b.at
}
