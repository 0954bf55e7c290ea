package report

import "time"

// Remembered is what a run knew from an earlier one about the limit of the API, and what
// came of it.
type Remembered struct {
	Learned
	LearnedAt time.Time    `json:"learned_at"`
	Sure      float64      `json:"sure"`    // from 0, a guess, to 1: known exactly
	Outcome   LimitOutcome `json:"outcome"` // held, not_met, fell, rose or other_kind
}

// LimitOutcome is what came of a limit that was remembered.
type LimitOutcome string

// The outcomes. NoneKnown stands in no summary.
const (
	NoneKnown LimitOutcome = ""           // nothing was remembered
	Held      LimitOutcome = "held"       // the run came up against the same limit
	NotMet    LimitOutcome = "not_met"    // the run came up against no limit
	Fell      LimitOutcome = "fell"       // the limit is lower than it was
	Rose      LimitOutcome = "rose"       // the limit is higher than it was
	OtherKind LimitOutcome = "other_kind" // the limit is of another kind than it was
)

// String is what was remembered and what came of it, in words.
func (r Remembered) String() string {
	l := r.Learned
	l.SuggestedRate = ""
	return l.String() + ", learned " + r.LearnedAt.UTC().Format("2006-01-02 15:04 UTC") + "; " + r.Outcome.words()
}

func (o LimitOutcome) words() string {
	switch o {
	case Held:
		return "it still holds"
	case Fell:
		return "it is lower now"
	case Rose:
		return "it is higher now"
	case OtherKind:
		return "it is of another kind now"
	}
	return "the run did not come up against it"
}
