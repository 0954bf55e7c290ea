package sync

import "time"

// rowThrottle tells a row that is refused on its own from a limit that refuses
// everyone. A row is refused alone when others succeed while it is refused
// again and again, and hardly anyone else is.
type rowThrottle struct {
	times     int // refusals alone, in succession
	own       int // refusals of the row since the counts below were taken
	refusals  int // of the whole run, when the row was last judged
	successes int // likewise
}

const (
	maxAlone  = 20
	suspectAt = 3

	// longestAloneWait is between two attempts of a row that is suspect.
	longestAloneWait = 5 * time.Second

	// othersRefused is how many other refusals between two judgements make a
	// refusal the limit's doing rather than the row's.
	othersRefused = 3
)

// refused counts a refusal, given the run's counts with this refusal in them.
// It reports whether the row has been refused alone too often. While no other
// row succeeds or is refused there is nothing to judge by: it waits for that.
// nothingElse says that the row is all that is left of a run that had successes.
func (t *rowThrottle) refused(refusals, successes int, nothingElse bool) bool {
	t.own++
	others := refusals - t.refusals - t.own
	switch {
	case t.refusals == 0:
		t.times = 1
	case others >= othersRefused:
		t.times = 0
	case successes > t.successes, nothingElse:
		t.times++
	default:
		return false
	}
	t.own, t.refusals, t.successes = 0, refusals, successes
	return t.times >= maxAlone
}

// suspect reports whether the row seems to be refused for a reason of its own:
// then its refusals slow down nothing but itself.
func (t *rowThrottle) suspect() bool { return t.times >= suspectAt }

// wait is how long a row that is suspect waits.
func (t *rowThrottle) wait() time.Duration {
	return min(longestAloneWait, time.Second<<(t.times-suspectAt))
}
