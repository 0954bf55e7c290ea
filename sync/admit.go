package sync

import (
	"time"

	"tracksync/internal/track"
)

// Media knows which media was last applied to a track; *current.State is one. It is
// called from one goroutine during a run.
type Media interface {
	// Unchanged reports whether the track already has the requested media, given the URL
	// that it has now.
	Unchanged(id track.ID, asked string, now track.Field[string]) bool
	// Applied records the URL that a PUT has set, the one before it, and the one in the
	// answer.
	Applied(id track.ID, sent string, before, answered track.Field[string])
	// Forget records that a PUT of media may have been applied.
	Forget(id track.ID)
}

// addBatch adds rows that were read, for next to turn into tasks. If ok is false, all
// rows have been read.
func (d *dispatcher) addBatch(rows []track.Row, ok bool) {
	d.intake.batch = rows
	if !ok {
		d.intake.atEnd = true
		close(d.intake.taken)
	}
}

// addRow adds the next row. A row that has nothing to send ends here.
func (d *dispatcher) addRow(row track.Row) {
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
	d.tell(&rowEnded{row: &row, result: result})
}

// admit makes the task of a row. If the survey has read the track and nothing differs, the
// row ends here.
func (d *dispatcher) admit(row track.Row, now time.Time) {
	r := d.mailbox.spareTask()
	r.begin(row, d.rules)
	d.intake.open[r] = true
	known := false
	if d.opts.Survey != nil {
		found, ok, err := d.opts.Survey.Store.Get(row.Update.ID)
		if err != nil {
			d.scheduler.put(r, atNext) // stopRun ends it with the others
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
