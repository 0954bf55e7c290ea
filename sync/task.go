package sync

import (
	"context"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/track"
)

// task is something for which the API is asked until it is done: a row, a page of
// the survey, or a track that the survey looks up by itself.
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

// situation is what a decision about a task depends on beside the task.
type situation struct {
	now      time.Time
	stopping bool // the run stops
}

// move is what becomes of a task, and what else follows from that. A task decides on it
// and changes nothing but itself; the dispatcher carries it out.
type move struct {
	to      place         // where the task goes
	first   bool          // before those that are ready already
	stop    *stop         // the run stops; nil: not because of this
	applied *appliedMedia // Options.Media hears of it; nil: nothing
	events  []event       // are told, in this order
	result  *track.Result // of a row that ended, for the stop policy; nil: it is not told
	cut     bool          // the row was left before it had come to its end
	forget  bool          // media of an unknown state was sent
}

// appliedMedia is media that a PUT has set.
type appliedMedia struct {
	sent             string
	before, answered track.Field[string]
}

// reply is what came of a request.
type reply struct {
	track  track.Track
	tracks []track.Track // of a page
	answer api.Answer
	err    error
}

// outcome is what came of one request of a task.
type outcome struct {
	task task
	sent time.Time
	took time.Duration
	reply
	early bool // the header of an answer that asks to wait; the rest is to come
}

// tries is what has been tried for a task so far, and where that leaves it.
type tries struct {
	effort
	flight
	throttle rowThrottle
	started  time.Time // the first request's start; zero before it
	due      time.Time // not before this
	status   int       // of the last answer
	last     *api.Error
	place    place // kept by the queue alone
}

// effort counts requests.
type effort struct {
	attempts int // of this step: requests that were answered or lost; refusals and those lost in outages not counted
	stage    int // the number of the step; reading again before a PUT is not counted as one
	earlier  int // attempts of the steps before
	lost     int // in outages
	charged  int // failures that look like an outage but came in none, of all steps
	outlived int // outages in which it failed and which have ended
	refusals int // 429s
}

// flight is the latest request.
type flight struct {
	request  *request  // as evidence
	sent     time.Time // when it was let start
	probe    bool      // it is a probe of an outage
	flying   bool      // its outcome has not been handled yet
	paceTold bool      // the pace was told of the header; the body is to come
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
