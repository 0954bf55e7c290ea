package sync

// mailbox passes events to the collector. Whoever tells something never waits: what
// the collector has no room for stays here.
type mailbox struct {
	events chan<- event
	rest   []event // in order, for when there is room
}

func (m *mailbox) tell(e event) {
	if len(m.rest) == 0 {
		select {
		case m.events <- e:
			return
		default:
		}
	}
	m.rest = append(m.rest, e)
}

// behind reports whether so many events wait for the listeners, for example for a
// disk that is slow, that no row is to be started and none to be read.
func (m *mailbox) behind() bool { return len(m.rest) >= eventQueue }

// out is where the first event that waits goes; nil when none does.
func (m *mailbox) out() chan<- event {
	if len(m.rest) == 0 {
		return nil
	}
	return m.events
}

func (m *mailbox) first() event {
	if len(m.rest) == 0 {
		return nil
	}
	return m.rest[0]
}

// took takes note that the first event was passed on.
func (m *mailbox) took() {
	m.rest[0] = nil
	m.rest = m.rest[1:]
}

// close passes on what waits, for as long as that takes.
func (m *mailbox) close() {
	for _, e := range m.rest {
		m.events <- e
	}
	m.rest = nil
	close(m.events)
}
