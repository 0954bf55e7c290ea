package run

import (
	"tracksync/internal/track"
	"tracksync/report"
	engine "tracksync/sync"
)

// Outcome is how a session of a run ended, and what is there of it.
type Outcome struct {
	engine.End
	Summary report.Summary
	Faults  []error  // what went wrong here, and not with a row
	Files   []string // that were written, and are worth naming

	Failed   int            // rows in failed.csv
	Hopeless int            // rows that would end the same way if they were sent again as they are
	First    []track.Result // the first rows without success, at most maxFirst
	Undone   *Undone        // nil: nothing can be undone

	// Unsummarized says that summary.json could not be written.
	Unsummarized bool
	// Printed says that the output has what it was asked to carry.
	Printed bool
}

// maxFirst is how many rows without success an Outcome names.
const maxFirst = 10
