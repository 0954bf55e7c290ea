package sync

import (
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
	expects := !row.Expect.Empty()
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
			if !d.opts.Keep && !(expects && d.tooOld(now)) {
				return j
			}
		}
	}
	if d.opts.Keep || expects {
		j.step = reading
	}
	return j
}

// tooOld reports whether what the survey found is no ground for a PUT that
// expects something.
func (d *dispatcher) tooOld(now time.Time) bool { return now.Sub(d.tally.surveyed) > d.opts.Fresh }

// outdated reports whether a PUT has waited, for an outage or a limit, until its
// row's expectation has to be looked at again. One that may have been applied
// would find its own work.
func (d *dispatcher) outdated(j *job, now time.Time) bool {
	return j.step == sending && !j.row.Expect.Empty() && !d.opts.Force && !j.maybe &&
		d.outage.series[j] == 0 && now.Sub(j.seen) > d.opts.Fresh
}

// judge decides, given the state of its track, what is sent for a row. Right
// before the PUT it is, or ends, on its way; else it only ends or is prepared.
func (d *dispatcher) judge(j *job, found track.Track, now time.Time, rightBefore bool) {
	asked, expects := j.row.Update.Values, !j.row.Expect.Empty()
	j.before, j.seen = &found, d.tally.surveyed
	if rightBefore {
		j.seen = j.sent
	}
	todo, changes := plan.Diff(asked, found, d.mediaKnown(j.row.Update.ID, asked, found))
	if todo.Empty() && (d.opts.SkipUnchanged || expects) {
		d.endUnsent(j, track.Unchanged, nil, now)
		return
	}
	if wrong := plan.Drift(j.row.Expect, found); len(wrong) > 0 && !d.opts.Force {
		d.endUnsent(j, track.Drifted, mismatches("drifted", wrong), now)
		return
	}
	j.todo, j.changes = todo, changes
	if !d.opts.SkipUnchanged && !expects {
		j.todo, j.changes = asked, plan.Changes(asked, found)
	}
	if !rightBefore {
		return
	}
	j.sendNow()
	if d.stop != nil {
		d.settle(j, now)
		return
	}
	if d.opts.Keep {
		d.keeping++
		d.collector.events <- event{keep: j}
		return
	}
	d.going = append(d.going, j)
}

func (d *dispatcher) mediaKnown(id track.ID, asked track.Values, found track.Track) bool {
	url, ok := asked.Media.Get()
	return ok && d.opts.Media != nil && d.opts.Media.Unchanged(id, url, found.Media)
}

// endUnsent ends a row to which nothing is sent because of the state of its
// track.
func (d *dispatcher) endUnsent(j *job, s track.Status, err *track.Error, now time.Time) {
	j.ended = true
	r := j.result(now)
	r.Status, r.Error = s, err
	d.finish(j, r)
}

// kept goes on with a row whose track's state was kept.
func (d *dispatcher) kept(k kept) {
	d.keeping--
	if k.err != nil || d.stop != nil {
		d.settle(k.job, time.Now())
		return
	}
	d.going = append(d.going, k.job)
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
