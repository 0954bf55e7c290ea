package input

import (
	"context"
	"errors"
	"io"
	"testing"

	"tracksync/internal/track"
)

// Writing a file stops when the context ends.
func TestTracksAreWrittenUntilTheContextEnds(t *testing.T) {
	one := func(yield func(track.Track, error) bool) { yield(track.Track{ID: 1}, nil) }
	for _, canceled := range []bool{false, true} {
		ctx, cancel := context.WithCancel(t.Context())
		if canceled {
			cancel()
		}
		_, err := WriteTracks(ctx, io.Discard, TracksOptions{Format: CSV}, one)
		if cancel(); errors.Is(err, context.Canceled) != canceled {
			t.Errorf("canceled: %t; %v", canceled, err)
		}
	}
}
