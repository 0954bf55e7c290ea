package sync

import (
	"context"
	"iter"

	"tracksync/internal/defect"
	"tracksync/internal/track"
)

// readAhead is how many rows the reader may be ahead of the dispatcher.
const readAhead = 64

// source hands the rows of a manifest to the dispatcher: as many at once as were read
// while it had no use for them.
type source struct {
	batches chan []track.Row // closed when the reader ends
	used    chan []track.Row // memory of batches that is needed no more
	taken   chan struct{}    // closed when the dispatcher has them all
	whole   bool             // every row was handed on; to be read once batches is closed

	batch []track.Row // the latest that the dispatcher has
	at    int         // the first row of it that is not taken yet
}

func newSource() *source {
	return &source{batches: make(chan []track.Row), used: make(chan []track.Row, 1), taken: make(chan struct{})}
}

// isEmpty reports whether another batch is needed.
func (s *source) isEmpty() bool { return s.at == len(s.batch) }

// next takes the next row of the batch.
func (s *source) next() track.Row {
	row := s.batch[s.at]
	if s.at++; s.isEmpty() {
		select {
		case s.used <- s.batch[:0]:
		default:
		}
		s.batch, s.at = nil, 0
	}
	return row
}

// readRows hands the rows on. Its error, which ends the run, is that of the iteration,
// and comes when the rows before it were taken.
func (s *source) readRows(ctx context.Context, rows iter.Seq2[track.Row, error]) error {
	var ahead []track.Row // read, and not handed on yet
	err := defect.Do(func() error { return s.handOn(ctx, rows, &ahead) })
	s.send(ctx, &ahead)
	s.whole = err == nil && ctx.Err() == nil
	close(s.batches)
	if err == nil {
		return nil
	}
	select {
	case <-s.taken:
	case <-ctx.Done():
	}
	return &endingError{ManifestError, err}
}

// handOn returns the error that ends the iteration.
func (s *source) handOn(ctx context.Context, rows iter.Seq2[track.Row, error], ahead *[]track.Row) error {
	for row, err := range rows {
		if err != nil {
			return err
		}
		*ahead = append(*ahead, row)
		if len(*ahead) >= readAhead {
			s.send(ctx, ahead)
		} else {
			s.offer(ahead)
		}
		if ctx.Err() != nil {
			return nil
		}
	}
	return nil
}

// send waits until the rows are taken, or ctx ends.
func (s *source) send(ctx context.Context, ahead *[]track.Row) {
	if len(*ahead) == 0 {
		return
	}
	select {
	case s.batches <- *ahead:
		*ahead = s.memory()
	case <-ctx.Done():
	}
}

// offer hands the rows on if the dispatcher waits for some.
func (s *source) offer(ahead *[]track.Row) {
	select {
	case s.batches <- *ahead:
		*ahead = s.memory()
	default:
	}
}

// memory is where the next batch goes.
func (s *source) memory() []track.Row {
	select {
	case used := <-s.used:
		return used
	default:
		return nil
	}
}
