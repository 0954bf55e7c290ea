package report

import "time"

// Merge adds what other statistics counted, for example of another shard, which may
// have been going on at the same time. However events are split between statistics
// that begin together, merging these says the same as one that counted them all, but
// for three things: sessions are added up; the time of pauses and outages of two
// statistics that overlap counts twice; and which codes beyond the first hundred
// count as Other depends on the order.
//
// Nothing is to be added to merged statistics but by another Merge. other is left as
// it was.
func (s *Stats) Merge(other *Stats) {
	if other.startedAt.Before(s.startedAt) {
		s.startedAt = other.startedAt
	}
	s.sessions += other.sessions
	s.requests += other.requests
	s.rateLimited += other.rateLimited
	for status, n := range other.byStatus {
		s.byStatus[status] += n
	}
	for code, n := range other.byError {
		s.byError[word(s.byError, code)] += n
	}
	s.latency.merge(other.latency)
	s.pauses.merge(other.pauses)
	s.outages.merge(other.outages)

	first := s.start
	if other.start.Before(first) {
		first = other.start
	}
	both := timeline{width: time.Second}
	both.merge(s.timeline, s.start.Sub(first))
	both.merge(other.timeline, other.start.Sub(first))
	s.timeline, s.start = both, first
}
