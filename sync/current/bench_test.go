package current

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"tracksync/internal/track"
)

// Memory a track, and time for a million of them.
func BenchmarkMemory(b *testing.B) {
	const n = 1_000_000
	page := make([]track.Track, 100)
	keep := func(b *testing.B, s *Store) any {
		for at := 0; at < n; at += len(page) {
			for i := range page {
				id := track.ID((at+i)*7919%n + 1) // in no order
				page[i] = track.Track{ID: id, Values: track.Values{Name: track.Value("A name of a usual length"),
					Volume: track.Value(50), Media: track.Value("https://example.com/media/0123456789abcdef.mp3")}}
			}
			if _, err := s.Add(page...); err != nil {
				b.Fatal(err)
			}
		}
		return s
	}
	file := func(b *testing.B) Spool {
		f, err := os.Create(filepath.Join(b.TempDir(), "spool"))
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { f.Close() })
		return f
	}
	for _, bc := range []struct {
		name string
		fill func(b *testing.B) any
	}{
		{"wanted", func(b *testing.B) any {
			ids := make([]track.ID, n)
			for i := range ids {
				ids[i] = track.ID(i + 1)
			}
			return keep(b, NewStore(ids, file(b)))
		}},
		{"full", func(b *testing.B) any { return keep(b, NewFullStore(file(b))) }},
		{"state", func(b *testing.B) any {
			s := newState(b)
			for i := range n {
				s.Applied(track.ID(i*7919%n+1), fmt.Sprintf("https://example.com/media/%d.mp3", i),
					track.Field[string]{}, track.Value("https://example.com/x"))
			}
			if err := s.Save(io.Discard); err != nil {
				b.Fatal(err)
			}
			return s
		}},
	} {
		b.Run(bc.name, func(b *testing.B) {
			for b.Loop() {
				before := heap()
				kept := bc.fill(b)
				b.ReportMetric(float64(heap()-before)/n, "B/track")
				runtime.KeepAlive(kept)
			}
		})
	}
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
