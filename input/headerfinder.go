package input

import (
	"fmt"
	"strings"

	"tracksync/internal/track"
)

// headerFinder finds the header of a table below titles, notes and blank rows: the first
// row in which a cell is the name of the id column. If there is none, it is the row that
// looks most like a header.
type headerFinder struct {
	p     *pass
	given int // Options.HeaderRow
	seen  []headRow
	at    int // the index in seen of the header; -1 if it was not found
	best  int // the index in seen of what looks most like a header
	known int // how many of its names are known
}

// headRow is a row with content at the beginning of a table.
type headRow struct {
	number int
	texts  []string
}

// tableHead is the beginning of a table.
type tableHead struct {
	headerRow int       // 0 if there is no row with content
	names     []string  // of the columns
	above     []headRow // rows with content above the header
	hasID     bool
	id        int // the id column, if it has one
}

func (p *pass) newHeaderFinder() *headerFinder {
	return &headerFinder{p: p, given: p.m.opts.HeaderRow, at: -1, known: -1}
}

// see looks at the next row, and reports whether no further one is needed.
func (f *headerFinder) see(number int, texts []string) bool {
	if f.given > 0 && number > f.given || f.given == 0 && number > headerWithin {
		return true
	}
	if blank(texts) {
		return false
	}
	f.seen = append(f.seen, headRow{number, texts})
	last := len(f.seen) - 1
	switch {
	case f.given > 0:
		if number == f.given {
			f.at = last
		}
	case f.p.idColumn(texts) >= 0:
		f.at = last
	default:
		if known := f.p.likelyNames(texts); known > f.known {
			f.best, f.known = last, known
		}
	}
	return f.at >= 0
}

// head is what was found.
func (f *headerFinder) head() tableHead {
	at := f.at
	if at < 0 && f.given == 0 {
		at = f.best
	}
	if at < 0 || at >= len(f.seen) {
		return tableHead{above: f.seen}
	}
	row := f.seen[at]
	id := f.p.idColumn(row.texts)
	return tableHead{headerRow: row.number, names: row.texts, above: f.seen[:at], hasID: id >= 0, id: max(id, 0)}
}

// idColumn is the column whose name is that of the id column, or -1.
func (p *pass) idColumn(names []string) int {
	for i, name := range names {
		if p.fieldOf(name, names) == fID {
			return i
		}
	}
	return -1
}

// likelyNames counts names that are, or are likely to be, those of fields.
func (p *pass) likelyNames(names []string) int {
	known := 0
	for _, name := range names {
		if strings.TrimSpace(name) == "" {
			continue
		}
		if field := p.fieldOf(name, names); field >= 0 {
			known += 2
		} else if field, _ := likelyField(name); field >= 0 {
			known++
		}
	}
	return known
}

// complainOfStray complains about rows above the header that look like rows of the table:
// it may have been sorted together with its header. at is the position of a row's id.
func (p *pass) complainOfStray(head *tableHead, at func(headRow) track.Position) {
	if p.m.opts.HeaderRow > 0 || !head.hasID {
		return
	}
	for _, row := range head.above {
		if !p.isStray(row, head) {
			continue
		}
		p.complain(track.Problem{Position: at(row),
			Message: fmt.Sprintf("this looks like a row of the table, and is above the header in row %d",
				head.headerRow),
			Hint: fmt.Sprintf("move the header to the top, or remove the row; --header-row %d leaves it out",
				head.headerRow)})
	}
}

// isStray reports whether a row has an id and another value where the header has a field.
func (p *pass) isStray(row headRow, head *tableHead) bool {
	if head.id >= len(row.texts) || !allDigits(strings.TrimSpace(row.texts[head.id])) {
		return false
	}
	for column, text := range row.texts {
		if column == head.id || column >= len(head.names) || strings.TrimSpace(text) == "" {
			continue
		}
		if p.fieldOf(head.names[column], head.names) >= 0 {
			return true
		}
	}
	return false
}
