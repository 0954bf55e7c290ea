package sync

import "time"

// rowThrottle distinguishes a row that is refused alone from a rate limit that concerns all
// rows. A row is refused alone if it is refused again and again while others succeed and
// are hardly ever refused.
type rowThrottle struct {
	times     int // refusals alone, in succession
	own       int // refusals of this row since it was last judged
	refusals  int // refusals of the whole run at that time
	successes int // successes of the whole run at that time
}

const (
	maxAlone  = 20
	suspectAt = 3

	// longestAloneWait is the longest wait between two requests of a suspect row.
	longestAloneWait = 5 * time.Second

	// othersRefused is how many refusals of other rows, between two judgements, mean that
	// the rate limit is the reason and not the row.
	othersRefused = 3
)

// refused counts a refusal, given the counts of the whole run, which include it. It reports
// whether the row has been refused alone too often. As long as no other row succeeds or is
// refused, the row is not judged. nothingElse says that this row is the only one left of a
// run that had successes.
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

// suspect reports whether the row seems to be refused for a reason of its own. Its refusals
// then slow down only this row.
func (t *rowThrottle) suspect() bool { return t.times >= suspectAt }

// wait is how long a suspect row waits.
func (t *rowThrottle) wait() time.Duration {
	return min(longestAloneWait, time.Second<<(t.times-suspectAt))
}
