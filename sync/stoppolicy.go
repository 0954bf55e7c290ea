package sync

import (
	"fmt"
	"strings"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/track"
)

// stopPolicy decides when a run must stop. Its methods count what happens and return the
// necessary stop, or nil. It stops nothing itself.
type stopPolicy struct {
	maxFailures MaxFailures
	maxOutage   time.Duration
	proven      func() bool // whether the key is known to be the right one for these tracks

	successes int // answers that were 2xx and usable
	refusals  int // 429s
	rows      rowCounts
	lookups   lookupCounts
	refusing  refusing
	canary    int // rows that are still to be checked one by one
}

// rowCounts counts the rows that ended after a request.
type rowCounts struct {
	finished  int
	failures  int // of these: without success
	notFound  int // of these: 404
	foreign   int // of these: answered by something other than the API
	forbidden int // 403, in succession
}

// lookupCounts counts what the survey could not read.
type lookupCounts struct {
	missing int // tracks that do not exist
	foreign int // calls answered by something other than the API
}

const (
	// firstRows is how many rows at the start of a run must all be 404 to mean that the key
	// belongs to another organization, or must all be answered by something other than the
	// API to mean that the base URL is wrong.
	firstRows = 10
	// forbiddenRows is how many 403s in succession mean that the key has lost its privileges.
	forbiddenRows = 5
)

// patience returns how long an outage, or a time of only refusals, may still last. If it has
// lasted too long, it returns the stop.
func (p *stopPolicy) patience(now time.Time, o *outage) (left time.Duration, s *stop) {
	left = never
	if r := p.refusing; r.again {
		left = p.maxOutage - now.Sub(r.since)
		if left <= 0 {
			s = &stop{reason: Outage, message: fmt.Sprintf("the API has refused every request for %v (429)",
				now.Sub(r.since).Round(time.Second))}
		}
	}
	if o.down() {
		everSucceeded := p.successes > 0
		if why := o.tooLong(now, p.maxOutage, everSucceeded); why != "" && s == nil {
			s = &stop{reason: Outage, message: why}
		}
		left = min(left, o.limit(p.maxOutage, everSucceeded).Sub(now))
	}
	return left, s
}

// lacking returns the stop if this machine has been unable to send for too long.
func (p *stopPolicy) lacking(since, now time.Time, what string) *stop {
	longest := p.maxOutage
	if p.successes == 0 {
		longest = min(longest, earlyOutage)
	}
	if now.Sub(since) < longest {
		return nil
	}
	return &stop{reason: LocalShortage, message: fmt.Sprintf("nothing could be sent for %v: %s",
		now.Sub(since).Round(time.Second), what)}
}

// misconfigured reports whether a failure shows a wrong setup, for example a certificate
// that does not match. After the first success it is an outage like any other: somebody is
// probably working on the server.
func (p *stopPolicy) misconfigured(e *api.Error) bool {
	return e != nil && e.Setup && e.Class == api.Retryable && p.successes == 0
}

// forbids returns the stop for a 403 that shows at once that the key lacks the privilege.
func (p *stopPolicy) forbids(k requestKind, failure *api.Error) *stop {
	if p.successes > 0 || p.proven() {
		return nil
	}
	return &stop{reason: ForbiddenKey, message: "the API forbids this key to " + k.verb() + ": " + failure.Message}
}

// forbade returns the stop if so many rows in succession ended with 403 that the key must
// have lost its privileges.
func (p *stopPolicy) forbade(failure *api.Error) *stop {
	if p.rows.forbidden < forbiddenRows {
		return nil
	}
	return &stop{reason: ForbiddenKey, message: fmt.Sprintf(
		"the API forbade %d rows in succession: %s", forbiddenRows, failure.Message)}
}

// askedToWait returns the stop for an answer that asks to wait longer than an outage may
// last.
func (p *stopPolicy) askedToWait(wait time.Duration) *stop {
	if wait <= p.maxOutage {
		return nil
	}
	return &stop{reason: Outage, message: fmt.Sprintf(
		"the API asks to come back only in %s, longer than the longest outage that is waited for (%v)",
		longDuration(wait), p.maxOutage)}
}

