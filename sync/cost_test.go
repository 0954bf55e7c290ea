package sync

import (
	"context"
	"iter"
	"runtime"
	"testing"

	"tracksync/internal/api"
	"tracksync/internal/track"
	"tracksync/sync/pace"
)

// instant is an API that answers at once.
type instant struct{ API }

func (instant) Update(_ context.Context, u track.Update) (track.Track, api.Answer, error) {
	runtime.Gosched() // others go on while a request is under way
	return track.Track{ID: u.ID, Values: u.Values}, api.Answer{Status: 200}, nil
}

// silent receives everything and does nothing.
type silent struct{ recorder }

func (*silent) Attempt(Attempt)                      {}
func (*silent) Result(track.Row, track.Result) error { return nil }
func (*silent) Sending([]track.Outgoing) error       { return nil }
func (*silent) NotApplied(track.Row) error           { return nil }

// BenchmarkRow measures what the engine itself costs per row, with an API and listeners
// that cost nothing.
func BenchmarkRow(b *testing.B) {
	row := track.Row{Number: 1, Position: track.Position{File: "tracks.csv", Line: 2}}
	row.Update = track.Update{ID: 17, Values: track.Values{
		Name: track.Value("Background track number 23"), Volume: track.Value(55), Project: track.Value(track.ID(3)),
		Media: track.Value("https://media.example.com/audio/background/23/track.mp3"),
	}}
	rows := func(n int) iter.Seq2[track.Row, error] {
		return func(yield func(track.Row, error) bool) {
			for i := range n {
				row.Number, row.Update.ID = i+1, track.ID(1000+i)
				if !yield(row, nil) {
					return
				}
			}
		}
	}
	sink := &silent{}
	b.ReportAllocs()
	e := New(instant{}, sink, Options{Rate: pace.Unlimited, Concurrency: 64, Sent: sink})
	end, err := e.Run(context.Background(), rows(b.N), sink)
	if err != nil || end.Rows != b.N {
		b.Fatalf("%+v, %v", end, err)
	}
}
