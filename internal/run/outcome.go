package run

import (
	"tracksync/internal/track"
	"tracksync/report"
	engine "tracksync/sync"
)

// Outcome is how a session of a run ended.
type Outcome struct {
	engine.End
	Summary report.Summary
	Faults  []error  // errors that are not about a row
	Files   []string // written files that are worth a message

	Failed     int    // rows in failed.csv
	FailedList string // path of failed.csv; "" if there is none
	FailedBook string // path of failed.xlsx; "" if there is none

	Hopeless int            // rows that would end the same way if they were sent again unchanged
	First    []track.Result // the first rows without success, at most maxFirst
	Undone   *Undone        // nil: nothing can be undone

	// Unsummarized is set if summary.json could not be written.
	Unsummarized bool
	// Printed is set if the Output has everything that it should have.
	Printed bool
}

// maxFirst is how many rows without success an Outcome names: as many as a comment in Markdown
// has room for.
const maxFirst = 500
