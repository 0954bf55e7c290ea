package sync

import (
	"fmt"
	"strconv"
	"strings"

	"tracksync/sync/pace"
)

// Reason says how a run ended. The zero Reason is not a reason.
type Reason string

// The reasons. All but Completed leave rows that have not come to their end: a run
// that was to be stopped and whose every row has ended is complete.
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

// explains reports whether a stop for this reason says why rows are not as they
// should be, which is worth saying also when it stopped nothing.
func (r Reason) explains() bool {
	return r == WrongAccount || r == WrongServer || r == ForbiddenKey || r == CanaryFailed
}

// End is how a run ended.
type End struct {
	Reason  Reason
	Message string // for people; of a completed run only what its failures look like
	Rows    int    // rows read, each of which has one result
	Err     error  // the cause, for LocalWrite, ManifestError and Defect

	Learned pace.Limit // of the API's limit
}

// stop is a request to end the run: no row is started any more.
type stop struct {
	reason  Reason
	message string
	err     error
}

// Stop ends the run early: rows in flight have the grace to finish. The first
// reason counts. Safe to call from any goroutine, also before Run.
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

// minFinished is how many rows must have ended before a percentage says
// anything.
const minFinished = 20

func (m MaxFailures) reached(failed, finished int) bool {
	if m.Rows > 0 && failed >= m.Rows {
		return true
	}
	return m.Percent > 0 && failed > 0 && finished >= minFinished &&
		float64(failed)*100 >= m.Percent*float64(finished)
}

// String says the bound as it was given.
func (m MaxFailures) String() string {
	if m.Percent > 0 {
		return fmt.Sprintf("%g%%", m.Percent)
	}
	return fmt.Sprint(m.Rows)
}
