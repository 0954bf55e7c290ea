package sync

import (
	"context"
	"iter"

	"tracksync/internal/defect"
	"tracksync/internal/track"
)

// readAhead is how many rows the reader may be ahead of the dispatcher.
const readAhead = 64

// source hands the rows of a manifest to the dispatcher.
type source struct {
	rows  chan track.Row // closed when the reader ends
	taken chan struct{}  // closed when the dispatcher has them all
	whole bool           // every row was handed on; to be read once rows is closed
}

func newSource() *source {
	return &source{rows: make(chan track.Row, readAhead), taken: make(chan struct{})}
}

// readRows hands the rows on one by one. Its error, which ends the run, is that of the
// iteration, and comes when the rows before it were taken.
func (s *source) readRows(ctx context.Context, rows iter.Seq2[track.Row, error]) error {
	err := defect.Do(func() error { return s.handOn(ctx, rows) })
	s.whole = err == nil && ctx.Err() == nil
	close(s.rows)
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
func (s *source) handOn(ctx context.Context, rows iter.Seq2[track.Row, error]) error {
	for row, err := range rows {
		if err != nil {
			return err
		}
		select {
		case s.rows <- row:
		case <-ctx.Done():
			return nil
		}
	}
	return nil
}
