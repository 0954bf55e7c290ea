package sync

import (
	"slices"
	"time"
)

// nothingElse reports whether of a run that had successes only rows are left that
// seem to be refused for reasons of their own, and none of them is in flight.
func (d *dispatcher) nothingElse() bool {
	if d.tally.successes == 0 || !d.noneLeft() || d.busy > 0 || d.keeping > 0 || len(d.going) > 0 {
		return false
	}
	others := func(j *job) bool { return !j.lone.suspect() }
	return !slices.ContainsFunc(d.refused, others) && !slices.ContainsFunc(d.waiting, others)
}

func (d *dispatcher) hasReady(now time.Time) bool {
	return len(d.refused) > 0 || len(d.going) > 0 || d.hasNext() || d.isDue(now)
}

// hasNext reports whether a job may be begun. Behind a canary none may.
func (d *dispatcher) hasNext() bool { return d.next != nil && !d.canary.flying }

// isDue reports whether a row waits whose time has come, and the budget has a
// retry for it.
func (d *dispatcher) isDue(now time.Time) bool {
	return len(d.waiting) > 0 && !d.waiting[0].due.After(now) && d.budget.wait(now) == 0
}

// untilDue is how long until isDue.
func (d *dispatcher) untilDue(now time.Time) time.Duration {
	if len(d.waiting) == 0 {
		return never
	}
	return max(d.waiting[0].due.Sub(now), d.budget.wait(now))
}

// takeReady chooses what goes next: what was refused, then what has a further
// step to go, then what is due again, then a new row, so that rows are finished
// before others are begun. While it is open whether a row failed by itself, a new one
// tells more. Behind a row that was refused before another kind goes
// first: rows that are refused for a reason of their own must not hold up the
// rest.
func (d *dispatcher) takeReady(now time.Time) *job {
	others := d.isDue(now) || len(d.going) > 0 || d.hasNext()
	yields := d.latest != nil && d.latest.refusals > 0 && others
	switch {
	case len(d.refused) > 0 && !yields:
		return first(&d.refused)
	case len(d.going) > 0:
		return first(&d.going)
	case d.isDue(now) && !(d.hasNext() && d.outage.undecided(d.waiting[0].request)):
		d.budget.spend()
		return d.waiting.take()
	}
	return d.takeNext()
}

func (d *dispatcher) takeNext() *job {
	j := d.next
	d.next = nil
	d.canary.begin(j)
	return j
}

// first takes the oldest of a queue.
func first(queue *[]*job) *job {
	j := (*queue)[0]
	*queue = slices.Delete(*queue, 0, 1)
	return j
}

// full reports whether so many jobs are begun that no other may be.
func (d *dispatcher) full() bool { return d.unfinished()+len(d.held) >= d.opts.MaxWaiting }

// unfinished is how many jobs are begun and not in flight.
func (d *dispatcher) unfinished() int {
	return len(d.refused) + len(d.going) + d.keeping + len(d.waiting)
}
