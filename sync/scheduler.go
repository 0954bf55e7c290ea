package sync

import (
	"math"
	"time"

	"tracksync/sync/pace"
)

// scheduler decides what is sent next, and when: it has the queue, and everything
// that can hold a request back. It sends nothing itself.
type scheduler struct {
	queue
	pace     *pace.Pace
	outage   outage
	shortage shortage
	budget   retryBudget

	latest task // the latest one sent
	alone  bool // a canary is on its way: nothing is begun
	limits limits
	random func() float64

	// spare makes one more task to probe an outage with; nil: it has none.
	spare func() task
}

// limits bound what is under way.
type limits struct {
	inFlight   int // Options.Concurrency
	unfinished int // Options.MaxWaiting
}

func newScheduler(o Options, now time.Time) *scheduler {
	p := pace.Fixed(o.Rate, o.Random)
	if o.Learn {
		p = pace.Auto(pace.Options{Most: o.Rate, Random: o.Random, Remembered: o.Remembered, Share: o.Share})
	}
	return &scheduler{
		pace: p, outage: outage{evidence: newEvidence()}, budget: newRetryBudget(now),
		limits: limits{inFlight: o.Concurrency, unfinished: o.MaxWaiting}, random: o.Random,
		spare: func() task { return nil },
	}
}

// never is a wait for something other than time.
const never time.Duration = math.MaxInt64

// pick is the task to send now; nil: none may start before wait has passed or
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

// sent takes note of a request that is sent.
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

// hasNext reports whether a task may be begun. Behind a canary none may.
func (s *scheduler) hasNext() bool { return s.next != nil && !s.alone }

// isDue reports whether a task waits whose time has come, and the budget has a
// retry for it.
func (s *scheduler) isDue(now time.Time) bool {
	first := s.firstDue()
	return first != nil && !due(first).After(now) && s.budget.wait(now) == 0
}

// untilDue is how long until isDue.
func (s *scheduler) untilDue(now time.Time) time.Duration {
	first := s.firstDue()
	if first == nil {
		return never
	}
	return max(due(first).Sub(now), s.budget.wait(now))
}

// pickReady chooses what goes next: what was refused, then what has a further
// step to go, then what is due again, then a new row, so that rows are finished
// before others are begun. While it is open whether a row failed by itself, a new one
// tells more. Behind a row that was refused before another kind goes
// first: rows that are refused for a reason of their own must not hold up the
// rest.
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

// full reports whether so many tasks are begun that no other may be.
func (s *scheduler) full() bool { return s.unfinished()+len(s.undecided) >= s.limits.unfinished }

// mayBeOutage reports whether the latest failure of a task may yet turn out to be one
// of an outage.
func (s *scheduler) mayBeOutage(t task) bool { return s.outage.undecided(t.tried().request) }

// toldNothing takes note that the latest request says nothing of the API. The one
// before it may still.
func (s *scheduler) toldNothing(t *tries) {
	s.outage.withdraw(t.request)
	t.request = t.request.previous
}

// answeredProbe takes note of an answer, and reports whether it is that of a probe.
func (s *scheduler) answeredProbe(t *tries) bool {
	if !t.probe {
		return false
	}
	t.probe, s.outage.probing = false, false
	return true
}
