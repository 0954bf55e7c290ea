package sync

import (
	"context"
	"slices"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/track"
	"tracksync/sync/pace"
	"tracksync/sync/plan"
)

// rowTask is the task of a row: the next request, and what is known so far. This file and
// rowoutcome.go decide what a reply means for the row. They use no clock, network or
// listener, so the decision does not depend on the order of other requests.
type rowTask struct {
	tries
	row   track.Row
	rules *rowRules

	step         step
	canary       bool  // sent alone, and read back
	readingAgain bool  // this step shares its attempts with the PUT
	looks        int32 // how often the track was read again since the last answer to the PUT

	pendingUpdate
	effect
	doubt doubt  // which attempts of the PUT may have been applied
	word  string // see asked
	ended rowEnded
}

// wasTried reports whether an earlier session has tried the row.
func (r *rowTask) wasTried() bool {
	return r.row.Earlier != nil && r.row.Earlier.Status != track.NotAttempted
}

// pendingUpdate is the PUT of a row, and what it is based on.
type pendingUpdate struct {
	send        track.Values
	before      *track.Track   // the state of the track, if it was read
	seen        time.Time      // when it was read
	hasSnapshot bool           // before was passed to Snapshots
	withheld    *plan.Mismatch // why the media is not sent although other fields are
}

// changes are what the PUT changes.
func (u *pendingUpdate) changes() track.Changes {
	if u.before == nil {
		return track.ChangesOf(u.send)
	}
	return track.ChangesBetween(u.before.Values, u.send)
}

// effect is what the PUT of a row has done, or may have.
type effect struct {
	mayBeApplied bool                // the PUT may have been applied, in any session
	inDoubt      bool                // the PUT of this session may have been applied
	applied      bool                // it was answered with success
	answered     track.Field[string] // the media's URL in the answer to it
}

// rowRules are the Options that decide about rows.
type rowRules struct {
	policy    plan.Policy   // but for what it says of a single row
	snapshots bool          // of every track, right before its PUT
	fresh     time.Duration // Options.Fresh
	surveyed  time.Time     // when the survey began
}

func newRowRules(o Options, now time.Time) *rowRules {
	r := &rowRules{
		policy:    plan.Policy{OnlyChanges: o.SkipUnchanged, Force: o.Force},
		snapshots: o.Snapshots != nil, fresh: o.Fresh, surveyed: now,
	}
	if o.Media != nil {
		r.policy.MediaKnown = o.Media.Unchanged
	}
	return r
}

// step is what a row asks the API next.
type step uint8

const (
	sending    step = iota // PUT
	reading                // GET, before the PUT
	confirming             // GET, after the PUT
)

// begin makes r the task of a row. If an earlier session may have applied the row, that stays
// true after any further attempt.
func (r *rowTask) begin(row track.Row, rules *rowRules) {
	*r = rowTask{
		row: row, rules: rules,
		pendingUpdate: pendingUpdate{send: row.Update.Values},
		effect:        effect{mayBeApplied: unknownBefore(row)},
	}
}

func (r *rowTask) number() int { return r.row.Number }

// asked is the fingerprint of the row's fields. Only the goroutine that has the task may
// call it: the dispatcher, or the worker that sends the task.
func (r *rowTask) asked() string {
	if r.word == "" {
		r.word = r.row.Update.Fingerprint()
	}
	return r.word
}

func (r *rowTask) kind() requestKind {
	if r.step == sending {
		return writeRequest
	}
	return readRequest
}

func (r *rowTask) ask(ctx context.Context, e *Engine) (a reply) {
	if r.step == sending {
		a.track, a.answer, a.err = e.update(ctx, r)
	} else {
		a.track, a.answer, a.err = e.api.Get(ctx, r.row.Update.ID)
	}
	return a
}

// goOn moves on to the next step, which has its own attempts.
func (r *rowTask) goOn(s step) {
	r.step = s
	r.earlier += r.attempts
	r.attempts = 0
	r.stage++
}

// starting is called right before a request is sent. If the PUT has waited too long since
// the track was read, because of an outage or a limit, the track is read again. That does
// not give the row more attempts: the attempts of reading and sending count together.
func (r *rowTask) starting(now time.Time, rate pace.Rate) {
	looked := r.rules.snapshots || r.row.Conditional() && !r.rules.policy.Force
	if r.step == sending && looked && now.Sub(r.seen) > r.freshFor(rate) {
		r.step, r.readingAgain = reading, true
		r.looks++
	}
}

// freshFor is how old the state may be on which a PUT is based. With a very low rate it is
// longer, because reading again would use up the PUT's turn. It doubles each time the track
// is read again: otherwise a limit that rarely allows a request would let only reads pass.
func (r *rowTask) freshFor(rate pace.Rate) time.Duration {
	turns := time.Duration(min(2/float64(rate), time.Hour.Seconds()*24) * float64(time.Second))
	return max(r.rules.fresh<<min(r.looks, 10), turns)
}

// sendNow moves on to the PUT, which keeps its earlier attempts.
func (r *rowTask) sendNow() {
	if !r.readingAgain {
		r.goOn(sending)
		return
	}
	r.step, r.readingAgain = sending, false
	r.attempts-- // reading was answered, which is not an attempt of the PUT
	r.earlier++
}

// noted records a failure of the PUT, and whether it may have been applied anyway.
func (r *rowTask) noted(failure *api.Error) {
	r.countPut(failure)
	again := failure.Class == api.Retryable || failure.Class == api.Permanent
	if failure.MayBeApplied && (again || failure.Class == api.Canceled) {
		r.doubted(failure.Message)
	}
	if r.step == sending && again {
		r.looks = 0
	}
}

// doubted records that the latest PUT may have been applied, and how it ended.
func (r *rowTask) doubted(why string) {
	r.mayBeApplied, r.inDoubt = true, true
	r.doubt.add(r.sent, why)
}

// unapplied records that no PUT of this session was applied.
func (r *rowTask) unapplied() {
	r.mayBeApplied, r.inDoubt = unknownBefore(r.row), false
	r.doubt = doubt{puts: r.doubt.puts}
}

// unknownBefore reports whether an earlier session may have applied the row.
func unknownBefore(row track.Row) bool {
	return row.Earlier != nil && row.Earlier.Status == track.Unknown
}

// ownStates returns the states in which the run itself may have left the track.
func (r *rowTask) ownStates() []track.Values {
	var own []track.Values
	if r.row.Earlier != nil {
		own = r.row.Earlier.Own()
	}
	if r.inDoubt {
		own = append(own, r.send)
	}
	return own
}

// leftBefore returns the states in which earlier sessions may have left the track, without
// those that the result itself shows.
func leftBefore(row track.Row, r track.Result) []track.Values {
	if row.Earlier == nil {
		return nil
	}
	said := r.Own()
	return slices.DeleteFunc(row.Earlier.Own(), func(v track.Values) bool { return slices.Contains(said, v) })
}
