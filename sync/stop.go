package sync

import (
	"fmt"
	"strconv"
	"strings"

	"tracksync/sync/pace"
)

// Reason says how a run ended. The zero Reason is not a reason.
type Reason string

// The reasons. If every row has ended, a run is complete even if it was asked to stop.
const (
	Completed       Reason = "completed"         // every row was worked on
	Interrupted     Reason = "interrupted"       // a signal
	Unauthorized    Reason = "unauthorized"      // 401
	ForbiddenKey    Reason = "forbidden"         // 403 before any success, or five rows in succession
	WrongAccount    Reason = "wrong_account"     // the first ten rows were all 404
	WrongServer     Reason = "wrong_server"      // it cannot be trusted, or the first ten rows were answered by something else
	TooManyFailures Reason = "too_many_failures" // Options.MaxFailures
	Outage          Reason = "outage"            // down, or refusing, for longer than Options.MaxOutage
	CanaryFailed    Reason = "canary_failed"     // Options.Canary
	Deadline        Reason = "deadline"          // Options.Deadline
	LocalShortage   Reason = "local_shortage"    // this machine lacked the means to send for longer than Options.MaxOutage
	LocalWrite      Reason = "local_write_error" // what happens could not be written
	ManifestError   Reason = "manifest_error"    // the rows could not be read to the end
	Defect          Reason = "defect"            // a panic
)

// explains reports whether the reason tells why rows are not as they should be. It is then
// reported even if the stop came too late.
func (r Reason) explains() bool {
	return r == WrongAccount || r == WrongServer || r == ForbiddenKey || r == CanaryFailed
}

// End is how a run ended.
type End struct {
	Reason  Reason
	Message string // for people; for a completed run only a remark about its failures
	Rows    int    // rows read, each of which has one result
	Err     error  // the cause, for LocalWrite, ManifestError and Defect

	Learned pace.Limit // the API's limit as far as it is known
}

// stop is a request to end the run: no more rows are started.
type stop struct {
	reason  Reason
	message string
	err     error
}

// Stop ends the run early: rows in flight have Options.Grace to finish. The first reason
// counts. It may be called from any goroutine, even before Run.
func (e *Engine) Stop(reason Reason, message string) {
	select {
	case e.stops <- stop{reason: reason, message: message}:
	default: // a stop is under way
	}
}

// MaxFailures is how many rows may end without success before a run stops: a
// number, or a share of the rows that have ended. The zero value never stops.
type MaxFailures struct {
	Rows    int     // 0: no bound
	Percent float64 // 0: no bound
}

// ParseMaxFailures reads "10" or "5%"; empty is no bound.
func ParseMaxFailures(text string) (MaxFailures, error) {
	if text == "" {
		return MaxFailures{}, nil
	}
	if number, ok := strings.CutSuffix(strings.TrimSpace(text), "%"); ok {
		p, err := strconv.ParseFloat(number, 64)
		if err != nil || !(p > 0 && p <= 100) {
			return MaxFailures{}, fmt.Errorf("%q is not a share above 0%% and up to 100%%", text)
		}
		return MaxFailures{Percent: p}, nil
	}
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || n < 1 {
		return MaxFailures{}, fmt.Errorf("%q is not a number of rows from 1", text)
	}
	return MaxFailures{Rows: n}, nil
}

// minFinished is how many rows must have ended before a percentage applies.
const minFinished = 20

func (m MaxFailures) reached(failed, finished int) bool {
	if m.Rows > 0 && failed >= m.Rows {
		return true
	}
	return m.Percent > 0 && failed > 0 && finished >= minFinished &&
		float64(failed)*100 >= m.Percent*float64(finished)
}

// String is the limit in the form that ParseMaxFailures reads.
func (m MaxFailures) String() string {
	if m.Percent > 0 {
		return fmt.Sprintf("%g%%", m.Percent)
	}
	return fmt.Sprint(m.Rows)
}
