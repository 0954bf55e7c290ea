package input

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"testing"

	"tracksync/internal/track"
)

const benchRows = 20_000

func benchText(line string) string {
	var b strings.Builder
	for i := 1; i <= benchRows; i++ {
		fmt.Fprintf(&b, line, i)
	}
	return b.String()
}

var benchFiles = []file{
	{"m.csv", "id,name,volume,project_id,media_url\n" +
		benchText("%d,\"Track, number %[1]d\",55,12,https://media.example.com/loops/%[1]d.mp3\n")},
	{"m.jsonl",
		benchText("{\"id\":%d,\"name\":\"Track, number " +
			"%[1]d\",\"volume\":55,\"project\":{\"id\":12},\"media\":{\"url\":\"https://media.example.com/loops/" +
			"%[1]d.mp3\"}}\n")},
	{"m.yaml",
		benchText("- id: %d\n  name: Track, number %[1]d\n  volume: 55\n  project: {id: 12}\n" +
			"  media: {url: https://media.example.com/loops/%[1]d.mp3}\n")},
}

// BenchmarkBareCSV measures a loop over encoding/csv alone, to compare with
// BenchmarkCheck and BenchmarkRows of m.csv.
func BenchmarkBareCSV(b *testing.B) {
	b.SetBytes(int64(len(benchFiles[0].text)))
	b.ReportAllocs()
	for b.Loop() {
		r := csv.NewReader(strings.NewReader(benchFiles[0].text))
		for {
			if _, err := r.Read(); err == io.EOF {
				break
			} else if err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.N)*benchRows/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkCheck(b *testing.B) {
	for _, f := range benchFiles {
		b.Run(f.name, func(b *testing.B) {
			b.SetBytes(int64(len(f.text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := openFiles(Options{}, f).Check(context.Background()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)*benchRows/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

func BenchmarkWriter(b *testing.B) {
	e := Entry{Update: track.Update{Values: track.Values{
		Name: track.Value("Track, number 17"), Volume: track.Value(55), Project: track.Value[track.ID](12),
		Media: track.Value("https://media.example.com/loops/17.mp3"),
	}}}
	for _, f := range Formats() {
		b.Run(string(f), func(b *testing.B) {
			b.ReportAllocs()
			w, err := NewWriter(io.Discard, f, WriterOptions{})
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				e.Update.ID++
				if err := w.Write(e); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

func BenchmarkRows(b *testing.B) {
	for _, f := range benchFiles {
		b.Run(f.name, func(b *testing.B) {
			m := openFiles(Options{}, f)
			if _, err := m.Check(context.Background()); err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(f.text)))
			b.ReportAllocs()
			for b.Loop() {
				rows := 0
				for _, err := range m.Rows(context.Background()) {
					if err != nil {
						b.Fatal(err)
					}
					rows++
				}
				if rows != benchRows {
					b.Fatalf("%d rows", rows)
				}
			}
			b.ReportMetric(float64(b.N)*benchRows/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// BenchmarkWrittenRows lists one row in the middle of many. It measures what the other
// rows cost.
func BenchmarkWrittenRows(b *testing.B) {
	for _, f := range benchFiles {
		b.Run(f.name, func(b *testing.B) {
			m := openFiles(Options{}, f)
			if _, err := m.Check(context.Background()); err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(f.text)))
			b.ReportAllocs()
			for b.Loop() {
				for row, err := range m.WrittenRows(context.Background(), func(n int) bool { return n == benchRows/2 }) {
					if err != nil || row.Number != benchRows/2 {
						b.Fatal(row, err)
					}
				}
			}
			b.ReportMetric(float64(b.N)*benchRows/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
