package sync

import (
	"time"

	"tracksync/internal/track"
	"tracksync/sync/pace"
)

// An engine reports to up to four listeners. The first three are called from one goroutine,
// in the order of events, and need no lock.

// Observer watches a run, or a survey without a run.
type Observer interface {
	// Attempt is called at the end of every request.
	Attempt(Attempt)
	// Pause is called for every span in which no request starts.
	Pause(pace.Pause)
	// Outage is called at the beginning of every outage of the API, after a probe has
	// confirmed it, and at the end.
	Outage(Downtime)
	// Learned is called every few seconds, if anything is known of the API's limit.
	Learned(pace.Limit)
	// Reading is called after each answer of the survey.
	Reading(Reading)
	// Tick is called several times a second while the run lasts. An error stops
	// the run.
	Tick() error
}

// Ledger records the results of a run. After an error of a Ledger the run stops; rows in
// flight still end, and their results are still reported.
type Ledger interface {
	// Result gets the only and final result of a row.
	Result(track.Row, track.Result) error
	// Flush is called some milliseconds after a Result, and must write all results so far.
	Flush() error
}

// Snapshots records what the tracks were before they were changed.
type Snapshots interface {
	// Append gets what a track was right before a PUT. After an error the run stops, and
	// the PUT is not sent. It is called again for a row whose PUT had to wait long and was
	// certainly not applied before.
	Append(track.Update, track.Track) error
	// Sync makes everything durable that Append got. No PUT is sent before that.
	Sync() error
	// Ended gets the outcome of the PUT before the row's Result: whether it was applied or
	// may have been, and the values in the answer that differ from those that were sent.
	Ended(id track.ID, applied bool, answered track.Values) error
}

// Sent records which rows have a PUT in flight, so that they are known if the process
// dies. It must be safe for concurrent use.
type Sent interface {
	// Sending is called before PUTs are sent. After an error none of them is sent, and the
	// run stops. It must not retain the slice.
	Sending([]track.Outgoing) error
	// NotApplied is called when a PUT was certainly not applied.
	NotApplied(track.Row) error
}

// Attempt is one request and how it ended.
type Attempt struct {
	Row      int  // Row.Number
	Update   bool // it was a PUT, which Sent knows
	Started  time.Time
	Duration time.Duration
	Status   int    // of the answer; 0: none
	Code     string // of the error; empty for a success
	Refused  bool   // 429

	// Lacking is what this machine lacked to send the request; empty: nothing. If it is
	// set, nothing was sent.
	Lacking string

	// Limit is the rate in force after the request.
	Limit pace.Rate
}

// Reading is how far the survey is.
type Reading struct {
	Calls  int // calls that were answered
	Seen   int // tracks that were stored
	Wanted int // tracks that are wanted; 0: all
}
