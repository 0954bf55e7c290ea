package sync

import "time"

// pickProbe picks a task to probe the API with. There is one probe at a time.
func (s *scheduler) pickProbe(now time.Time) (task, time.Duration) {
	o := &s.outage
	if o.probing || !s.hasNext() && len(s.refused) == 0 && len(s.ready) == 0 && len(s.waiting) == 0 {
		return nil, never
	}
	wait := o.nextAt.Sub(now)
	if wait <= 0 {
		wait = s.pace.Take(now, s.inFlight)
	}
	if wait > 0 {
		return nil, wait
	}
	t := s.chooseProbe()
	t.tried().probe, o.probing = true, true
	return t, 0
}

// chooseProbe chooses the task to probe with. It alternates between a waiting task and a
// new one, so that rows that fail for their own reasons cannot block the others. If a page
// of the listing waits, a single track shows whether only the listing fails. If the API
// does everything except write, the probe must be a PUT, or a request that leads to one.
func (s *scheduler) chooseProbe() task {
	begun := len(s.waiting) + len(s.refused) + len(s.ready)
	odd := s.outage.probes%2 != 0
	if s.next == nil && !odd {
		if t := s.spare(); t != nil {
			return t
		}
	}
	if s.outage.onlyWrites() && odd {
		if t := s.firstWrite(); t != nil {
			return t
		}
	}
	switch {
	case s.hasNext() && (!odd || begun == 0):
		return s.next
	case len(s.waiting) > 0:
		return s.firstDue()
	case len(s.ready) > 0:
		return s.ready[0]
	}
	return s.refused[0]
}
