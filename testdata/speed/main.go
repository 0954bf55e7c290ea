//go:build unix

// Command speed compares tracksync with what one would write instead, and prints
// a table of medians and ratios. .ci/speed builds and runs it.
//
//	main.go        flags, sections and their order
//	process.go     runs a program, and says what it took
//	manifests.go   writes the manifests
//	workbook.go    writes the workbook
//	table.go       the table
//	requests.go    the sections that send: rows, million, rate, latency
//	reading.go     the sections that read: validate, yaml, jsonl, xlsx, resume
//	binary.go      the section about the program itself
//	stub/          the server
//	bare/, naive/  the programs that tracksync is compared with
//	reading/       the libraries alone
//
// What is compared runs in turn, A B A B …, and the ratio of a line is the median of
// the ratios of the rounds, so that it holds when the machine's speed drifts.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
)

// A section is a part of the comparison that can be asked for by name.
type section struct {
	name string
	long bool // only when it is named
	does string
	run  func(*bench) error
}

var sections = []section{
	{"rows", false, "20,000 rows, unlimited, against the bare loop and the naive program", (*bench).rows},
	{"million", true, "1,000,000 rows, and a resume of them", func(b *bench) error { return b.many(1_000_000) }},
	{"five-million", true, "5,000,000 rows, and a resume of them", func(b *bench) error { return b.many(5_000_000) }},
	{"rate", false, "--rate 100/s for ten seconds, against the naive program", (*bench).rate},
	{"latency", false, "latencies of 50 ms, 250 ms and 2 s, against the ideal and the bare loop", (*bench).latency},
	{"validate", false, "validate of 1,000,000 CSV rows, against gocsv", (*bench).validate},
	{"yaml", false, "validate of 100,000 YAML tracks, against the YAML library", (*bench).yaml},
	{"jsonl", false, "validate of 1,000,000 lines of JSON", (*bench).jsonLines},
	{"xlsx", false, "validate of a workbook of 100,000 rows of 8 columns, against excelize", (*bench).workbook},
	{"resume", false, "sync --resume of runs that are all done, against validate", (*bench).resume},
	{"binary", false, "tracksync --version, and the size of the stripped binary", (*bench).binary},
}

func main() {
	b := &bench{}
	flag.StringVar(&b.bin, "bin", "", "directory of the programs")
	flag.StringVar(&b.dir, "dir", "", "scratch directory")
	flag.IntVar(&b.rounds, "rounds", 5, "rounds of what takes seconds; longer sections have fewer")
	flag.Usage = usage
	flag.Parse()
	if err := b.compare(flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "FAILED:", err)
		os.Exit(1)
	}
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: .ci/speed [-rounds N] [SECTION...]")
	for _, s := range sections {
		also := ""
		if s.long {
			also = " (only when it is named: takes minutes)"
		}
		fmt.Fprintf(os.Stderr, "  %-13s %s%s\n", s.name, s.does, also)
	}
}

// compare runs the sections that are named, or all but the long ones.
func (b *bench) compare(names []string) error {
	for _, name := range names {
		if !slices.ContainsFunc(sections, func(s section) bool { return s.name == name }) {
			usage()
			return fmt.Errorf("there is no section %q", name)
		}
	}
	fmt.Printf("%s, %s/%s, %d processors%s\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), load())
	b.table.head()
	for _, s := range sections {
		if len(names) == 0 && s.long || len(names) > 0 && !slices.Contains(names, s.name) {
			continue
		}
		if err := s.run(b); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	if len(b.table.missed) > 0 {
		fmt.Printf("\nnot met: %s\n", strings.Join(b.table.missed, "; "))
	}
	return nil
}

// load says how busy the machine was in the last minute, where that is known. Times and
// rates on a busy machine say little; times of processors say more.
func load() string {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	minute, _, _ := strings.Cut(string(b), " ")
	return ", load " + minute
}
