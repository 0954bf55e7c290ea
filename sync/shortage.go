package sync

import (
	"time"

	"tracksync/internal/api"
)

// shortage is what this machine lacks to send: file descriptors, memory, ports. It
// says nothing of the API, costs no row an attempt, and is no outage. As many
// requests are in flight as there were means for; when there are means for none,
// nothing starts for a while, and after Options.MaxOutage the run stops. The zero
// shortage is none.
type shortage struct {
	room  int       // requests in flight at most; 0: as many as Options.Concurrency
	last  time.Time // the latest failure, or when room grew
	since time.Time // the first failure since a request has left; zero: none
	until time.Time // nothing starts before
	wait  time.Duration
}

const (
	shortWait, longestShortWait = 50 * time.Millisecond, 5 * time.Second

	// roomAfter is how long after a shortage one more request may be in flight.
	roomAfter = 10 * time.Second
)

// lacked takes note that a request could not be sent while so many are in flight.
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

// left takes note of a request for which there were means.
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

// lacking takes account of a request that this machine could not send. Its task is
// as if it had not been tried.
func (d *dispatcher) lacking(o outcome, failure *api.Error, now time.Time) {
	d.paused(d.tellPace(o, failure, now)) // no pause, but the end of what Take let start
	d.tell(&Attempt{Row: o.task.number(), Started: o.sent, Duration: o.took, Lacking: failure.Message, Limit: d.scheduler.pace.Rate()})
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
