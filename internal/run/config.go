package run

import (
	"tracksync/input"
	"tracksync/internal/safe"
	"tracksync/internal/track"
	"tracksync/report"
	engine "tracksync/sync"
)

// Config says what a run is to do. Every field is required unless its comment says that
// it is optional or what its zero value means.
type Config struct {
	// Path is the directory of a new run: a path from NewPath or, if Named is set, a
	// path from the user, which must be new or empty. A resumed run only looks beside it for
	// old runs.
	Path  string
	Named bool
	// NoLock leaves the run directory unlocked.
	NoLock bool

	Version string         // of tracksync, for files
	BaseURL string         // of the API, as files name it
	Account Account        // the account that the run works on
	Options map[string]any // for run.json: what a resumed run needs, under names that the caller chooses
	// OneSession names the options that are about one session rather than the run.
	OneSession []string
	Reads      []string // names of the files that the run reads; Prune does not remove them

	Manifest *input.Manifest // checked
	Checked  input.Summary   // the result of the check
	Shard    track.Shard     // the part of the manifest that the run has; zero: all of it
	Copies   *InputCopies    // copies of manifests that can be read only once

	API       engine.API
	Engine    engine.Options // without survey, snapshots and the other options that this package sets
	Undo      bool           // record what tracks were, and write undo.yaml
	StateFile string         // optional: which media was applied last
	// MetricsFile is optional: metrics for the textfile collector of the node exporter.
	MetricsFile string

	// Remember starts with the limit that an earlier run of the account learned, and
	// saves what this one learns: in the state file if there is one, otherwise in
	// LimitsFile. With ForgetLimit as well, the run starts without the earlier limit.
	Remember, ForgetLimit bool

	Hidden *safe.Secrets // texts that must not be written
	// Output is what standard output carries; nil: neither results nor a summary.
	Output Output
	// UndoHead returns the lines of the comment at the top of undo.yaml.
	UndoHead func(Undone) []string
	// ExitCode returns the exit code of the process, as far as the outcome is known.
	ExitCode func(Outcome) int
	// Next returns what to do next, as far as the outcome is known.
	Next func(Outcome) report.Step
	// Pace is the requested pace, for the summary.
	Pace report.Pace
	// Warned is the warnings about the manifests, for the summary.
	Warned report.Warned
}

// Observer watches a run. Its methods are called from one goroutine and must not block.
type Observer interface {
	engine.Observer
	// Result gets the final result of a row, after the ledger has it.
	Result(track.Result)
	// Warn gets an error that is not a failure of the run.
	Warn(Warning)
	// Unwritten gets lines that could not be written to the file of results. They are
	// stored nowhere else.
	Unwritten(results string, lines []byte)
	// End is called once, after the engine has ended. Only Unwritten and Warn may be
	// called after it.
	End()
}

// Output is what standard output carries: the results as they come, or the summary.
type Output interface {
	// Open is called before the first result. results is the name of the file of
	// results; new lines start at the offset from.
	Open(results string, from int64) error
	// Grown says that the file has whole lines up to an offset. It never blocks.
	Grown(upTo int64) error
	// MayReplace reports whether the file of results may be replaced.
	MayReplace() bool
	// End writes the rest. unwritten are result lines that could not be written to the
	// file. Only this method waits for a reader, for a limited time.
	End(s report.Summary, unwritten []byte) error
}

// Warning is an error that is not a failure of the run.
type Warning struct {
	Kind WarningKind
	Err  error
}

// WarningKind says what went wrong. The zero value is not a kind.
type WarningKind int

const (
	_              WarningKind = iota
	StatsLost                  // the statistics of earlier sessions cannot be read
	StatsUnsaved               // the statistics cannot be saved; reported once
	InUse                      // another program has a file of the run open, so it stays as it was
	Beside                     // the same, so this session's file is beside it
	StateBeside                // the same with the state file
	LatestStays                // tracksync-runs/latest cannot be changed and does not point to this run
	LimitLost                  // the limit that an earlier run learned cannot be read
	LimitUnsaved               // the limit that this run learned cannot be saved
	MetricsLost                // the metrics of the run before cannot be read
	MetricsUnsaved             // the metrics cannot be written; reported once
	Unmarked                   // the workbook cannot be marked, so there is no failed.xlsx
)
