package sync

import (
	"time"

	"tracksync/internal/defect"
	"tracksync/internal/track"
	"tracksync/sync/pace"
)

// Sink takes what happens in a run. All its methods are called from one
// goroutine, in the order in which things happened; it needs no lock.
type Sink interface {
	// Attempt takes the end of every request.
	Attempt(Attempt)
	// Pause takes every span in which no request starts.
	Pause(pace.Pause)
	// Outage takes the beginning, once a probe has confirmed it, and the end of
	// every outage of the API.
	Outage(Downtime)
	// Reading takes how far the survey is, after each of its answers.
	Reading(Reading)
	// Before takes what a track was right before a PUT, with Options.Keep; an
	// error stops the run, and the PUT is not sent. It comes once more for a row
	// whose PUT waited for long, and was surely not applied until then.
	Before(track.Update, track.Track) error
	// After takes what became of the PUT, before the row's Result: whether it was
	// applied or may have been, and what the answer said that the track has, where
	// it said otherwise.
	After(id track.ID, applied bool, answered track.Values) error
	// Keep makes what Before took durable.
	Keep() error
	// Result takes the one final result of a row. An error stops the run (what
	// was started still ends, and its results still come).
	Result(track.Row, track.Result) error
	// Flush is called when no further event is waiting: a good moment to write
	// what has gathered. An error stops the run.
	Flush() error
	// Tick is called several times a second while the run lasts.
	Tick() error
}

// Sent takes which rows a PUT is under way for, so that they are known when the
// process dies. It is called by many goroutines.
type Sent interface {
	// Sending is called before a PUT leaves; on an error the PUT is not sent, and
	// the run stops.
	Sending(track.Row) error
	// NotApplied is called when the PUT was surely not applied.
	NotApplied(track.Row) error
}

// Attempt is one request and how it ended.
type Attempt struct {
	Row      int // Row.Number
	Started  time.Time
	Duration time.Duration
	Status   int    // of the answer; 0: none
	Code     string // of the error; empty for a success
	Refused  bool   // 429

	// Lacking is what this machine lacked to send it; empty: nothing. Then it is no
	// request: nothing has left.
	Lacking string

	// Limit is the rate in force after it.
	Limit pace.Rate
}

// Reading is how far the survey is.
type Reading struct {
	Calls  int // answered
	Seen   int // tracks that are kept
	Wanted int // 0: all there are
}

// event is one call of a Sink.
type event struct {
	reading  *Reading
	keep     *job // its track is to be kept
	fate     *fate
	attempt  *Attempt
	pause    *pace.Pause
	downtime *Downtime
	row      track.Row
	result   *track.Result
}

// fate is what became of a PUT whose track was kept.
type fate struct {
	id       track.ID
	applied  bool
	answered track.Values
}

const (
	// eventQueue is how far the dispatcher may run ahead of the sink.
	eventQueue = 1024
	tickEvery  = 200 * time.Millisecond
)

// collector owns the sink. It runs until events is closed, also after an
// error: the sink hears of every result, and the dispatcher of the first error.
type collector struct {
	sink   Sink
	events chan event
	failed chan error // capacity 1

	keeping []*job // whose tracks the sink has taken, and not made durable yet
	kept    chan kept
}

// kept is a job whose track was kept, or could not be.
type kept struct {
	job *job
	err error
}

// newCollector returns a collector. At most pending jobs may be under way to be
// kept, so that telling of it never blocks.
func newCollector(s Sink, pending int) *collector {
	return &collector{sink: s, events: make(chan event, eventQueue), failed: make(chan error, 1), kept: make(chan kept, pending)}
}

func (c *collector) run() {
	ticker := time.NewTicker(tickEvery)
	defer ticker.Stop()
	for {
		select {
		case ev, ok := <-c.events:
			if !ok {
				c.try(c.sink.Flush)
				return
			}
			c.try(func() error { return c.deliver(ev) })
			if len(c.events) == 0 {
				c.keep()
				c.try(c.sink.Flush)
			}
		case <-ticker.C:
			c.try(c.sink.Tick)
		}
	}
}

func (c *collector) deliver(ev event) error {
	switch {
	case ev.attempt != nil:
		c.sink.Attempt(*ev.attempt)
	case ev.pause != nil:
		c.sink.Pause(*ev.pause)
	case ev.downtime != nil:
		c.sink.Outage(*ev.downtime)
	case ev.reading != nil:
		c.sink.Reading(*ev.reading)
	case ev.keep != nil:
		return c.before(ev.keep)
	case ev.fate != nil:
		return c.sink.After(ev.fate.id, ev.fate.applied, ev.fate.answered)
	case ev.result != nil:
		return c.sink.Result(ev.row, *ev.result)
	}
	return nil
}

// before gives the sink the state of a track before its PUT. The job hears of it
// in any case.
func (c *collector) before(j *job) error {
	err := defect.Do(func() error {
		return c.sink.Before(track.Update{ID: j.row.Update.ID, Values: j.todo}, *j.before)
	})
	if err != nil {
		c.kept <- kept{j, err}
		return err
	}
	c.keeping = append(c.keeping, j)
	return nil
}

// keep makes the states durable that have gathered, all at once, and lets their
// jobs go on.
func (c *collector) keep() {
	if len(c.keeping) == 0 {
		return
	}
	err := defect.Do(c.sink.Keep)
	c.check(err)
	for _, j := range c.keeping {
		c.kept <- kept{j, err}
	}
	c.keeping = c.keeping[:0]
}

// try calls the sink, whose panic is an error as well.
func (c *collector) try(call func() error) { c.check(defect.Do(call)) }

func (c *collector) check(err error) {
	if err == nil {
		return
	}
	select {
	case c.failed <- err:
	default: // the first error has been said
	}
}
