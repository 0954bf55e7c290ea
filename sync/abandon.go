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

// stoppedBy stops a run because of an error, which may turn out to be a panic.
func stoppedBy(reason Reason, err error) stop {
	if isDefect(err) {
		reason = Defect
	}
	// Errors that were joined stand on one line each.
	return stop{reason, strings.ReplaceAll(err.Error(), "\n", "; "), err}
}

func isDefect(err error) bool {
	var d *defect.Error
	return errors.As(err, &d)
}

// defectError is what a row ends with whose request panicked, or was under way
// when something else did.
func defectError(j *job) *api.Error {
	return &api.Error{
		Class: api.Canceled, Code: "defect", Message: "tracksync failed in the middle of the row, see the end of the run",
		MayBeApplied: j.step == sending,
	}
}

// abandon ends a run whose dispatcher panicked, once the workers have ended. The
// answers that came meanwhile are taken account of as long as that does not panic
// too. Every row that was begun gets its result.
func (d *dispatcher) abandon(fault error) {
	s := stoppedBy(Defect, fault)
	d.stop = &s
	for len(d.outcomes) > 0 {
		o := <-d.outcomes
		_ = defect.Do(func() error { d.handle(o); return nil }) // the first panic is said
	}
	if d.surveying() {
		_ = defect.Do(func() error { d.survey.end(); return nil }) // it only lets go
	}
	left := slices.SortedFunc(maps.Keys(d.open), func(a, b *job) int { return cmp.Compare(a.row.Number, b.row.Number) })
	for _, j := range left {
		if j.flying {
			j.last = defectError(j)
			j.countPut(j.last)
			if j.last.MayBeApplied {
				j.mayBeApplied(j.last.Message)
			}
		}
		if defect.Do(func() error { d.settle(j, time.Now()); return nil }) != nil && d.open[j] {
			j.maybe, j.risked = true, true
			r := bare(j.row, time.Now())
			r.Status, r.Error = track.Unknown, asResultError(defectError(j)) // the worst that can be true
			d.close(j, r)
		}
	}
}
