package sync

import (
	"fmt"
	"strings"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/track"
)

// doubt records which attempts of a row's PUT in this session may have been applied.
type doubt struct {
	puts  int       // attempts so far: PUTs that were answered (refusals aside) or lost
	of    []int     // numbers of the first maxDoubts attempts that may have been applied
	count int       // how many attempts may have been applied
	sent  time.Time // when the latest of them was sent
	why   string    // how the latest of them ended
}

const maxDoubts = 3

// countPut counts a failed request if it counts as an attempt.
func (r *rowTask) countPut(failure *api.Error) {
	unsent := failure.Class == api.Canceled && !failure.MayBeApplied
	if r.step == sending && failure.Class != api.Throttled && !unsent {
		r.doubt.puts++
	}
}

// add records that the latest attempt may have been applied.
func (d *doubt) add(sent time.Time, why string) {
	d.count++
	if len(d.of) < maxDoubts {
		d.of = append(d.of, d.puts)
	}
	d.sent, d.why = sent, why
}

// String is for people, for example "attempt 2 of 3 (sent at 2026-11-23T15:04:05Z) may
// have been applied".
func (d *doubt) String() string {
	sent := d.sent.UTC().Format(time.RFC3339)
	if d.count == 1 {
		return fmt.Sprintf("attempt %d of %d (sent at %s) may have been applied", d.of[0], d.puts, sent)
	}
	if d.count > len(d.of) {
		return fmt.Sprintf("%d of %d attempts, the latest sent at %s, may have been applied", d.count, d.puts, sent)
	}
	last := len(d.of) - 1
	numbers := strings.Trim(strings.ReplaceAll(fmt.Sprint(d.of[:last]), " ", ", "), "[]")
	return fmt.Sprintf("attempts %s and %d of %d, the latest sent at %s, may have been applied", numbers, d.of[last], d.puts, sent)
}

// sendAgain is the end of every message about an unknown row.
const sendAgain = "sending the row again is safe"

// explain adds to the error of an unknown row which attempt may have been applied, and
// what to do.
func (t *rowTask) explain(r *track.Result) {
	e := track.Error{Code: "unknown", Retryable: true}
	if r.Error != nil {
		e = *r.Error // a copy: the error may belong to an earlier session's result
	}
	if strings.HasSuffix(e.Message, sendAgain) {
		return
	}
	parts := []string{e.Message, "it may have been applied", sendAgain}
	switch {
	case t.doubt.count > 0:
		parts[1] = t.doubt.String()
		if t.doubt.why != e.Message {
			parts[1] += ": " + t.doubt.why
		}
	case unknownBefore(t.row):
		parts[1] = "an attempt of an earlier session may have been applied"
	}
	if e.Message == "" {
		parts = parts[1:]
	}
	e.Message = strings.Join(parts, "; ")
	r.Error = &e
}
