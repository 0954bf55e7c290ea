package sync

import (
	"time"

	"tracksync/internal/track"
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

// takeBatch takes rows that were read, of which next makes tasks; not ok: there are no
// more.
func (d *dispatcher) takeBatch(rows []track.Row, ok bool) {
	d.intake.batch = rows
	if !ok {
		d.intake.atEnd = true
		close(d.intake.taken)
	}
}

// takeRow takes the next row. One to which nothing is to be sent ends here.
func (d *dispatcher) takeRow(row track.Row) {
	now := time.Now()
	d.intake.read++
	if result, final := nothingToSend(row, now); final {
		d.endUnsent(row, result)
	} else if d.stop != nil {
		d.intake.cut++
		d.endUnsent(row, ResultUnreached(row, now))
	} else {
		d.admit(row, now)
	}
}

// endUnsent ends a row that never became a task.
func (d *dispatcher) endUnsent(row track.Row, result track.Result) {
	d.intake.ended++
	d.tell(&rowEnded{&row, result})
}

// admit makes the task of a row of which something may be known from the survey. The
// row ends if nothing is to be sent because of that.
func (d *dispatcher) admit(row track.Row, now time.Time) {
	r := newRowTask(row, d.rules)
	d.intake.open[r] = true
	known := false
	if d.opts.Survey != nil {
		found, ok, err := d.opts.Survey.Store.Get(row.Update.ID)
		if err != nil {
			d.scheduler.put(r, atNext) // it ends with the rest
			d.stopRun(stoppedBy(LocalWrite, err))
			return
		}
		if ok {
			m, ends := r.decide(found, d.rules.surveyed, d.situation(now))
			if ends {
				d.apply(r, m)
				return
			}
			tooOld := row.Conditional() && now.Sub(d.rules.surveyed) > d.rules.fresh
			known = !d.rules.snapshots && !tooOld
		}
	}
	if !known && (d.rules.snapshots || row.Conditional()) {
		r.step = reading
	}
	d.scheduler.put(r, atNext)
}
