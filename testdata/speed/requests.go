//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// workers is how many requests may be in flight, in every program.
const workers = 64

const mebibyte = 1 << 20

// A series is what one program took, round by round.
type series []taken

func (s series) each(of func(taken) float64) []float64 {
	values := make([]float64, len(s))
	for i, t := range s {
		values[i] = of(t)
	}
	return values
}

func wall(t taken) float64 { return t.wall }
func cpu(t taken) float64  { return t.cpu }
func peak(t taken) float64 { return t.peak / mebibyte }

// sync runs tracksync sync in a run directory that it makes, and returns its name.
func (b *bench) sync(base, manifest string, options ...string) (string, taken, error) {
	run, err := os.MkdirTemp(b.dir, "run-")
	if err != nil {
		return "", taken{}, err
	}
	t, err := b.run(base, "tracksync",
		append([]string{"sync", "--yes", "--concurrency", fmt.Sprint(workers), "--out", run, manifest}, options...)...)
	return run, t, err
}

// unlimited runs tracksync without a limit, and removes what it wrote.
func (b *bench) unlimited(base, manifest string) (taken, error) {
	run, t, err := b.sync(base, manifest, "--rate", "unlimited")
	os.RemoveAll(run)
	return t, err
}

func (b *bench) bare(base, manifest string) (taken, error) {
	return b.run(base, "bare", "-base-url", base, "-workers", fmt.Sprint(workers), "-out", "bare.jsonl", manifest)
}

func (b *bench) naive(base, manifest string, perSecond int) (taken, error) {
	return b.run(base, "naive", "-base-url", base, "-workers", fmt.Sprint(workers), "-rate", fmt.Sprint(perSecond),
		"-out", "naive.jsonl", manifest)
}

// inTurn runs the programs one after another, round by round.
func inTurn(rounds int, programs ...func() (taken, error)) ([]series, error) {
	all := make([]series, len(programs))
	for range rounds {
		for i, program := range programs {
			t, err := program()
			if err != nil {
				return nil, err
			}
			all[i] = append(all[i], t)
		}
	}
	return all, nil
}

func (b *bench) rows() error {
	const rows = 20_000
	manifest, err := b.manifest(rows, "csv")
	if err != nil {
		return err
	}
	s, err := b.serve(0)
	if err != nil {
		return err
	}
	defer s.stop()
	all, err := inTurn(b.rounds,
		func() (taken, error) { return b.bare(s.url, manifest) },
		func() (taken, error) { return b.naive(s.url, manifest, 0) },
		func() (taken, error) { return b.unlimited(s.url, manifest) })
	if err != nil {
		return err
	}
	bare, naive, ours := all[0], all[1], all[2]
	perSecond := func(t taken) float64 { return rows / t.wall }
	processor := func(t taken) float64 { return t.cpu / rows * 10_000 }
	b.table.compared("20,000 rows, unlimited", "rows/s", ours.each(perSecond), "bare loop", bare.each(perSecond),
		atLeast(0.85))
	b.table.compared("20,000 rows, unlimited", "rows/s", ours.each(perSecond), "naive", naive.each(perSecond),
		atLeast(1))
	b.table.compared("CPU of 10,000 rows", "s", ours.each(processor), "bare loop", bare.each(processor), atMost(1.3))
	b.table.compared("CPU of 10,000 rows", "s", ours.each(processor), "naive", naive.each(processor), atMost(1))
	b.table.alone("peak memory, 20,000 rows", "MiB", ours.each(peak), atMost(32+16*rows/mebibyte))
	return nil
}

// many compares runs of many rows with the bare loop, and then resumes one.
func (b *bench) many(rows int) error {
	manifest, err := b.manifest(rows, "csv")
	if err != nil {
		return err
	}
	s, err := b.serve(0)
	if err != nil {
		return err
	}
	defer s.stop()
	rounds := 1
	if rows <= 1_000_000 {
		rounds = min(b.rounds, 3)
	}
	all, err := inTurn(rounds,
		func() (taken, error) { return b.bare(s.url, manifest) },
		func() (taken, error) { return b.unlimited(s.url, manifest) })
	if err != nil {
		return err
	}
	what := grouped(rows) + " rows"
	b.table.compared(what+", unlimited", "s", all[1].each(wall), "bare loop", all[0].each(wall), atMost(1.2))
	b.table.compared("CPU of "+what, "s", all[1].each(cpu), "bare loop", all[0].each(cpu), atMost(1.3))
	b.table.alone("peak memory, "+what, "MiB", all[1].each(peak), atMost(32+16*float64(rows)/mebibyte))
	return b.resumeRows(s, rows, 1)
}

