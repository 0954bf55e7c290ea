package sync

import (
	"fmt"
	"time"

	"tracksync/internal/track"
	"tracksync/sync/plan"
)

// canary sends the first rows of a run one at a time, each of which is read back
// before the next, and stops the run at the first that is not right.
type canary struct {
	left   int
	flying bool // one is on its way: no other row is begun
}

// begin takes note of a job that is begun.
func (c *canary) begin(j *job) {
	if c.left > 0 && (j.step == sending || j.step == reading) {
		j.canary, c.flying = true, true
	}
}

// ended takes note of a row that has ended. Rows to which nothing had to be sent
// say nothing.
func (c *canary) ended(d *dispatcher, j *job, r track.Result) {
	if !j.canary {
		return
	}
	c.flying = false
	switch r.Status {
	case track.Updated:
		c.left--
	case track.Unchanged, track.Drifted, track.NotAttempted:
	default:
		why := string(r.Status)
		if r.Error != nil {
			why = r.Error.Message
		}
		d.begin(stop{reason: CanaryFailed, message: fmt.Sprintf("row %d, one of the first that are checked one by one, is not right: %s", r.Row, why)})
	}
}

// confirm compares a track that was read back with what was sent.
func (d *dispatcher) confirm(j *job, got track.Track, now time.Time) {
	d.updated(j, got, plan.Verify(j.todo, got), now)
}

// unconfirmed ends a row whose PUT was answered with success, and which could
// not be read back.
func (d *dispatcher) unconfirmed(j *job, now time.Time) {
	d.begin(stop{reason: CanaryFailed, message: fmt.Sprintf("row %d, one of the first that are checked one by one, cannot be read back: %s", j.row.Number, j.last.Message)})
	d.updated(j, track.Track{}, nil, now)
}
