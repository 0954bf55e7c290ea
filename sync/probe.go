package sync

import "time"

// pickProbe asks whether the API is back, with one request at a time.
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

// chooseProbe chooses the task to probe with: by turns one that waits and a new
// one, so that rows that fail for their own reasons cannot hold up the rest. A
// page that fails for its own reasons is told by a track that is not seen yet. Where
// the API does everything but write, a PUT must tell, by turns with what leads to one.
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