// rowEnded counts a row that ended and that had something to send.
func (p *stopPolicy) rowEnded(t *tries, canary bool, r track.Result) *stop {
	s := p.canaryEnded(canary, r)
	if r.Status == track.NotAttempted {
		return s
	}
	c := &p.rows
	c.finished++
	if r.Status == track.Failed && r.HTTPStatus == 404 {
		c.notFound++
	}
	if r.Status == track.Failed && t.last.Foreign {
		c.foreign++
	}
	if r.Status == track.Failed && r.HTTPStatus == 403 {
		c.forbidden++
	} else if !t.started.IsZero() { // otherwise no request was made
		c.forbidden = 0
	}
	if !r.Status.Success() {
		c.failures++
	}
	switch {
	case s != nil:
		return s
	case c.finished == firstRows && c.foreign == firstRows && !p.proven():
		return foreignServer(t.last)
	case c.finished == firstRows && c.notFound == firstRows && !p.proven():
		return wrongAccount(t.last)
	case !r.Status.Success() && p.maxFailures.reached(c.failures, c.finished):
		return &stop{reason: TooManyFailures, message: fmt.Sprintf(
			"%d of %d rows failed, which reaches the bound of %v", c.failures, c.finished, p.maxFailures)}
	}
	return nil
}

// canaryEnded counts a canary, if the row is one. Rows that had nothing to send do not count.
func (p *stopPolicy) canaryEnded(canary bool, r track.Result) *stop {
	if !canary {
		return nil
	}
	switch r.Status {
	case track.Updated:
		p.canary--
		return nil
	case track.Unchanged, track.Drifted, track.NotAttempted:
		return nil
	}
	why := string(r.Status)
	if r.Error != nil {
		why = r.Error.Message
	}
	return &stop{reason: CanaryFailed,
		message: fmt.Sprintf("row %d, one of the first that are checked one by one, is not right: %s", r.Row, why)}
}

// unconfirmedCanary is the stop for a canary whose PUT succeeded but which could not be read
// back.
func unconfirmedCanary(r *rowTask) *stop {
	return &stop{reason: CanaryFailed, message: fmt.Sprintf(
		"row %d, one of the first that are checked one by one, cannot be read back: %s", r.row.Number, r.last.Message)}
}

// lookupFailed counts a part of the survey that could not be read.
func (p *stopPolicy) lookupFailed(missing bool, last *api.Error) *stop {
	if missing {
		p.lookups.missing++
	}
	if last.Foreign {
		p.lookups.foreign++
	}
	switch {
	case p.proven():
	case p.lookups.foreign == firstRows:
		return foreignServer(last)
	case p.lookups.missing == firstRows:
		return wrongAccount(last)
	}
	return nil
}

func wrongAccount(last *api.Error) *stop {
	if last.Misplaced {
		return foreignServer(last)
	}
	return &stop{reason: WrongAccount, message: fmt.Sprintf(
		"the first %d tracks do not exist (404): this looks like the key of another organization, or like its manifest", firstRows)}
}

// foreignServer is the stop if the first rows were all answered by something that is
// probably not the API. last is the latest error.
func foreignServer(last *api.Error) *stop {
	message := fmt.Sprintf("the first %d rows were answered by something that does not seem to be the API: %s", firstRows, last.Message)
	if !strings.Contains(message, "check the base URL") {
		message += "; check the base URL, and whether a proxy answers"
	}
	return &stop{reason: WrongServer, message: message}
}

// longDuration is a duration in words. The duration may be absurdly long.
func longDuration(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d > 366*day:
		return "more than a year"
	case d > 2*day:
		return fmt.Sprintf("%d days", d/day)
	}
	return d.Round(time.Second).String()
}

// refusing is a span in which every request is refused with 429. One refusal is not enough:
// if requests are rare, no other answer comes for a long time. So the span counts only after
// a later request was refused too.
type refusing struct {
	since time.Time // when the first refusal came; zero: there is no such span
	again bool      // a request that was sent after that was refused too
}

// answered records the answer to a request. It ignores an accepted request that was sent
// before the first refusal.
func (r *refusing) answered(refused bool, sent, now time.Time) {
	switch {
	case !refused && sent.Before(r.since):
	case !refused:
		*r = refusing{}
	case r.since.IsZero():
		r.since = now
	case !sent.Before(r.since):
		r.again = true
	}
}
