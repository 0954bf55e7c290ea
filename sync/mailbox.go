package sync

// mailbox passes events to the collector: all those at once that were added while the
// collector was busy. Adding an event never blocks.
type mailbox struct {
	events chan<- []event
	used   <-chan []event // batches that the collector has delivered, to be reused
	rest   []event        // events that wait for the collector, in order
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
		m.rest = used[:0]
	default:
		m.rest = nil
	}
}

// close sends the waiting events, and blocks until that is done.
func (m *mailbox) close() {
	if len(m.rest) > 0 {
		m.events <- m.rest
		m.rest = nil
	}
	close(m.events)
}
