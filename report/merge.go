package report

import "time"

// Merge adds the counts of other, for example of another shard, which may have run at
// the same time. However events are divided among statistics that begin together,
// merging them gives the same as counting all events in one, with three exceptions:
// sessions are added up; pauses and outages that overlap count twice; and the order
// decides which codes beyond the first hundred count as Other.
//
// After Merge, only call Merge again or read; don't add events. other is not changed.
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
