package sync

import (
	"context"
	"iter"

	"tracksync/internal/defect"
	"tracksync/internal/track"
)

// readAhead is how many rows the reader may be ahead of the dispatcher.
const readAhead = 64

// source passes the rows of a manifest to the dispatcher: all those at once that were read
// while the dispatcher was busy.
type source struct {
	batches chan []track.Row // closed when the reader ends
	used    chan []track.Row // used batches, whose memory is reused
	taken   chan struct{}    // closed when the dispatcher has all rows
	whole   bool             // all rows were passed on; valid after batches is closed

	batch []track.Row // the dispatcher's current batch
	at    int         // index of the next row in batch
}

func newSource() *source {
	return &source{batches: make(chan []track.Row), used: make(chan []track.Row, 1), taken: make(chan struct{})}
}

// isEmpty reports whether another batch is needed.
func (s *source) isEmpty() bool { return s.at == len(s.batch) }

// next returns the next row of the batch.
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

// readRows reads the rows and passes them on. Its error is that of the iteration, which ends
// the run. It returns the error after the rows before it were received.
func (s *source) readRows(ctx context.Context, rows iter.Seq2[track.Row, error]) error {
	var ahead []track.Row // rows that were read and not passed on yet
	err := defect.Do(func() error { return s.passRows(ctx, rows, &ahead) })
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

// passRows passes rows on until the iteration ends, and returns its error.
func (s *source) passRows(ctx context.Context, rows iter.Seq2[track.Row, error], ahead *[]track.Row) error {
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

// send waits until the rows are received or ctx ends.
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

// offer passes the rows on if the dispatcher is waiting for rows.
func (s *source) offer(ahead *[]track.Row) {
	select {
	case s.batches <- *ahead:
		*ahead = s.memory()
	default:
	}
}

// memory is the memory for the next batch.
func (s *source) memory() []track.Row {
	select {
	case used := <-s.used:
		return used
	default:
		return nil
	}
}
