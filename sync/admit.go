package sync

import (
	"slices"
	"time"

	"tracksync/internal/track"
	"tracksync/sync/plan"
)

// Media knows which media was applied last to a track; *current.State is one.
// It is called from one goroutine while a run lasts.
type Media interface {
	// Unchanged reports whether the media asked for is what the track has,
	// given the URL that it has now.
	Unchanged(id track.ID, asked string, now track.Field[string]) bool
	// Applied takes the URL that a PUT has set, the one before, and the one
	// that its answer has.
	Applied(id track.ID, sent string, before, answered track.Field[string])
	// Forget takes note that a PUT of media may have been applied.
	Forget(id track.ID)
}

// admit makes the job of a row of which something may be known from the survey.
// It returns nil if the row ends with that.
func (d *dispatcher) admit(row track.Row, now time.Time) *job {
	j := newJob(row)
	d.open[j] = true
	expects := row.Conditional()
	if d.survey != nil {
		known, ok, err := d.survey.Store.Get(row.Update.ID)
		if err != nil {
			d.next = j // it is settled with the rest
			d.begin(stoppedBy(LocalWrite, err))
			return nil
		}
		if ok {
			d.judge(j, known, now, false)
			if j.ended {
				return nil
			}
			if d.opts.Snapshots == nil && !(expects && d.tooOld(now)) {
				return j
			}
		}
	}
	if d.opts.Snapshots != nil || expects {
		j.step = reading
	}
	return j
}

// tooOld reports whether what the survey found is no ground for a PUT that
// expects something.
func (d *dispatcher) tooOld(now time.Time) bool { return now.Sub(d.tally.surveyed) > d.opts.Fresh }

// outdated reports whether a PUT has waited, for an outage or a limit, until the
// track has to be looked at again: for what its row expects, or for what is kept.
func (d *dispatcher) outdated(j *job, now time.Time) bool {
	looked := d.opts.Snapshots != nil || j.row.Conditional() && !d.opts.Force
	return j.step == sending && looked && now.Sub(j.seen) > d.fresh(j)
}

// fresh is how old the state may be that a PUT is sent on the ground of. A rate so
// low that the PUT has to wait for its turn is no reason to read again, which would
// take that turn. Each further look doubles it: a limit that allows for one request
// now and then must not let only reads pass.
func (d *dispatcher) fresh(j *job) time.Duration {
	turns := time.Duration(min(2/float64(d.pace.Rate()), time.Hour.Seconds()*24) * float64(time.Second))
	return max(d.opts.Fresh<<min(j.looks, 10), turns)
}

// judge decides, given the state of its track, what is sent for a row. Right
// before the PUT it is, or ends, on its way; else it only ends or is prepared.
func (d *dispatcher) judge(j *job, found track.Track, now time.Time, rightBefore bool) {
	if j.risked && track.ShowsUnapplied(j.before.Values, j.todo, found.Values) {
		j.unapplied()
	}
	decision := plan.Decide(j.row, found, d.policy(j))
	if !j.risked {
		j.withheld = decision.Withheld
	}
	switch {
	case decision.Verdict == plan.Unchanged && j.risked:
		d.noteMedia(j, found)
		d.updated(j, found, nil, now)
		return
	case decision.Verdict == plan.Drifted:
		d.drifted(j, decision.Error(), now)
		return
	case decision.Verdict != plan.Send:
		d.endUnsent(j, decision.Verdict.Status(), nil, now)
		return
	}
	j.seen = d.tally.surveyed
	if rightBefore {
		j.seen = j.sent
	}
	if !j.risked { // else what the track was before the PUT is known, and stays
		j.before, j.todo, j.changes = &found, decision.Send, decision.Changes
	}
	if rightBefore {
		d.goOnToSend(j, now)
	}
}

// goOnToSend lets a row whose track was looked at go on to its PUT, once what the
// track was is kept.
func (d *dispatcher) goOnToSend(j *job, now time.Time) {
	j.sendNow()
	switch {
	case d.stop != nil:
		d.settle(j, now)
	case d.opts.Snapshots != nil && !j.risked:
		j.kept = true
		d.keeping++
		d.tell(snapshotEvent{j})
	default:
		d.queue(j)
	}
}

// queue lets a row go on when there is a turn for it. One that was read again goes
// first: it must not grow old once more behind others.
func (d *dispatcher) queue(j *job) {
	if j.looks > 0 {
		d.going = slices.Insert(d.going, 0, j)
		return
	}
	d.going = append(d.going, j)
}

// drifted ends a row whose track is not as it expects. If its PUT may have been
// applied before somebody else changed the track, nothing more is known.
func (d *dispatcher) drifted(j *job, err *track.Error, now time.Time) {
	if !j.risked {
		d.endUnsent(j, track.Drifted, err, now)
		return
	}
	r := j.result(now)
	r.Status, r.Changes, r.Error = track.Unknown, j.changes, err
	d.finish(j, r)
}

// policy is how a row is to be decided.
func (d *dispatcher) policy(j *job) plan.Policy {
	p := plan.Policy{OnlyChanges: d.opts.SkipUnchanged, Force: d.opts.Force, Own: j.own(), Sent: j.risked}
	if d.opts.Media != nil {
		p.MediaKnown = d.opts.Media.Unchanged
	}
	return p
}

// endUnsent ends a row to which nothing is sent because of the state of its
// track.
func (d *dispatcher) endUnsent(j *job, s track.Status, err *track.Error, now time.Time) {
	j.ended = true
	r := j.result(now)
	r.Status, r.Error = s, err
	d.finish(j, r)
}

// snapshotted goes on with a row whose snapshot is durable.
func (d *dispatcher) snapshotted(s snapshotted) {
	d.keeping--
	if s.err != nil || d.stop != nil {
		d.settle(s.job, time.Now())
		return
	}
	d.queue(s.job)
}

// noteMedia takes note of media that a PUT has set.
func (d *dispatcher) noteMedia(j *job, got track.Track) {
	url, ok := j.todo.Media.Get()
	if !ok {
		return
	}
	j.answered = got.Media
	if d.opts.Media == nil {
		return
	}
	var before track.Field[string]
	if j.before != nil {
		before = j.before.Media
	}
	d.opts.Media.Applied(j.row.Update.ID, url, before, got.Media)
}