// paced is what was seen of runs at a fixed rate.
type paced struct {
	durations []float64 // seconds, as the runs report them
	spans     []float64 // seconds from the first to the last request, at the server
	gaps      []float64 // seconds from one request to the next, of all runs
}

func (b *bench) rate() error {
	const rows, perSecond, rounds = 1000, 100, 2
	manifest, err := b.manifest(rows, "csv")
	if err != nil {
		return err
	}
	s, err := b.serve(0)
	if err != nil {
		return err
	}
	defer s.stop()
	var seen paced
	all, err := inTurn(rounds,
		func() (taken, error) { return b.naive(s.url, manifest, perSecond) },
		func() (taken, error) { return b.paced(s, manifest, rows, &seen) })
	if err != nil {
		return err
	}
	b.table.compared("--rate 100/s, 1,000 rows: CPU", "s", all[1].each(cpu), "naive", all[0].each(cpu), atMost(1.2))
	seen.lines(&b.table)
	return nil
}

// paced runs tracksync at 100/s, and adds what the server saw of it.
func (b *bench) paced(s *server, manifest string, rows int, seen *paced) (taken, error) {
	if _, err := s.arrivals(); err != nil { // of the program before
		return taken{}, err
	}
	run, t, err := b.sync(s.url, manifest, "--rate", "100/s")
	if err != nil {
		return t, err
	}
	arrivals, err := s.arrivals()
	if err != nil || len(arrivals) != rows {
		return t, fmt.Errorf("the server saw %d requests: %w", len(arrivals), err)
	}
	seen.spans = append(seen.spans, arrivals[rows-1])
	for i := 1; i < rows; i++ {
		seen.gaps = append(seen.gaps, arrivals[i]-arrivals[i-1])
	}
	duration, err := duration(run)
	seen.durations = append(seen.durations, duration)
	return t, err
}

func (p paced) lines(t *table) {
	off := func(values []float64) float64 { return max(slices.Max(values)-10, 10-slices.Min(values)) }
	t.line("--rate 100/s: time, as the run reports it", figure(median(p.durations), "s"), "", "", "9.98–10.02 s",
		off(p.durations) <= 0.02)
	slices.Sort(p.gaps)
	at := func(q float64) float64 { return 1000 * p.gaps[int(q*float64(len(p.gaps)-1))] }
	gaps := fmt.Sprintf("gaps: p1 %.1f, p50 %.1f, p99 %.1f, max %.1f ms", at(0.01), at(0.5), at(0.99), at(1))
	t.line("--rate 100/s: first to last request, at the server", figure(median(p.spans), "s"), "ideal 9.99 s", gaps,
		"within 1 %", off(p.spans) <= 0.1)
}

// duration returns the seconds of a run, as its summary has them.
func duration(run string) (float64, error) {
	b, err := os.ReadFile(filepath.Join(run, "summary.json"))
	if err != nil {
		return 0, err
	}
	var summary struct {
		Duration float64 `json:"duration_s"`
	}
	err = json.Unmarshal(b, &summary)
	return summary.Duration, err
}

// latency compares whole processes with rows × latency / requests in flight, and with the bare
// loop: the server's answers take longer than their latency on a busy machine.
func (b *bench) latency() error {
	for _, c := range []struct {
		latency time.Duration
		turns   int // requests one after another
	}{{50 * time.Millisecond, 100}, {250 * time.Millisecond, 20}, {2 * time.Second, 4}} {
		manifest, err := b.manifest(workers*c.turns, "csv")
		if err != nil {
			return err
		}
		s, err := b.serve(c.latency)
		if err != nil {
			return err
		}
		all, err := inTurn(1,
			func() (taken, error) { return b.bare(s.url, manifest) },
			func() (taken, error) { return b.unlimited(s.url, manifest) })
		s.stop()
		if err != nil {
			return err
		}
		bare, ours := all[0].each(wall), all[1].each(wall)
		ideal := c.latency.Seconds() * float64(c.turns)
		what := fmt.Sprintf("latency of %v, %s rows", c.latency, grouped(workers*c.turns))
		b.table.compared(what, "s", ours, "ideal", []float64{ideal}, atMost(1.02))
		b.table.compared(what, "s", ours, "bare loop", bare, atMost(1.02))
	}
	return nil
}

// grouped writes a count as people do: 1,000,000.
func grouped(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", grouped(n/1000), n%1000)
}
