package run

import (
	"tracksync/input"
	"tracksync/internal/safe"
	"tracksync/internal/track"
	"tracksync/report"
	engine "tracksync/sync"
)

// Config says what a run is to do. What is not described as optional must be set.
type Config struct {
	// Path is the directory of a new run: one that NewPath has named or, with Named,
	// one that the user has named, which must be new or empty. A run that is resumed
	// has its directory already.
	Path  string
	Named bool
	// NoLock leaves the run directory unlocked.
	NoLock bool

	Version string         // of tracksync, for files
	BaseURL string         // of the API, as files name it
	Account Account        // that the run works on
	Options map[string]any // for run.json: what a resumed run needs, by names of the caller's
	// OneSession names the options that are about one session, and not about the run.
	OneSession []string
	Reads      []string // files that the run reads, by their names: retention leaves them alone

	Manifest *input.Manifest // checked
	Checked  input.Summary   // what the check found
	Copies   *InputCopies    // of manifests that can be read only once

	API       engine.API
	Engine    engine.Options // but for the survey, the snapshots and the listeners
	Undo      bool           // keep what tracks were, and write undo.yaml
	StateFile string         // optional: which media was applied last

	// Remember begins with the limit that an earlier run of the account learned, and keeps
	// what this one learns: in the state file, else in LimitsFile. ForgetLimit begins
	// without it.
	Remember, ForgetLimit bool

	Hidden *safe.Secrets // what must not be written
	// Output is what standard output carries; nil: neither results nor a summary.
	Output Output
	// UndoHead are the lines of comment at the top of undo.yaml.
	UndoHead func(Undone) []string
	// ExitCode is the exit code of the process, by what is known so far.
	ExitCode func(Outcome) int
	// Pace is what was asked for, for the summary.
	Pace report.Pace
	// Warned is what the manifests were warned of, for the summary.
	Warned report.Warned
}

// Observer sees a run as it goes on. Its methods are called from one goroutine, and
// must wait for nobody.
type Observer interface {
	engine.Observer
	// Result takes the final result of a row, once the ledger has it.
	Result(track.Result)
	// Warn takes what went wrong beside the run and is no failure of it.
	Warn(Warning)
	// Unwritten takes lines that the file of results did not take: there is no other
	// place for them.
	Unwritten(results string, lines []byte)
	// End is called once, after the engine has ended; only Unwritten and Warn may follow.
	End()
}

// Output is what standard output carries: the results as they come, or the summary.
type Output interface {
	// Open is called before the first result with the name of the file of results,
	// which new ones follow from there on.
	Open(results string, from int64) error
	// Grown says that the file has whole lines up to there. It never waits.
	Grown(upTo int64) error
	// MayReplace reports whether the file of results may be replaced.
	MayReplace() bool
	// End ends it. unwritten are lines of results that the file did not take. This is
	// where a reader is waited for, as long as it is worth it.
	End(s report.Summary, unwritten []byte) error
}

// Warning is what went wrong beside the run.
type Warning struct {
	Kind WarningKind
	Err  error
}

// WarningKind says what went wrong. The zero value says nothing.
type WarningKind int

const (
	_            WarningKind = iota
	StatsLost                // the statistics of earlier sessions cannot be read
	StatsUnsaved             // the statistics cannot be saved; said once
	LatestStays              // tracksync-runs/latest does not point to this run
	LimitLost                // what an earlier run learned of the limit cannot be read
	LimitUnsaved             // what this run learned of the limit cannot be kept
)
