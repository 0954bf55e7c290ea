package sync

import (
	"fmt"
	"strings"
	"time"

	"tracksync/internal/api"
)

// misled reports whether a failure shows that the run is set up to fail, such as
// by a certificate that does not fit. Once something has succeeded it is an
// outage like any other: somebody is at work on the server.
func (d *dispatcher) misled(e *api.Error) bool {
	return e != nil && e.Setup && e.Class == api.Retryable && d.tally.successes == 0
}

// foreignServer stops a run whose first rows all met something that is hardly the
// API: the row that met it last says what.
func foreignServer(last *api.Error) stop {
	message := fmt.Sprintf("the first %d rows were answered by something that does not seem to be the API: %s", firstRows, last.Message)
	if !strings.Contains(message, "check the base URL") {
		message += "; check the base URL, and whether a proxy answers"
	}
	return stop{reason: WrongServer, message: message}
}

// long says a time that may be absurd.
func long(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d > 366*day:
		return "more than a year"
	case d > 2*day:
		return fmt.Sprintf("%d days", d/day)
	}
	return d.Round(time.Second).String()
}
