package sync

// mailbox passes events to the collector: all those at once that were added while the
// collector was busy. Adding an event never blocks.
type mailbox struct {
	events chan<- []event
	used   <-chan []event // batches that the collector has delivered, to be reused
	rest   []event        // events that wait for the collector, in order
	spare  spares
}

// spares are parts of events that were delivered, to be reused.
type spares struct {
	tasks    []*rowTask
	attempts []*Attempt
}

func (m *mailbox) tell(e event) { m.rest = append(m.rest, e) }

// behind reports whether so many events wait for the listeners that no more rows may be
// read or started. The disk may be slow, for example.
func (m *mailbox) behind() bool { return len(m.rest) >= eventQueue }

// out is the channel for the waiting events; nil if there are none.
func (m *mailbox) out() chan<- []event {
	if len(m.rest) == 0 {
		return nil
	}
	return m.events
}

// took is called after the waiting events were sent to out.
func (m *mailbox) took() {
	select {
	case used := <-m.used:
		m.delivered(used)
		m.rest = used[:0]
	default:
		m.rest = nil
	}
}

// maxSpare is the most of each kind that are kept for reuse. While the disk is slow, the
// results of so many rows may be on their way to the collector.
const maxSpare = 512

// delivered takes over what can be reused of events that were delivered.
func (m *mailbox) delivered(events []event) {
	for _, e := range events {
		switch e := e.(type) {
		case *rowEnded:
			if e.spare != nil && len(m.spare.tasks) < maxSpare {
				m.spare.tasks = append(m.spare.tasks, e.spare)
			}
		case *Attempt:
			if len(m.spare.attempts) < maxSpare {
				m.spare.attempts = append(m.spare.attempts, e)
			}
		}
	}
	clear(events)
}

// spareTask is a task that no row needs any more, or a new one. A task is large, and to make one
// for each row takes more memory than all else that the engine does for it.
func (m *mailbox) spareTask() *rowTask { return last(&m.spare.tasks) }

// spareAttempt is an attempt that was delivered, or a new one.
func (m *mailbox) spareAttempt() *Attempt { return last(&m.spare.attempts) }

// last takes the last element, or a new one if there is none.
func last[T any](list *[]*T) *T {
	n := len(*list) - 1
	if n < 0 {
		return new(T)
	}
	t := (*list)[n]
	*list = (*list)[:n]
	return t
}

// close sends the waiting events, and blocks until that is done.
func (m *mailbox) close() {
	if len(m.rest) > 0 {
		m.events <- m.rest
		m.rest = nil
	}
	close(m.events)
}
