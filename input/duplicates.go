package input

import (
	"context"
	"fmt"
	"slices"

	"tracksync/internal/track"
)

// repeated is what is known of ids that more than one row has.
type repeated struct {
	// numbers are the numbers, among all rows, of the rows that do not count, in
	// ascending order. Such a row is superseded, or invalid because it is unclear which
	// row of the id is meant.
	numbers []int
	ids     []int64 // the repeated ids, ascending
	// first are the places of the first rows of repeated ids, for messages.
	first map[track.ID]track.Position
	// scattered is set when a list of rows to run again may have only some of the rows
	// of an id. A reader of that list would not notice the repetition.
	scattered bool
}

// duplicates finds ids that more than one row has. The first pass stores eight bytes
// for each id. The files are read again, to find the positions, only if ids repeat.
func (c *checker) duplicates(ctx context.Context) error {
	m := c.m
	c.ids.sort()
	ids := c.ids.repeated()
	if m.opts.OnInvalid != Skip {
		c.likely = nil // the manifest cannot be used in any case
	}
	f := &repeatFinder{c: c, ids: ids, latest: make([]int, len(ids)), suspects: newSuspects(c.likely, &c.ids)}
	if m.opts.KeepIDs {
		m.ids = c.ids
	}
	c.ids, c.likely = idList{}, nil
	if len(f.ids) == 0 && len(f.suspects.ids) == 0 {
		return nil
	}
	m.repeated.ids = ids
	m.repeated.first = make(map[track.ID]track.Position)
	for _, src := range m.sources {
		p := &pass{ctx: ctx, m: m, src: src, complain: func(track.Problem) {}}
		p.emit = func(raw *rawRow) error { f.onRow(src, raw); return nil }
		if err := p.run(); err != nil {
			if _, known := asFileError(err); !known {
				return withSource(src, err)
			}
		}
	}
	f.finish()
	return nil
}

// repeatFinder searches all rows for repeated ids.
type repeatFinder struct {
	c        *checker
	ids      []int64 // the repeated ids, ascending
	latest   []int   // for each of them, the number of its last row so far
	number   int     // the number of the last row read
	suspects *suspects
}

func (f *repeatFinder) onRow(src *source, raw *rawRow) {
	m, id := f.c.m, raw.row.Update.ID
	f.number++
	f.suspects.see(f.number, raw, m.opts.OnDuplicate == Last)
	i, found := slices.BinarySearch(f.ids, int64(id))
	if !found {
		return
	}
	if m.opts.OnDuplicate != Last {
		src.found.invalidate(&raw.row)
	}
	m.repeated.scattered = m.repeated.scattered || m.opts.Limit > 0 || raw.notRepresentable || raw.expect != nil
	if f.latest[i] > 0 {
		m.repeated.numbers = append(m.repeated.numbers, f.latest[i])
		f.c.repeat(src, f.number, raw)
	} else if len(m.repeated.first) < maxPlaces {
		m.repeated.first[id] = raw.at(fID)
	}
	f.latest[i] = f.number
}

// finish records which rows do not count.
func (f *repeatFinder) finish() {
	m := f.c.m
	if m.opts.OnDuplicate != Last {
		m.repeated.numbers = append(m.repeated.numbers, f.latest...)
	}
	slices.Sort(m.repeated.numbers)
	for _, row := range f.suspects.rows() {
		if _, repeats := slices.BinarySearch(m.repeated.numbers, row.number); !repeats {
			m.uncertain = append(m.uncertain, row)
			f.c.found.add(f.c.sourceOf(row.number), row.number, row.problem)
		}
	}
}

// sourceOf is the index of the source that has the row with this number.
func (c *checker) sourceOf(number int) int {
	for _, src := range c.m.sources {
		if number -= src.found.Rows; number <= 0 {
			return src.index
		}
	}
	return 0
}

// repeat complains about the second or a later row of an id.
func (c *checker) repeat(src *source, row int, raw *rawRow) {
	if c.m.opts.OnDuplicate == Last {
		return
	}
	c.fatal = c.fatal || c.m.opts.OnInvalid != Skip
	c.found.add(src.index, row, c.m.repetition(raw))
}

// repetition is the problem of a row whose id another row has as well.
func (m *Manifest) repetition(raw *rawRow) track.Problem {
	id := raw.row.Update.ID
	problem := track.Problem{
		Position: raw.at(fID), Field: track.FieldID,
		Message: fmt.Sprintf("id %d is in more than one row", id),
		Hint:    "keep one row, or use --on-duplicate last",
	}
	if first, known := m.repeated.first[id]; known && first != problem.Position {
		problem.Message = fmt.Sprintf("id %d is already at %s", id, first)
	}
	return problem
}
