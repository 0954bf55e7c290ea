package journal

import (
	"testing"

	"tracksync/internal/track"
)

// BenchmarkTouched reads one touched track among many rows. It measures what the other
// rows cost undo.yaml.
func BenchmarkTouched(b *testing.B) {
	const rows = 100_000
	l, err := Create(b.TempDir(), Options{Undo: true})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	for row := 1; row <= rows; row++ {
		if err := l.Append(result(row, track.Unchanged)); err != nil {
			b.Fatal(err)
		}
		if l.Waiting() > DefaultLimit/2 {
			if err := l.Flush(); err != nil {
				b.Fatal(err)
			}
		}
	}
	const id = rows / 2
	if err := l.Before.Append(track.Update{ID: id, Values: louder(6)}, track.Track{ID: id, Values: louder(5)}); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for t, err := range l.Touched() {
			if n++; err != nil || t.Last.ID != id {
				b.Fatal(t, err)
			}
		}
		if n != 1 {
			b.Fatalf("%d tracks", n)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
}
