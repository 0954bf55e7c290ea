//go:build unix

package main

import (
	"fmt"
	"os"
)

// against compares validate of a manifest with a library that only reads it.
func (b *bench) against(tracks int, extension, library, what string, target target) error {
	manifest, err := b.manifest(tracks, extension)
	if err != nil {
		return err
	}
	all, err := inTurn(min(b.rounds, 3),
		func() (taken, error) { return b.run("", "reading", library, manifest) },
		func() (taken, error) { return b.run("", "tracksync", "validate", manifest) })
	if err != nil {
		return err
	}
	b.table.compared(what, "s", all[1].each(wall), library, all[0].each(wall), target)
	b.table.compared(what+": CPU", "s", all[1].each(cpu), library, all[0].each(cpu), target)
	return nil
}

func (b *bench) validate() error {
	return b.against(1_000_000, "csv", "gocsv", "validate, 1,000,000 CSV rows", atMost(1))
}

func (b *bench) yaml() error {
	return b.against(100_000, "yaml", "yaml", "validate, 100,000 YAML tracks", atMost(0.8))
}

// workbook compares validate of a workbook of eight columns with excelize's iterator over
// its rows, in time and in memory.
func (b *bench) workbook() error {
	const rows = 100_000
	book, err := b.writeWorkbook(rows)
	if err != nil {
		return err
	}
	all, err := inTurn(min(b.rounds, 3),
		func() (taken, error) { return b.run("", "reading", "excelize", book) },
		func() (taken, error) { return b.run("", "tracksync", "validate", book) })
	if err != nil {
		return err
	}
	const what = "validate, 100,000 rows of XLSX"
	b.table.compared(what, "s", all[1].each(wall), "excelize", all[0].each(wall), atMost(1/0.7))
	b.table.compared(what+": CPU", "s", all[1].each(cpu), "excelize", all[0].each(cpu), atMost(1/0.7))
	b.table.compared(what+": memory", "MB", all[1].each(peak), "excelize", all[0].each(peak), atMost(1.3))
	b.table.alone(what+", a second of one core", "rows",
		all[1].each(func(t taken) float64 { return rows / t.cpu }), atLeast(25_000))
	return nil
}

func (b *bench) jsonLines() error {
	const rows = 1_000_000
	manifest, err := b.manifest(rows, "jsonl")
	if err != nil {
		return err
	}
	all, err := inTurn(min(b.rounds, 3), func() (taken, error) { return b.run("", "tracksync", "validate", manifest) })
	if err != nil {
		return err
	}
	b.table.alone("validate, 1,000,000 lines of JSON, a second of one core", "rows",
		all[0].each(func(t taken) float64 { return rows / t.cpu }), atLeast(300_000))
	return nil
}

func (b *bench) resume() error {
	s, err := b.serve(0)
	if err != nil {
		return err
	}
	defer s.stop()
	for _, rows := range []int{20_000, 200_000} {
		if err := b.resumeRows(s, rows, min(b.rounds, 3)); err != nil {
			return err
		}
	}
	return nil
}

// resumeRows makes a run and resumes it, although it is all done.
func (b *bench) resumeRows(s *server, rows, rounds int) error {
	manifest, err := b.manifest(rows, "csv")
	if err != nil {
		return err
	}
	run, _, err := b.sync(s.url, manifest, "--rate", "unlimited")
	defer os.RemoveAll(run)
	if err != nil {
		return err
	}
	if _, err := s.arrivals(); err != nil {
		return err
	}
	all, err := inTurn(rounds,
		func() (taken, error) { return b.run("", "tracksync", "validate", manifest) },
		func() (taken, error) { return b.run(s.url, "tracksync", "sync", "--yes", "--resume", run) })
	if err != nil {
		return err
	}
	if again, err := s.arrivals(); err != nil || len(again) > 0 {
		return fmt.Errorf("a run that was all done sent %d requests: %w", len(again), err)
	}
	what := "resume of " + grouped(rows) + " rows that are done"
	b.table.compared(what, "s", all[1].each(wall), "validate", all[0].each(wall), atMost(3))
	b.table.compared(what+": CPU", "s", all[1].each(cpu), "validate", all[0].each(cpu), atMost(3))
	return nil
}
