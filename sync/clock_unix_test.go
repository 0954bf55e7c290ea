//go:build unix

package sync

import (
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tracksync/internal/alarm"
	"tracksync/internal/track"
)

// BenchmarkToldRate starts 1,000 requests at 100/s in real time, against an API that
// answers at once, and prints how long after its earliest time each started, and the
// CPU time of the process.
//
//	go test -run '^$' -bench ToldRate -benchtime 1x ./sync
func BenchmarkToldRate(b *testing.B) {
	const interval = 10 * time.Millisecond
	var late []time.Duration
	cpu, took := cpuTime(b), time.Duration(0)
	for b.Loop() {
		f := newFake(ok)
		f.latency = func(int, track.Update) time.Duration { return 0 }
		run(b, f, 1000, Options{Rate: 100, Alarm: alarm.New}, nil)
		for _, gap := range f.gaps() {
			late = append(late, gap-interval)
			took += gap
		}
	}
	slices.Sort(late)
	for _, p := range []struct {
		name  string
		share float64
	}{{"p50-late-µs", .5}, {"p90-late-µs", .9}, {"p99-late-µs", .99}, {"max-late-µs", 1}} {
		nth := min(len(late)-1, int(p.share*float64(len(late))))
		b.ReportMetric(float64(late[nth].Nanoseconds())/1e3, p.name)
	}
	b.ReportMetric(took.Seconds()/float64(b.N), "s/1000-rows")
	b.ReportMetric((cpuTime(b)-cpu).Seconds()/float64(b.N), "cpu-s")
}

// cpuTime is what the process has used so far.
func cpuTime(b *testing.B) time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
