package sync

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/defect"
	"tracksync/internal/track"
)

// stoppedBy is the stop for an error, which may be a panic.
func stoppedBy(reason Reason, err error) stop {
	if isDefect(err) {
		reason = Defect
	}
	// The message has one line for each of several joined errors.
	return stop{reason, strings.ReplaceAll(err.Error(), "\n", "; "), err}
}

func isDefect(err error) bool {
	var d *defect.Error
	return errors.As(err, &d)
}

// defectError is the error of a row whose request panicked, or was in flight when
// something else panicked.
func defectError(t task) *api.Error {
	return &api.Error{
		Class: api.Canceled, Code: "defect", Message: "tracksync failed in the middle of the row, see the end of the run",
		MayBeApplied: t.kind() == writeRequest,
	}
}

// abandon ends a run whose dispatcher panicked, after the workers have ended. It processes
// the answers that came meanwhile, unless that panics too. Every row that was started gets
// its result.
func (d *dispatcher) abandon(fault error) {
	s := stoppedBy(Defect, fault)
	d.stop = &s
	for len(d.workers.outcomes) > 0 {
		o := <-d.workers.outcomes
		_ = defect.Do(func() error { d.handle(o); return nil }) // the first panic is said
	}
	if d.surveying() {
		_ = defect.Do(func() error { d.survey.end(); return nil }) // it only lets go
	}
	byNumber := func(a, b *rowTask) int { return cmp.Compare(a.row.Number, b.row.Number) }
	for _, r := range slices.SortedFunc(maps.Keys(d.intake.open), byNumber) {
		if r.flying {
			r.last = defectError(r)
			r.noted(r.last)
		}
		if defect.Do(func() error { d.stopTask(r, time.Now()); return nil }) != nil && d.intake.open[r] {
			r.mayBeApplied, r.inDoubt = true, true
			result := bareResult(r.row, time.Now())
			result.Status, result.Error = track.Unknown, asResultError(defectError(r)) // the worst that can be true
			m := r.end(result)
			m.result = nil
			d.apply(r, m)
		}
	}
}
