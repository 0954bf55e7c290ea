//go:build unix

package input

import (
	"context"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gocarina/gocsv"
	"go.yaml.in/yaml/v4"
)

// The manifests and the structs of these benchmarks are those of .ci/speed, which
// compares whole processes.

// BenchmarkAgainstGocsv compares a check with gocsv's own reading of the table.
// BenchmarkAgainstYAML compares it with the YAML library's decoding of the whole
// document. The two sides are measured alternately. The ratios are those of elapsed time
// and of CPU time.
func BenchmarkAgainstGocsv(b *testing.B) {
	type row struct {
		ID        int64  `csv:"id"`
		Name      string `csv:"name"`
		Volume    int    `csv:"volume"`
		ProjectID int64  `csv:"project_id"`
		MediaURL  string `csv:"media_url"`
	}
	const rows = 200_000
	text := "id,name,volume,project_id,media_url\n" + tracks(rows,
		"%[1]d,Background track number %[1]d of all,%[2]d,%[3]d,https://media.example.com/tracks/%09[1]d/loop.mp3\n")
	against(b, file{"m.csv", text}, rows, "gocsv", func() error {
		return gocsv.UnmarshalToCallback(strings.NewReader(text), func(row) {})
	})
}

func BenchmarkAgainstYAML(b *testing.B) {
	type track struct {
		ID      int64  `yaml:"id"`
		Name    string `yaml:"name"`
		Volume  int    `yaml:"volume"`
		Project struct {
			ID int64 `yaml:"id"`
		} `yaml:"project"`
		Media struct {
			URL string `yaml:"url"`
		} `yaml:"media"`
	}
	const rows = 100_000
	text := tracks(rows, "- id: %[1]d\n  name: Background track number %[1]d of all\n  volume: %[2]d\n  project: {id: %[3]d}\n"+
		"  media: {url: https://media.example.com/tracks/%09[1]d/loop.mp3}\n")
	against(b, file{"m.yaml", text}, rows, "yaml", func() error {
		var all []track
		return yaml.Unmarshal([]byte(text), &all)
	})
}

// BenchmarkJSONL reports how many lines per second one core checks.
func BenchmarkJSONL(b *testing.B) {
	const rows = 200_000
	f := file{"m.jsonl", tracks(rows, `{"id":%[1]d,"name":"Background track number %[1]d of all","volume":%[2]d,`+
		`"project":{"id":%[3]d},"media":{"url":"https://media.example.com/tracks/%09[1]d/loop.mp3"}}`+"\n")}
	var all taken
	for b.Loop() {
		all.add(b, func() error { return check(f) })
	}
	b.ReportMetric(float64(b.N)*rows/all.cpu.Seconds(), "rows/s/core")
}

func tracks(rows int, form string) string {
	var b strings.Builder
	for i := range rows {
		fmt.Fprintf(&b, form, 100_000+i, i%101, 1+i%7)
	}
	return b.String()
}

func check(f file) error {
	_, err := openFiles(Options{}, f).Check(context.Background())
	return err
}

// against compares a check with what a library alone does.
func against(b *testing.B, f file, rows int, library string, alone func() error) {
	var ours, theirs taken
	for b.Loop() {
		theirs.add(b, alone)
		ours.add(b, func() error { return check(f) })
	}
	b.ReportMetric(0, "ns/op") // would be that of both sides together
	b.ReportMetric(float64(ours.wall)/float64(theirs.wall), "of-"+library)
	b.ReportMetric(float64(ours.cpu)/float64(theirs.cpu), "of-"+library+"-cpu")
	b.ReportMetric(float64(b.N)*float64(rows)/ours.wall.Seconds(), "rows/s")
}

// taken is how much elapsed time and CPU time something took.
type taken struct{ wall, cpu time.Duration }

func (t *taken) add(b *testing.B, do func() error) {
	wall, cpu := time.Now(), processors(b)
	if err := do(); err != nil {
		b.Fatal(err)
	}
	t.wall += time.Since(wall)
	t.cpu += processors(b) - cpu
}

// processors is the CPU time that this process has used.
func processors(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
