package sync

import (
	"math"
	"time"

	"tracksync/sync/pace"
)

// scheduler decides what is sent next, and when: it has the queue, and everything that can
// delay a request. It sends nothing itself.
type scheduler struct {
	queue
	pace     *pace.Pace
	outage   outage
	shortage shortage
	budget   retryBudget

	latest task // the latest one sent
	alone  bool // a canary is in flight: no task is started
	limits limits
	random func() float64

	// spare makes another task to probe an outage with; it returns nil if there is none.
	spare func() task
}

// limits are the maximum numbers of tasks.
type limits struct {
	inFlight   int // Options.Concurrency
	unfinished int // Options.MaxWaiting
}

func newScheduler(o Options, now time.Time) *scheduler {
	p := pace.Fixed(o.Rate, o.Random)
	if o.Learn {
		p = pace.Auto(pace.Options{
			Most: o.Rate, Random: o.Random, Requests: o.Requests, Remembered: o.Remembered, Share: o.Share,
		})
	}
	return &scheduler{
		pace: p, outage: outage{evidence: newEvidence()}, budget: newRetryBudget(now),
		limits: limits{inFlight: o.Concurrency, unfinished: o.MaxWaiting}, random: o.Random,
		spare: func() task { return nil },
	}
}

// never is the wait if only an event, and no time, can allow the next request.
const never time.Duration = math.MaxInt64

// pick returns the task to send now. If it returns nil, none may start until wait is over or
// something else has happened.
func (s *scheduler) pick(now time.Time) (t task, wait time.Duration) {
	if s.inFlight >= s.shortage.mayFly(s.limits.inFlight) {
		return nil, never
	}
	if wait := s.shortage.until.Sub(now); wait > 0 {
		return nil, wait
	}
	if s.outage.down() {
		return s.pickProbe(now)
	}
	if !s.hasReady(now) {
		return nil, s.untilDue(now)
	}
	if wait := s.pace.Take(now, s.inFlight); wait > 0 {
		return nil, wait
	}
	s.budget.refill = max(retryRefill, min(float64(s.pace.Rate()), 500)*retryShare)
	return s.pickReady(now), 0
}

// sent records a request that is sent.
func (s *scheduler) sent(t task, now time.Time) {
	s.put(t, atAPI)
	s.latest = t
	tries := t.tried()
	tries.sent, tries.flying = now, true
	tries.request = s.outage.send(t, now)
}

func (s *scheduler) hasReady(now time.Time) bool {
	return len(s.refused) > 0 || len(s.ready) > 0 || s.hasNext() || s.isDue(now)
}

// hasNext reports whether a new task may be started. During a canary none may.
func (s *scheduler) hasNext() bool { return s.next != nil && !s.alone }

// isDue reports whether a waiting task is due and the budget has a retry for it.
func (s *scheduler) isDue(now time.Time) bool {
	first := s.firstDue()
	return first != nil && !due(first).After(now) && s.budget.wait(now) == 0
}

// untilDue is the time until isDue will be true.
func (s *scheduler) untilDue(now time.Time) time.Duration {
	first := s.firstDue()
	if first == nil {
		return never
	}
	return max(due(first).Sub(now), s.budget.wait(now))
}

// pickReady chooses the next task: first one that was refused, then one with a further step,
// then one that is due again, then a new row. So rows are finished before others are
// started. There are two exceptions. While it is not known whether a row failed by itself, a
// new row shows more. And after a task that was refused before, another kind goes first:
// rows that are refused for a reason of their own must not block the others.
func (s *scheduler) pickReady(now time.Time) task {
	others := s.isDue(now) || len(s.ready) > 0 || s.hasNext()
	yields := s.latest != nil && s.latest.tried().refusals > 0 && others
	switch {
	case len(s.refused) > 0 && !yields:
		return s.refused[0]
	case len(s.ready) > 0:
		return s.ready[0]
	case s.isDue(now) && !(s.hasNext() && s.outage.undecided(s.firstDue().tried().request)):
		s.budget.spend()
		return s.firstDue()
	}
	return s.next
}

// full reports whether too many tasks are unfinished to start another.
func (s *scheduler) full() bool { return s.unfinished()+len(s.undecided) >= s.limits.unfinished }

// mayBeOutage reports whether the latest failure of a task may still turn out to be part of
// an outage.
func (s *scheduler) mayBeOutage(t task) bool { return s.outage.undecided(t.tried().request) }

// toldNothing records that the latest request says nothing about the API. The previous one
// may still say something.
func (s *scheduler) toldNothing(t *tries) {
	s.outage.withdraw(t.request)
	t.request = t.request.previous
}

// answeredProbe reports whether an answer is that of a probe, which then is no longer in
// flight.
func (s *scheduler) answeredProbe(t *tries) bool {
	if !t.probe {
		return false
	}
	t.probe, s.outage.probing = false, false
	return true
}
