package sync

import (
	"cmp"
	"time"

	"golang.org/x/sync/errgroup"

	"tracksync/internal/defect"
	"tracksync/internal/track"
	"tracksync/sync/pace"
)

// event is something that a listener hears of. Each kind is a type of its own.
type event interface {
	deliver(*collector) error
}

type (
	pauseEvent pace.Pause
	// snapshotEvent asks to keep what a row's track was before its PUT.
	snapshotEvent struct{ row *rowTask }
	// fate is what became of a PUT whose track was kept.
	fate struct {
		id       track.ID
		applied  bool
		answered track.Values
	}
	// rowEnded is the one result of a row.
	rowEnded struct {
		row    track.Row
		result track.Result
	}
)

func (a Attempt) deliver(c *collector) error    { c.observer.Attempt(a); return nil }
func (p pauseEvent) deliver(c *collector) error { c.observer.Pause(pace.Pause(p)); return nil }
func (d Downtime) deliver(c *collector) error   { c.observer.Outage(d); return nil }
func (r Reading) deliver(c *collector) error    { c.observer.Reading(r); return nil }
func (f fate) deliver(c *collector) error       { return c.snapshots.Ended(f.id, f.applied, f.answered) }
func (e rowEnded) deliver(c *collector) error   { return c.ledger.Result(e.row, e.result) }

// deliver gives the snapshot away. The row hears of it in any case.
func (s snapshotEvent) deliver(c *collector) error {
	j := s.row
	err := defect.Do(func() error {
		return c.snapshots.Append(track.Update{ID: j.row.Update.ID, Values: j.send}, *j.before)
	})
	if err != nil {
		c.snapshotted <- snapshotted{j, err}
		return err
	}
	c.unsynced = append(c.unsynced, j)
	return nil
}

// snapshotted is a row whose snapshot is durable, or could not be made so.
type snapshotted struct {
	row *rowTask
	err error
}

const (
	// eventQueue is how many events may wait for the listeners before no row is
	// started any more.
	eventQueue = 1024
	tickEvery  = 200 * time.Millisecond
)

// collector owns the listeners: it is the only goroutine that calls them. It may
// wait for the disk as long as it must; the dispatcher never waits for it.
type collector struct {
	observer  Observer
	ledger    Ledger    // nil in a survey alone
	snapshots Snapshots // nil: none are kept

	events      chan event
	unsynced    []*rowTask // whose snapshots are not durable yet
	snapshotted chan snapshotted
	failed      bool // the first error was returned
}

// newCollector returns a collector. At most pending rows may wait for their
// snapshots, so that telling of them never blocks.
func newCollector(observer Observer, ledger Ledger, snapshots Snapshots, pending int) *collector {
	return &collector{
		observer: observer, ledger: ledger, snapshots: snapshots,
		events: make(chan event, eventQueue), snapshotted: make(chan snapshotted, pending),
	}
}

// run delivers events until there are no more, and returns the first error, which
// ends the run. What comes behind an error is still delivered, by a successor in
// the same group.
func (c *collector) run(group *errgroup.Group) error {
	ticker := time.NewTicker(tickEvery)
	defer ticker.Stop()
	for {
		var err error
		select {
		case e, ok := <-c.events:
			if !ok {
				return c.first(c.flush())
			}
			err = c.take(e)
		case <-ticker.C:
			err = defect.Do(c.observer.Tick)
		}
		if err = c.first(err); err != nil {
			group.Go(func() error { return c.run(group) })
			return err
		}
	}
}

// take delivers an event, and what has gathered once no other is waiting.
func (c *collector) take(e event) error {
	err := defect.Do(func() error { return e.deliver(c) })
	if len(c.events) > 0 {
		return err
	}
	return cmp.Or(err, c.syncSnapshots(), c.flush())
}

// syncSnapshots makes the snapshots durable that have gathered, all at once, and
// lets their rows go on.
func (c *collector) syncSnapshots() error {
	if len(c.unsynced) == 0 {
		return nil
	}
	err := defect.Do(c.snapshots.Sync)
	for _, j := range c.unsynced {
		c.snapshotted <- snapshotted{j, err}
	}
	c.unsynced = c.unsynced[:0]
	return err
}

func (c *collector) flush() error {
	if c.ledger == nil {
		return nil
	}
	return defect.Do(c.ledger.Flush)
}

// first is err as the error that ends the run, if it is the first.
func (c *collector) first(err error) error {
	if err == nil || c.failed {
		return nil
	}
	c.failed = true
	return &endingError{LocalWrite, err}
}
