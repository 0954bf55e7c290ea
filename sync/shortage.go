package sync

import (
	"time"

	"tracksync/internal/api"
)

// shortage is a lack of file descriptors, memory or ports on this machine. It says nothing
// about the API, does not count as an attempt, and is not an outage. The number of requests
// in flight is limited to what the machine could send. If it can send none, nothing starts
// for a while, and after Options.MaxOutage the run stops. The zero value is no shortage.
type shortage struct {
	room  int       // requests in flight at most; 0: as many as Options.Concurrency
	last  time.Time // time of the latest failure, or when room was last increased
	since time.Time // time of the first failure since a request was sent; zero: none
	until time.Time // nothing starts earlier
	wait  time.Duration
}

const (
	shortWait, longestShortWait = 50 * time.Millisecond, 5 * time.Second

	// roomAfter is how long after a shortage room is increased by one.
	roomAfter = 10 * time.Second
)

// lacked records that a request could not be sent while others were in flight.
func (s *shortage) lacked(inFlight int, now time.Time) {
	s.last, s.room = now, max(1, inFlight)
	if s.since.IsZero() {
		s.since = now
	}
	if inFlight == 0 {
		s.wait = min(max(2*s.wait, shortWait), longestShortWait)
		s.until = now.Add(s.wait)
	}
}

// left records a request that could be sent.
func (s *shortage) left(now time.Time, most int) {
	s.since, s.wait = time.Time{}, 0
	if s.room == 0 || now.Sub(s.last) < roomAfter {
		return
	}
	s.last = now
	if s.room++; s.room >= most {
		s.room = 0
	}
}

// mayFly is how many requests may be in flight.
func (s *shortage) mayFly(most int) int {
	if s.room == 0 {
		return most
	}
	return s.room
}

// lacking processes a request that this machine could not send. For its task, the request
// does not count.
func (d *dispatcher) lacking(o outcome, failure *api.Error, now time.Time) {
	d.paused(d.tellPace(o, failure, now)) // no pause follows, but the pace must know that the request ended
	d.tell(&Attempt{
		Row: o.task.number(), Update: o.task.kind() == writeRequest, Started: o.sent, Duration: o.took,
		Lacking: failure.Message, Limit: d.scheduler.pace.Rate(),
	})
	t := o.task.tried()
	t.flying = false
	d.scheduler.toldNothing(t)
	d.release()
	d.scheduler.answeredProbe(t)
	if t.untried() {
		t.started = time.Time{}
	}
	s := &d.scheduler.shortage
	s.lacked(d.scheduler.inFlight, now)
	if d.stop != nil {
		d.stopTask(o.task, now)
		return
	}
	d.scheduler.put(o.task, atReady)
	if ends := d.policy.lacking(s.since, now, failure.Message); ends != nil {
		d.stopRun(*ends)
	}
}
