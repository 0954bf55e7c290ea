package sync

import (
	"cmp"
	"container/heap"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/track"
	"tracksync/sync/current"
	"tracksync/sync/plan"
)

// job is a row on its way, or a part of the survey: what is to be asked next, and
// what has been tried so far.
type job struct {
	row     track.Row
	step    step
	todo    track.Values  // what the PUT sends
	changes track.Changes // what that changes
	before  *track.Track  // the state of the track, if it was read
	seen    time.Time     // when that was
	kept    bool          // the sink has it
	page    current.Page  // of the listing
	canary  bool          // sent alone, and read back
	ended   bool          // with what the survey found

	withheld *plan.Mismatch // why the media is not sent, where only that is left alone

	answered track.Field[string] // the media's URL in the answer to the PUT

	attempts int       // of this step: requests that were answered or lost; refusals and those lost in outages not counted
	stage    int       // the number of the step, if to read again is none of its own
	earlier  int       // the same, of the steps before
	again    bool      // the track is read again; attempts are those of the PUT too
	looks    int       // how often, since the PUT was answered otherwise than by a refusal
	lost     int       // requests lost in outages
	charged  int       // failures as of an API that is down, in no outage, of all steps
	outlived int       // outages that it failed in and that have ended
	request  *request  // the latest, as evidence
	probe    bool      // what is under way is a probe of an outage
	refusals int       // 429s
	started  time.Time // the first request's start; zero before it
	sent     time.Time // when the latest request was let start
	flying   bool      // its answer has not been taken account of
	due      time.Time // not before this
	heeded   bool      // the pace knows of the answer that is under way
	maybe    bool      // an attempt may have been applied, also in an earlier session
	risked   bool      // the PUT of this session may have been applied
	doubt    doubt     // which attempts of it
	applied  bool      // it was answered with success
	status   int       // of the last answer
	last     *api.Error

	lone lone
}

// step is what a job asks the API next.
type step uint8

const (
	sending    step = iota // PUT
	reading                // GET, before the PUT
	confirming             // GET, after the PUT
	listing                // a page of the survey
	surveying              // a track of the survey
)

// deed says the step as a person would.
func (s step) deed() string {
	switch s {
	case sending:
		return "update tracks"
	case listing:
		return "list tracks"
	}
	return "read tracks"
}

// newJob returns the job of a row. That an earlier session may have applied it
// stays true whatever becomes of further attempts.
func newJob(row track.Row) *job {
	return &job{
		row: row, todo: row.Update.Values, changes: track.ChangesOf(row.Update.Values),
		maybe: unknownBefore(row),
	}
}

// goOn is the next step, which has attempts of its own.
func (j *job) goOn(s step) {
	j.step = s
	j.earlier += j.attempts
	j.attempts = 0
	j.stage++
}

// readAgain reads the track once more before the PUT is tried again. It gives the
// row no further attempts: those of the two count together.
func (j *job) readAgain() {
	j.step, j.again = reading, true
	j.looks++
}

// sendNow goes on to the PUT, with the attempts that it has had.
func (j *job) sendNow() {
	if !j.again {
		j.goOn(sending)
		return
	}
	j.step, j.again = sending, false
	j.attempts-- // the answer that was read
	j.earlier++
}

// mayBeApplied takes note that the latest PUT may have been applied, and of what
// became of it.
func (j *job) mayBeApplied(why string) {
	j.maybe, j.risked = true, true
	j.doubt.add(j.sent, why)
}

// unapplied takes note that no PUT of this session was applied.
func (j *job) unapplied() {
	j.maybe, j.risked = unknownBefore(j.row), false
	j.doubt = doubt{puts: j.doubt.puts}
}

// unknownBefore reports whether an earlier session may have applied the row.
func unknownBefore(row track.Row) bool {
	return row.Earlier != nil && row.Earlier.Status == track.Unknown
}

// own are the states in which the run itself may have left the track.
func (j *job) own() []track.Values {
	var own []track.Values
	if j.row.Earlier != nil {
		own = j.row.Earlier.Own()
	}
	if j.risked {
		own = append(own, j.todo)
	}
	return own
}

// charge takes note of a failure as of an API that is down.
func (j *job) charge() {
	j.attempts++
	j.charged++
}

// giveBack makes good an attempt that was lost in an outage. Since then the job may
// have gone on to another step.
func (j *job) giveBack(r *request) {
	j.lost++
	j.charged--
	if r.stage == j.stage && j.attempts > 0 {
		j.attempts--
	} else {
		j.earlier--
	}
}

// lostInOutage reports whether the latest request was.
func (j *job) lostInOutage() bool { return j.request != nil && j.request.spared }

// chargeAgain takes back what giveBack gave: it was no outage.
func (j *job) chargeAgain() {
	j.lost--
	j.charge()
}

