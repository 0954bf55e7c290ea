package input

import (
	"context"
	"fmt"
	"slices"

	"tracksync/internal/track"
)

// duplicates finds ids that several rows have. Eight bytes an id are enough to
// know that there are any; only then the files are read once more, to find
// where just those stand.
func (c *checker) duplicates(ctx context.Context) error {
	m := c.m
	repeated := repeatedOf(c.ids)
	if m.opts.OnInvalid != Skip {
		c.likely = nil // the manifest cannot be used in any case
	}
	doubtful := newSuspects(c.likely, c.ids)
	c.ids, c.likely = nil, nil
	if len(repeated) == 0 && len(doubtful.ids) == 0 {
		return nil
	}
	m.repeats = make(map[track.ID]track.Position)
	latest := make([]int, len(repeated)) // number of the last row so far of each
	number := 0
	for _, src := range m.sources {
		p := &pass{ctx: ctx, m: m, src: src, complain: func(track.Problem) {}}
		p.emit = func(d *draft) error {
			number++
			doubtful.see(number, d, m.opts.OnDuplicate == Last)
			id := d.row.Update.ID
			i, found := slices.BinarySearch(repeated, int64(id))
			if !found {
				return nil
			}
			m.scattered = m.scattered || m.opts.Limit > 0 || d.lossy || d.expect != nil
			if latest[i] == 0 {
				if len(m.repeats) < maxPlaces {
					m.repeats[id] = d.at(fID)
				}
			} else {
				m.marked = append(m.marked, latest[i])
				c.repeat(src, d)
			}
			latest[i] = number
			return nil
		}
		if err := p.run(); err != nil {
			if _, known := asFileError(err); !known {
				return named(src, err)
			}
		}
	}
	if m.opts.OnDuplicate != Last {
		m.marked = append(m.marked, latest...)
	}
	slices.Sort(m.marked)
	for _, row := range doubtful.rows() {
		if _, repeats := slices.BinarySearch(m.marked, row.number); !repeats {
			m.doubted = append(m.doubted, row)
			c.found.add(c.sourceOf(row.number), row.problem)
		}
	}
	return nil
}

// sourceOf is the index of the source that has the row of a number.
func (c *checker) sourceOf(number int) int {
	for _, src := range c.m.sources {
		if number -= src.rows; number <= 0 {
			return src.index
		}
	}
	return 0
}

// repeat is what there is to say about the second and later rows of an id.
func (c *checker) repeat(src *source, d *draft) {
	if c.m.opts.OnDuplicate == Last {
		return
	}
	c.fatal = c.fatal || c.m.opts.OnInvalid != Skip
	c.found.add(src.index, c.m.repeated(d))
}

// repeated says that an id stands in several rows, and where else.
func (m *Manifest) repeated(d *draft) track.Problem {
	id := d.row.Update.ID
	problem := track.Problem{
		Position: d.at(fID), Field: track.FieldID,
		Message: fmt.Sprintf("id %d stands in more than one row", id),
		Hint:    "keep one row, or use --on-duplicate last",
	}
	if first, known := m.repeats[id]; known && first != problem.Position {
		problem.Message = fmt.Sprintf("id %d stands at %s already", id, first)
	}
	return problem
}

// repeatedOf returns the ids that occur more than once, once each, ascending.
// It sorts ids.
func repeatedOf(ids []int64) []int64 {
	slices.Sort(ids)
	var repeated []int64
	for i := 1; i < len(ids); i++ {
		if ids[i] == ids[i-1] && (len(repeated) == 0 || repeated[len(repeated)-1] != ids[i]) {
			repeated = append(repeated, ids[i])
		}
	}
	return repeated
}
