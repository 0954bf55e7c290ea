package input

import (
	"context"
	"errors"
	"iter"

	"tracksync/internal/track"
)

// Rows hands out the rows of the run in order: valid, invalid and superseded ones.
// Each call reads the files again. The sequence ends with the first error:
// ErrChanged, the context's, or one of reading. Check must have succeeded.
func (m *Manifest) Rows(ctx context.Context) iter.Seq2[track.Row, error] {
	if !m.checked {
		return func(yield func(track.Row, error) bool) { yield(track.Row{}, errUnchecked) }
	}
	return func(yield func(track.Row, error) bool) {
		m.each(ctx, false, func(raw *rawRow, err error) bool {
			if err != nil {
				return yield(track.Row{}, err)
			}
			return yield(raw.row, nil)
		})
	}
}

// WrittenRows is Rows with the cells of each row on demand: for a list of rows to
// run again.
func (m *Manifest) WrittenRows(ctx context.Context) iter.Seq2[track.WrittenRow, error] {
	return func(yield func(track.WrittenRow, error) bool) {
		if !m.checked {
			yield(track.WrittenRow{}, errUnchecked)
			return
		}
		m.each(ctx, false, func(raw *rawRow, err error) bool {
			if err != nil {
				return yield(track.WrittenRow{}, err)
			}
			return yield(track.WrittenRow{Row: raw.row, Cells: raw.cells}, nil)
		})
	}
}

var (
	errUnchecked = errors.New("the manifest has not been checked")
	errEnough    = errors.New("enough rows")
)

// each hands out the rows of the run until yield returns false, or an error. With
// refused the manifests are known to be unusable, and each reads what it can.
func (m *Manifest) each(ctx context.Context, refused bool, yield func(*rawRow, error) bool) {
	s := &selection{m: m, yield: yield}
	for _, src := range m.sources {
		s.left = src.found.rows
		p := &pass{ctx: ctx, m: m, src: src, emit: s.onRow}
		p.complain = func(track.Problem) {
			if !refused {
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
		if _, ok := asFileError(err); ok && refused {
			continue
		} else if ok {
			err = errors.Join(ErrChanged, err)
		}
		if err != nil {
			yield(nil, withSource(src, err))
			return
		}
	}
}

// selection picks the rows of the run from all rows and numbers them.
type selection struct {
	m         *Manifest
	yield     func(*rawRow, error) bool
	number    int // of all rows so far
	taken     int
	repeated  int  // how many of m.repeated.numbers were passed
	uncertain int  // how many of m.uncertain were passed
	left      int  // rows of the source that are still to come
	enough    bool // no further row is wanted
}

func (s *selection) onRow(raw *rawRow) error {
	row := &raw.row
	s.number++
	s.left--
	repeats := s.repeated < len(s.m.repeated.numbers) && s.m.repeated.numbers[s.repeated] == s.number
	if repeats {
		s.repeated++
	}
	if s.uncertain < len(s.m.uncertain) && s.m.uncertain[s.uncertain].number == s.number {
		row.Problems = append(row.Problems, s.m.uncertain[s.uncertain].problem)
		s.uncertain++
		raw.notRepresentable = true
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
	case repeats && s.m.opts.OnDuplicate != Last:
		row.Problems = append(row.Problems, s.m.repetition(raw))
		raw.notRepresentable = raw.notRepresentable || s.m.repeated.scattered
	case repeats && limit > 0:
		return nil
	case repeats:
		row.Superseded = true
	}
	s.taken++
	row.Number = s.taken
	if !s.yield(raw, nil) || s.taken == limit {
		s.enough = true
		return errEnough
	}
	return nil
}