// lone tells a row that is refused on its own from a limit that refuses
// everyone. A row is refused alone when others succeed while it is refused
// again and again, and hardly anyone else is.
type lone struct {
	times     int // refusals alone, in succession
	own       int // refusals of the row since the counts below were taken
	refusals  int // of the whole run, when the row was last judged
	successes int // likewise
}

const (
	maxLone   = 20
	suspectAt = 3

	// longestLoneWait is between two attempts of a row that is suspect.
	longestLoneWait = 5 * time.Second

	// othersRefused is how many other refusals between two judgements make a
	// refusal the limit's doing rather than the row's.
	othersRefused = 3
)

// refused counts a refusal, given the run's counts with this refusal in them.
// It reports whether the row has been refused alone too often. While no other
// row succeeds or is refused there is nothing to judge by: it waits for that.
// nothingElse says that the row is all that is left of a run that had successes.
func (l *lone) refused(refusals, successes int, nothingElse bool) bool {
	l.own++
	others := refusals - l.refusals - l.own
	switch {
	case l.refusals == 0:
		l.times = 1
	case others >= othersRefused:
		l.times = 0
	case successes > l.successes, nothingElse:
		l.times++
	default:
		return false
	}
	l.own, l.refusals, l.successes = 0, refusals, successes
	return l.times >= maxLone
}

// suspect reports whether the row seems to be refused for a reason of its own:
// then its refusals slow nobody down but itself.
func (l *lone) suspect() bool { return l.times >= suspectAt }

// result is the row's final result but for status and error. What was done for
// the row before the run was taken up again is in it.
func (j *job) result(now time.Time) track.Result {
	r := bare(j.row, now)
	r.HTTPStatus = j.status
	r.Attempts = j.earlier + j.attempts
	r.RateLimited = j.refusals
	r.OutageAttempts = j.lost
	if !j.started.IsZero() {
		r.DurationMS = float64(now.Sub(j.started).Microseconds()) / 1000
	}
	r.AnsweredMedia = j.answered
	if e := j.row.Earlier; e != nil {
		r.Attempts += e.Attempts
		r.RateLimited += e.RateLimited
		r.OutageAttempts += e.OutageAttempts
		r.DurationMS += e.DurationMS
		r.HTTPStatus = cmp.Or(r.HTTPStatus, e.HTTPStatus)
	}
	return r
}

// bare is a result for a row to which nothing was sent.
func bare(row track.Row, now time.Time) track.Result {
	return track.Result{
		Row:        row.Number,
		Source:     row.Position.File,
		Line:       row.Position.Line,
		Sheet:      row.Position.Sheet,
		Cell:       row.Position.Cell,
		ID:         row.Update.ID,
		FinishedAt: now.UTC(),
		Asked:      row.Update.Fingerprint(),
	}
}

// nothingToSend is the result of a row of which nothing is to be sent, whatever
// becomes of the run, and whether it is one.
func nothingToSend(row track.Row, now time.Time) (track.Result, bool) {
	r := bare(row, now)
	decision := plan.DecideRow(row)
	r.Status, r.Error = decision.Verdict.Status(), decision.Error()
	return r, decision.Verdict != plan.Send
}

// ResultUnreached is the result of a row that a run never came to: that it was
// not attempted, or what was known of it before, if anything was. A row of which
// nothing was to be sent has the result that it would have had.
func ResultUnreached(row track.Row, now time.Time) track.Result {
	r, final := nothingToSend(row, now)
	switch {
	case final:
		return r
	case row.Earlier != nil:
		return *row.Earlier
	}
	r.Status = track.NotAttempted
	return r
}

// waiting holds the jobs that wait for their next attempt, the earliest first.
type waiting []*job

func (w waiting) Len() int           { return len(w) }
func (w waiting) Less(i, k int) bool { return w[i].due.Before(w[k].due) }
func (w waiting) Swap(i, k int)      { w[i], w[k] = w[k], w[i] }
func (w *waiting) Push(x any)        { *w = append(*w, x.(*job)) }
func (w *waiting) Pop() any {
	last := len(*w) - 1
	j := (*w)[last]
	(*w)[last] = nil
	*w = (*w)[:last]
	return j
}

func (w *waiting) add(j *job) { heap.Push(w, j) }
func (w *waiting) take() *job { return heap.Pop(w).(*job) }

// takeFirst takes the earliest that fits; nil: none does.
func (w *waiting) takeFirst(fits func(*job) bool) *job {
	earliest := -1
	for i, j := range *w {
		if fits(j) && (earliest < 0 || w.Less(i, earliest)) {
			earliest = i
		}
	}
	if earliest < 0 {
		return nil
	}
	return heap.Remove(w, earliest).(*job)
}
