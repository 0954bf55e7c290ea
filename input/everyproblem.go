package input

import (
	"context"
	"iter"
	"slices"

	"tracksync/internal/track"
)

// EveryProblem yields every problem, in order, even those that Check only counts. It
// reads the files again, and stores none of them. Check must have ended, with Problems or
// without an error. Options.Secret is not searched for.
func (m *Manifest) EveryProblem(ctx context.Context) iter.Seq2[track.Problem, error] {
	return func(yield func(track.Problem, error) bool) {
		e := &everyProblem{m: m, whole: m.whole, seen: make([]bool, len(m.repeated.ids))}
		e.yield = func(p track.Problem) bool { return yield(p, nil) }
		for _, src := range m.sources {
			if err := e.read(ctx, src); err != nil && !e.enough {
				yield(track.Problem{}, withSource(src, err))
				return
			}
			if e.enough {
				return
			}
		}
		e.flush(len(m.sources)+1, track.Position{})
	}
}

// everyProblem puts the problems of all rows and files in order. The problems of a file
// wait until the next row.
type everyProblem struct {
	m       *Manifest
	whole   []located       // problems of everything that are still to come
	waiting []track.Problem // of the current source
	seen    []bool          // which of the repeated ids have had a row
	counter selection       // counts rows
	yield   func(track.Problem) bool
	enough  bool // the caller wants no more
}

func (e *everyProblem) read(ctx context.Context, src *source) error {
	e.counter.m, e.counter.left = e.m, src.found.Rows
	p := &pass{ctx: ctx, m: e.m, src: src}
	p.complain = func(problem track.Problem) { e.waiting = append(e.waiting, problem) }
	p.emit = func(raw *rawRow) error { return e.onRow(src, raw) }
	err := p.run()
	if problem, ok := asFileError(err); ok {
		e.waiting = append(e.waiting, problem)
		err = nil
	}
	if err == nil && e.counter.left != 0 {
		err = ErrChanged
	}
	if err == nil {
		e.release(src.index)
		e.flush(src.index+1, track.Position{})
	}
	return err
}

// onRow adds the problems of a row to those that wait, and releases all of them.
func (e *everyProblem) onRow(src *source, raw *rawRow) error {
	repeats, uncertain := e.counter.count()
	if e.counter.left < 0 {
		return ErrChanged
	}
	e.waiting = append(e.waiting, raw.row.Problems...)
	if repeats && e.m.opts.OnDuplicate != Last && e.isLater(int64(raw.row.Update.ID)) {
		e.waiting = append(e.waiting, e.m.repetition(raw))
	}
	if uncertain != nil {
		e.waiting = append(e.waiting, *uncertain)
	}
	if e.release(src.index); e.enough {
		return errEnough
	}
	return nil
}

// isLater reports whether an id that repeats has had a row before.
func (e *everyProblem) isLater(id int64) bool {
	i, known := slices.BinarySearch(e.m.repeated.ids, id)
	if !known || e.seen[i] {
		return known
	}
	e.seen[i] = true
	return false
}

// release yields the problems that wait.
func (e *everyProblem) release(source int) {
	slices.SortStableFunc(e.waiting, func(a, b track.Problem) int { return a.Position.Compare(b.Position) })
	for _, p := range e.waiting {
		e.flush(source, p.Position)
		e.enough = e.enough || !e.yield(p)
	}
	e.waiting = e.waiting[:0]
}

// flush yields the problems of everything that come before a position of a source.
func (e *everyProblem) flush(source int, at track.Position) {
	for len(e.whole) > 0 && !e.enough {
		next := e.whole[0]
		if next.source > source || next.source == source && next.Position.Compare(at) >= 0 {
			return
		}
		e.whole = e.whole[1:]
		e.enough = !e.yield(next.Problem)
	}
}
