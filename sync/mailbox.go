package sync

// mailbox passes events to the collector, as many at once as have gathered while that
// was busy. Whoever tells something never waits.
type mailbox struct {
	events chan<- []event
	used   <-chan []event // memory that the collector needs no more
	rest   []event        // in order, for when the collector asks
}

func (m *mailbox) tell(e event) { m.rest = append(m.rest, e) }

// behind reports whether so many events wait for the listeners, for example for a
// disk that is slow, that no row is to be started and none to be read.
func (m *mailbox) behind() bool { return len(m.rest) >= eventQueue }

// out is where the events go that wait; nil when none does.
func (m *mailbox) out() chan<- []event {
	if len(m.rest) == 0 {
		return nil
	}
	return m.events
}

// took takes note that the events were passed on.
func (m *mailbox) took() {
	select {
	case used := <-m.used:
		m.rest = used[:0]
	default:
		m.rest = nil
	}
}

// close passes on what waits, for as long as that takes.
func (m *mailbox) close() {
	if len(m.rest) > 0 {
		m.events <- m.rest
		m.rest = nil
	}
	close(m.events)
}
