package input

import (
	"context"
	"errors"
	"iter"

	"tracksync/internal/track"
)

// Rows hands out the rows of the run in order: valid, invalid and superseded
// ones. It may be called again, and each call reads the files anew. The
// sequence ends with the first error: ErrChanged, the context's, or of
// reading; no row is beside one.
//
// Check must have succeeded.
func (m *Manifest) Rows(ctx context.Context) iter.Seq2[track.Row, error] {
	if !m.checked {
		return func(yield func(track.Row, error) bool) { yield(track.Row{}, errUnchecked) }
	}
	return m.each(ctx, eachOptions{cells: true})
}

var (
	errUnchecked = errors.New("the manifest has not been checked")
	errEnough    = errors.New("enough rows")
)

// eachOptions say what is wanted of the rows.
type eachOptions struct {
	cells   bool // whether they have Cells
	refused bool // whether the manifests are known to be of no use: what can be read of them is
}

func (m *Manifest) each(ctx context.Context, o eachOptions) iter.Seq2[track.Row, error] {
	return func(yield func(track.Row, error) bool) {
		s := &selection{m: m, yield: yield}
		for _, src := range m.sources {
			s.left, s.cells = src.rows, o.cells
			p := &pass{ctx: ctx, m: m, src: src, cells: o.cells, emit: s.take}
			p.complain = func(track.Problem) {
				if !o.refused {
					s.left = -1
				}
			}
			err := p.run()
			if err == nil && s.left != 0 {
				err = ErrChanged
			}
			if s.enough { // whatever came after that concerns nobody
				return
			}
			if _, ok := asFileError(err); ok && o.refused {
				continue
			} else if ok {
				err = errors.Join(ErrChanged, err)
			}
			if err != nil {
				yield(track.Row{}, named(src, err))
				return
			}
		}
	}
}

// selection takes the rows of the run out of all rows and numbers them.
type selection struct {
	m      *Manifest
	yield  func(track.Row, error) bool
	number int // of all rows so far
	taken  int
	marked int  // how many of m.marked were passed
	doubts int  // how many of m.doubted were passed
	left   int  // rows of the source that are still to come
	cells  bool // rows have their cells
	enough bool // no further row is wanted
}

func (s *selection) take(d *draft) error {
	row := &d.row
	s.number++
	s.left--
	marked := s.marked < len(s.m.marked) && s.m.marked[s.marked] == s.number
	if marked {
		s.marked++
	}
	if s.doubts < len(s.m.doubted) && s.m.doubted[s.doubts].number == s.number {
		row.Problems = append(row.Problems, s.m.doubted[s.doubts].problem)
		s.doubts++
		if s.cells {
			d.markCells()
		}
	}
	if s.left < 0 {
		return ErrChanged
	}
	if s.m.only != nil {
		if _, wanted := s.m.only[row.Update.ID]; !wanted {
			return nil
		}
	}
	limit := s.m.opts.Limit
	switch {
	case marked && s.m.opts.OnDuplicate != Last:
		row.Problems = append(row.Problems, s.m.repeated(d))
		if s.cells && s.m.scattered {
			d.markCells()
		}
	case marked && limit > 0:
		return nil
	case marked:
		row.Superseded = true
	}
	s.taken++
	row.Number = s.taken
	if !s.yield(*row, nil) || s.taken == limit {
		s.enough = true
		return errEnough
	}
	return nil
}
