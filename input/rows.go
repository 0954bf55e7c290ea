package input

import (
	"context"
	"errors"
	"iter"

	"tracksync/internal/track"
)

// Rows yields the rows of the run in order: valid, invalid and superseded ones. Each
// call reads the files again. The sequence ends with the first error: ErrChanged, the
// context's, or one of reading. Check must have succeeded.
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

// WrittenRows is like Rows, but yields only the rows whose numbers are wanted, each with
// its cells on demand, for a list of rows to run again. It does not read the values of
// the other rows.
func (m *Manifest) WrittenRows(ctx context.Context, wanted func(number int) bool) iter.Seq2[track.WrittenRow, error] {
	return func(yield func(track.WrittenRow, error) bool) {
		if !m.checked {
			yield(track.WrittenRow{}, errUnchecked)
			return
		}
		s := &selection{m: m, wanted: wanted}
		s.yield = func(raw *rawRow, err error) bool {
			switch {
			case err != nil:
				return yield(track.WrittenRow{}, err)
			case !wanted(raw.row.Number):
				return true
			}
			return yield(track.WrittenRow{Row: raw.row, Cells: raw.cells}, nil)
		}
		m.eachOf(ctx, false, s)
	}
}

var (
	errUnchecked = errors.New("the manifest has not been checked")
	errEnough    = errors.New("enough rows")
)

// each yields the rows of the run until yield returns false or an error occurs. With
// refused the manifests are known to be unusable, and each reads as much as it can.
func (m *Manifest) each(ctx context.Context, refused bool, yield func(*rawRow, error) bool) {
	m.eachOf(ctx, refused, &selection{m: m, yield: yield})
}

func (m *Manifest) eachOf(ctx context.Context, refused bool, s *selection) {
	for _, src := range m.sources {
		s.left = src.found.Rows
		p := &pass{ctx: ctx, m: m, src: src, emit: s.onRow, skip: s.skip, done: s.onDone}
		p.complain = func(track.Problem) {
			if !refused {
				s.left = -1
			}
		}
		err := p.run()
		if err == nil && s.left != 0 {
			err = ErrChanged
		}
		if s.enough { // errors after the last row that was wanted don't matter
			return
		}
		if _, ok := asFileError(err); ok && refused {
			continue
		} else if ok {
			err = errors.Join(ErrChanged, err)
		}
		if err != nil {
			s.yield(nil, withSource(src, err))
			return
		}
	}
}

// selection picks the rows of the run from all rows and numbers them.
type selection struct {
	m         *Manifest
	wanted    func(number int) bool // nil: all rows are wanted
	yield     func(*rawRow, error) bool
	number    int     // rows read so far
	chosen    int     // rows of the run so far, in all shards
	selected  int     // those of this shard
	repeated  int     // how many of m.repeated.numbers are behind us
	uncertain int     // how many of m.uncertain are behind us
	left      int     // rows of the source that are still to come
	enough    bool    // no further row is wanted
	all       *Counts // counts the rows of all shards; nil: nobody wants to know
	// others gets the rows that are not part of the run, and whether they are done. It may
	// be nil.
	others func(raw *rawRow, done bool) bool
}

// skip reports whether the next row is left out regardless of its content. If so, it
// counts the row.
func (s *selection) skip() bool {
	limit := s.m.opts.Limit
	switch {
	case s.wanted == nil, s.wanted(s.selected + 1):
		return false
	case s.m.only != nil, limit > 0, !s.m.opts.Shard.IsWhole(), s.left <= 0: // its content decides whether the row counts
		return false
	}
	s.count()
	s.selected++
	return true
}

// count counts the next row, and returns what the first pass found about it.
func (s *selection) count() (repeats bool, problem *track.Problem) {
	s.number++
	s.left--
	if s.repeated < len(s.m.repeated.numbers) && s.m.repeated.numbers[s.repeated] == s.number {
		s.repeated++
		repeats = true
	}
	if s.uncertain < len(s.m.uncertain) && s.m.uncertain[s.uncertain].number == s.number {
		problem = &s.m.uncertain[s.uncertain].problem
		s.uncertain++
	}
	return repeats, problem
}

func (s *selection) onRow(raw *rawRow) error {
	row := &raw.row
	repeats, problem := s.count()
	if problem != nil {
		row.Problems = append(row.Problems, *problem)
		raw.notRepresentable = true
	}
	if s.left < 0 {
		return ErrChanged
	}
	if s.m.only != nil {
		if _, wanted := s.m.only[row.Update.ID]; !wanted {
			return s.leaveOut(raw, false)
		}
	}
	limit := s.m.opts.Limit
	if limit > 0 && s.chosen == limit {
		return s.leaveOut(raw, false)
	}
	switch {
	case repeats && s.m.opts.OnDuplicate != Last:
		row.Problems = append(row.Problems, s.m.repetition(raw))
		raw.notRepresentable = raw.notRepresentable || s.m.repeated.scattered
	case repeats && limit > 0:
		return s.leaveOut(raw, false)
	case repeats:
		row.Superseded = true
	}
	s.chosen++
	if s.all != nil {
		s.all.Count(row)
	}
	if err := s.deliver(raw); err != nil {
		return err
	}
	if s.chosen == limit && s.others == nil {
		s.enough = true
		return errEnough
	}
	return nil
}

// deliver passes on a row of the run, if it belongs to this shard.
func (s *selection) deliver(raw *rawRow) error {
	if !s.m.opts.Shard.Has(raw.row.Update.ID) {
		return s.leaveOut(raw, false)
	}
	s.selected++
	raw.row.Number = s.selected
	if !s.yield(raw, nil) {
		s.enough = true
		return errEnough
	}
	return nil
}

func (s *selection) onDone(raw *rawRow) error { return s.leaveOut(raw, true) }

// leaveOut passes on a row that is not part of the run.
func (s *selection) leaveOut(raw *rawRow, done bool) error {
	if s.others != nil && !s.others(raw, done) {
		s.enough = true
		return errEnough
	}
	return nil
}
