package sync

import (
	"fmt"
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

// lacking takes account of a request that this machine could not send. Its row is
// as if it had not been tried.
func (d *dispatcher) lacking(o outcome, failure *api.Error, now time.Time) {
	d.paused(d.tellPace(o, failure, now)) // no pause, but the end of what Take let start
	d.tell(Attempt{Row: o.job.row.Number, Started: o.sent, Duration: o.took, Lacking: failure.Message, Limit: d.pace.Rate()})
	j, s := o.job, &d.shortage
	j.flying = false
	d.toldNothing(j)
	if j.probe {
		j.probe, d.outage.probing = false, false
	}
	if j.earlier+j.attempts+j.lost+j.refusals == 0 {
		j.started = time.Time{}
	}
	s.last, s.room = now, max(1, d.busy)
	if s.since.IsZero() {
		s.since = now
	}
	if d.busy == 0 {
		s.wait = min(max(2*s.wait, shortWait), longestShortWait)
		s.until = now.Add(s.wait)
	}
	if d.stop != nil {
		d.settle(j, now)
		return
	}
	d.going = append(d.going, j)
	longest := d.opts.MaxOutage
	if d.tally.successes == 0 {
		longest = min(longest, earlyOutage)
	}
	if now.Sub(s.since) >= longest {
		d.begin(stop{reason: LocalShortage, message: fmt.Sprintf("nothing could be sent for %v: %s", now.Sub(s.since).Round(time.Second), failure.Message)})
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
