package sync

import (
	"cmp"
	"time"

	"golang.org/x/sync/errgroup"

	"tracksync/internal/defect"
	"tracksync/internal/track"
	"tracksync/sync/pace"
)

// event is something that is reported to a listener. Each kind has its own type.
type event interface {
	deliver(*collector) error
}

type (
	pauseEvent   pace.Pause
	learnedEvent pace.Limit
	// snapshotEvent is the state of a row's track before its PUT.
	snapshotEvent struct{ row *rowTask }
	// fate is the outcome of a PUT that has a snapshot.
	fate struct {
		id       track.ID
		applied  bool
		answered track.Values
	}
	// rowEnded is the one result of a row.
	rowEnded struct {
		row    *track.Row
		result track.Result
		spare  *rowTask // may be used for another row when this is delivered; nil: none
	}
)

func (a *Attempt) deliver(c *collector) error   { c.observer.Attempt(*a); return nil }
func (p pauseEvent) deliver(c *collector) error { c.observer.Pause(pace.Pause(p)); return nil }
func (l learnedEvent) deliver(c *collector) error {
	c.observer.Learned(pace.Limit(l))
	return nil
}
func (d Downtime) deliver(c *collector) error  { c.observer.Outage(d); return nil }
func (r Reading) deliver(c *collector) error   { c.observer.Reading(r); return nil }
func (f fate) deliver(c *collector) error      { return c.snapshots.Ended(f.id, f.applied, f.answered) }
func (e *rowEnded) deliver(c *collector) error { return c.ledger.Result(*e.row, e.result) }

// deliver passes the snapshot on. The row is notified in any case.
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

// snapshotted is a row whose snapshot is durable, or failed.
type snapshotted struct {
	row *rowTask
	err error
}

const (
	// eventQueue is how many events may wait for the listeners before no more rows are
	// started.
	eventQueue = 1024
	tickEvery  = 200 * time.Millisecond
	// flushEvery is how long a result may wait for others before it is written. A kill
	// loses at most this much.
	flushEvery = 5 * time.Millisecond
)

// collector calls the listeners, and no other goroutine does. It may wait for the disk as
// long as necessary. The dispatcher never waits for the collector.
type collector struct {
	observer  Observer
	ledger    Ledger    // nil in a survey alone
	snapshots Snapshots // nil: no snapshots are made

	events      chan []event
	used        chan []event // delivered, to be reused; two, because the dispatcher may take the first late
	unsynced    []*rowTask   // rows whose snapshots are not durable yet
	snapshotted chan snapshotted
	flushed     time.Time
	flushDue    *time.Timer // stopped when nothing waits to be flushed
	failed      bool        // the first error was returned
}

// newCollector returns a collector. At most pending rows may wait for their snapshots, so
// the channel that announces them never blocks.
func newCollector(observer Observer, ledger Ledger, snapshots Snapshots, pending int) *collector {
	c := &collector{
		observer: observer, ledger: ledger, snapshots: snapshots,
		events: make(chan []event), used: make(chan []event, 2), snapshotted: make(chan snapshotted, pending),
		flushDue: time.NewTimer(flushEvery),
	}
	c.flushDue.Stop()
	return c
}

// run delivers events until there are no more, and returns the first error, which ends the
// run. Events after an error are still delivered, by another goroutine of the same group.
func (c *collector) run(group *errgroup.Group) error {
	ticker := time.NewTicker(tickEvery)
	defer ticker.Stop()
	for {
		var err error
		select {
		case events, ok := <-c.events:
			if !ok {
				c.flushDue.Stop()
				return c.first(c.flush())
			}
			err = c.deliverAll(events)
		case <-c.flushDue.C:
			err = c.flush()
		case <-ticker.C:
			err = defect.Do(c.observer.Tick)
		}
		if err = c.first(err); err != nil {
			group.Go(func() error { return c.run(group) })
			return err
		}
	}
}

// deliverAll delivers events, and returns the first error.
func (c *collector) deliverAll(events []event) error {
	var first error
	for _, e := range events {
		first = cmp.Or(first, c.deliver(e))
	}
	select {
	case c.used <- events:
	default:
	}
	if len(c.unsynced) == 0 {
		return cmp.Or(first, c.flushSoon())
	}
	// Results first: the disk may take long for the snapshots.
	return cmp.Or(first, c.flush(), c.syncSnapshots())
}

func (c *collector) deliver(e event) error {
	return defect.Do(func() error { return e.deliver(c) })
}

// flushSoon flushes at once, or when flushEvery has passed since the last flush.
func (c *collector) flushSoon() error {
	wait := flushEvery - time.Since(c.flushed)
	if wait <= 0 {
		return c.flush()
	}
	c.flushDue.Reset(wait)
	return nil
}

// syncSnapshots makes all new snapshots durable with one sync, and lets their rows
// continue.
func (c *collector) syncSnapshots() error {
	err := defect.Do(c.snapshots.Sync)
	for _, j := range c.unsynced {
		c.snapshotted <- snapshotted{j, err}
	}
	c.unsynced = c.unsynced[:0]
	return err
}

func (c *collector) flush() error {
	c.flushDue.Stop()
	c.flushed = time.Now()
	if c.ledger == nil {
		return nil
	}
	return defect.Do(c.ledger.Flush)
}

// first returns err, as the error that ends the run, if it is the first one.
func (c *collector) first(err error) error {
	if err == nil || c.failed {
		return nil
	}
	c.failed = true
	return &endingError{LocalWrite, err}
}
