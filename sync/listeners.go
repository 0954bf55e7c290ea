package sync

import (
	"time"

	"tracksync/internal/track"
	"tracksync/sync/pace"
)

// An engine tells what happens to up to four listeners. Those of the first three
// are called from one goroutine, in the order in which things happened, and need no
// lock.

// Observer sees a run, or a survey alone, as it goes on.
type Observer interface {
	// Attempt takes the end of every request.
	Attempt(Attempt)
	// Pause takes every span in which no request starts.
	Pause(pace.Pause)
	// Outage takes the beginning, once a probe has confirmed it, and the end of
	// every outage of the API.
	Outage(Downtime)
	// Reading takes how far the survey is, after each of its answers.
	Reading(Reading)
	// Tick is called several times a second while the run lasts. An error stops
	// the run.
	Tick() error
}

// Ledger takes the results of a run. An error of it stops the run; what was started
// still ends, and its results still come.
type Ledger interface {
	// Result takes the one final result of a row.
	Result(track.Row, track.Result) error
	// Flush is called when results have gathered, some milliseconds behind the first
	// of them: what has gathered is to be written.
	Flush() error
}

// Snapshots takes what the tracks were before they were changed.
type Snapshots interface {
	// Append takes what a track was right before a PUT; on an error the run stops,
	// and the PUT is not sent. It comes once more for a row whose PUT waited for
	// long, and was surely not applied until then.
	Append(track.Update, track.Track) error
	// Sync makes durable what Append took: no PUT is sent before.
	Sync() error
	// Ended takes what became of the PUT, before the row's Result: whether it was
	// applied or may have been, and what the answer said that the track has, where
	// it said otherwise.
	Ended(id track.ID, applied bool, answered track.Values) error
}

// Sent takes which rows a PUT is under way for, so that they are known when the
// process dies. It is called by many goroutines.
type Sent interface {
	// Sending is called before PUTs leave; on an error none of them is sent, and the
	// run stops. It must not keep the list.
	Sending([]track.Outgoing) error
	// NotApplied is called when the PUT was surely not applied.
	NotApplied(track.Row) error
}

// Attempt is one request and how it ended.
type Attempt struct {
	Row      int // Row.Number
	Started  time.Time
	Duration time.Duration
	Status   int    // of the answer; 0: none
	Code     string // of the error; empty for a success
	Refused  bool   // 429

	// Lacking is what this machine lacked to send it; empty: nothing. Then it is no
	// request: nothing has left.
	Lacking string

	// Limit is the rate in force after it.
	Limit pace.Rate
}

// Reading is how far the survey is.
type Reading struct {
	Calls  int // answered
	Seen   int // tracks that are kept
	Wanted int // 0: all there are
}
