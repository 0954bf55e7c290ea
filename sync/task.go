package sync

import (
	"context"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/track"
)

// task is something that needs requests until it is done: a row, a page of the survey, or a
// track that the survey reads individually.
type task interface {
	tried() *tries
	kind() requestKind // of its next request
	number() int       // of its row; 0 in the survey
	ask(context.Context, *Engine) reply

	// noted takes note of a failure that may concern more than the next attempt.
	noted(*api.Error)
	// succeeded is what becomes of the task after an answer that is a success.
	succeeded(reply, situation) move
	// exhausted is what becomes of it when nothing more is tried.
	exhausted(situation) move
	// stopped is what becomes of it when the run stops before it is done.
	stopped(situation) move
}

// requestKind is what a request asks for.
type requestKind uint8

const (
	readRequest requestKind = iota
	writeRequest
	pageRequest
)

// verb says what a request asks for, for people.
func (k requestKind) verb() string {
	switch k {
	case writeRequest:
		return "update tracks"
	case pageRequest:
		return "list tracks"
	}
	return "read tracks"
}

// situation is what a decision about a task depends on, besides the task.
type situation struct {
	now      time.Time
	stopping bool // the run stops
}

// move is what follows for a task, with all consequences. The task decides and changes only
// itself; the dispatcher carries out the move.
type move struct {
	to      place         // where the task goes
	first   bool          // before all tasks that are ready
	stop    *stop         // why the run stops; nil: it does not stop because of this
	applied *appliedMedia // for Options.Media; nil: nothing
	events  []event       // for the listeners, in this order
	result  *track.Result // the result of a row, for the stop policy; nil: the policy does not count it
	cut     bool          // the row ended early because the run stops
	forget  bool          // media was sent, and it is not known whether it was applied
}

// appliedMedia is media that a PUT has set.
type appliedMedia struct {
	sent             string
	before, answered track.Field[string]
}

// reply is the answer to a request, or its error.
type reply struct {
	track  track.Track
	tracks []track.Track // the tracks of a page
	answer api.Answer
	err    error
}

// outcome is the outcome of one request of a task.
type outcome struct {
	task task
	sent time.Time
	took time.Duration
	reply
	early bool // only the header of an answer that asks to wait; the rest follows
}

// tries is what has been tried for a task so far, and its place in the queue.
type tries struct {
	effort
	flight
	throttle rowThrottle
	started  time.Time // when the first request started; zero before that
	due      time.Time // the next request must not start earlier
	status   int       // HTTP status of the last answer
	last     *api.Error
	place    place // set only by the queue
}

// effort counts requests.
type effort struct {
	attempts int // attempts of this step: requests that were answered or lost, without refusals and outages
	stage    int // the number of the step; reading again before a PUT is not a step of its own
	earlier  int // attempts of earlier steps
	lost     int // requests that failed in outages
	charged  int // failures of all steps that looked like an outage but were not part of one
	outlived int // outages in which the task failed and which have ended
	refusals int // 429s
}

// flight is the latest request.
type flight struct {
	request  *request  // the request as evidence
	sent     time.Time // when it was allowed to start
	probe    bool      // it is a probe during an outage
	flying   bool      // its outcome has not been handled yet
	paceTold bool      // the pace knows its header; the body is still to come
}

func (t *tries) tried() *tries    { return t }
func (t *tries) number() int      { return 0 }
func (t *tries) noted(*api.Error) {}

// charge counts a failure that looks like an outage as an attempt.
func (t *tries) charge() {
	t.attempts++
	t.charged++
}

// giveBack undoes charge for a request that turned out to be lost in an outage. The task
// may have gone on to another step since.
func (t *tries) giveBack(r *request) {
	t.lost++
	t.charged--
	if r.stage == t.stage && t.attempts > 0 {
		t.attempts--
	} else {
		t.earlier--
	}
}

// chargeAgain undoes giveBack: it was no outage after all.
func (t *tries) chargeAgain() {
	t.lost--
	t.charge()
}

// lostInOutage reports whether the latest request was lost in an outage.
func (t *tries) lostInOutage() bool { return t.request != nil && t.request.spared }

// untried reports whether no request of the task was answered, refused or lost.
func (t *tries) untried() bool { return t.earlier+t.attempts+t.lost+t.refusals == 0 }

// verdict is what a failure means for its task.
type verdict uint8

const (
	tryAgain  verdict = iota + 1 // after a wait
	undecided                    // until it is known whether an outage began
	exhausted                    // nothing more is tried
	stopped                      // the run leaves it
)

// afterFailure says what becomes of a task whose latest request failed. A final
// answer leaves no further attempt, unless it came in an outage. mayBeOutage says
// that the failure may yet turn out to be one of an outage.
func (t *tries) afterFailure(stopping, mayBeOutage bool, maxAttempts int) verdict {
	final := t.last.Class == api.Permanent && t.attempts > 0 && !t.lostInOutage()
	usedUp := final || t.attempts >= maxAttempts
	switch {
	case (stopping || usedUp) && mayBeOutage:
		return undecided
	case final:
		return exhausted
	case stopping:
		return stopped
	case usedUp:
		return exhausted
	}
	return tryAgain
}
