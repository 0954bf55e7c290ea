package report

import (
	"fmt"
	"iter"
	"time"

	"tracksync/internal/display"
	"tracksync/internal/track"
)

// Run is what the reports of a run are made of: its summary and its results.
type Run struct {
	Summary Summary
	Results Results
}

// Results yields the final results of the rows whose status want accepts, in the order of
// the manifest. Each call begins anew. An error ends the sequence.
type Results func(want func(track.Status) bool) iter.Seq2[track.Result, error]

// ResultsOf are results that are in memory.
func ResultsOf(list []track.Result) Results {
	return func(want func(track.Status) bool) iter.Seq2[track.Result, error] {
		return func(yield func(track.Result, error) bool) {
			for _, r := range list {
				if want(r.Status) && !yield(r, nil) {
					return
				}
			}
		}
	}
}

// The ends of a run that has not ended. All other ends are words of package sync.
const (
	Killed  = "killed"  // its process did not live to write the summary
	Running = "running" // a process is at work on it
)

// Unfinished is what is known of a run that has no summary of its own.
type Unfinished struct {
	End      string    // Killed or Running
	InFlight int       // rows whose update was in flight: they are unknown
	Latest   time.Time // when the last of the results ended; zero: there is none
	Measured time.Time // when the statistics were saved; zero: there are none
	Damaged  int       // lines of results that cannot be read
}

// Message says it in words.
func (u Unfinished) Message() string {
	text := "the run is going on, and this is what it has done so far"
	if u.End == Killed {
		text = "the process was killed or the machine went down: this is what the run directory says"
	}
	switch {
	case u.Latest.IsZero():
		text += "; no row has ended"
	default:
		text += "; the last row ended at " + stamp(u.Latest)
	}
	if u.Measured.IsZero() {
		text += "; requests and times are not known"
	} else if u.Measured.Before(u.Latest) {
		text += "; requests and times are those until " + stamp(u.Measured)
	}
	if u.InFlight > 0 && u.End == Killed {
		text += "; " + display.Count(u.InFlight, "row") + " may or may not have been applied"
	}
	if u.Damaged > 0 && u.End == Killed {
		text += fmt.Sprintf("; %s of the results cannot be read", display.Count(u.Damaged, "line"))
	}
	return text
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }
