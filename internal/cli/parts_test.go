package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"

	"tracksync/internal/defect"
	"tracksync/internal/stopping"
	"tracksync/internal/track"
	"tracksync/report"
	engine "tracksync/sync"
)

// If several codes apply, the order is: the signal, the key, the stop, the rows.
func TestRunCode(t *testing.T) {
	bad := report.Summary{Account: report.Account{Rows: 2, Totals: report.Totals{track.Updated: 1, track.Failed: 1}}}
	good := report.Summary{Account: report.Account{Rows: 2, Totals: report.Totals{track.Updated: 1, track.Skipped: 1}}}
	for _, tc := range []struct {
		name    string
		reason  engine.Reason
		sig     os.Signal
		local   bool
		summary report.Summary
		want    int
	}{
		{"all well", engine.Completed, nil, false, good, 0},
		{"some failed", engine.Completed, nil, false, bad, 1},
		{"outage", engine.Outage, nil, false, bad, 3},
		{"too many failures", engine.TooManyFailures, nil, false, bad, 3},
		{"another account", engine.WrongAccount, nil, false, bad, 3},
		{"disk full", engine.LocalWrite, nil, false, good, 3},
		{"the manifest changed", engine.ManifestError, nil, false, bad, 3},
		{"a report failed", engine.Completed, nil, true, good, 3},
		{"the key", engine.Unauthorized, nil, false, bad, 4},
		{"forbidden", engine.ForbiddenKey, nil, true, bad, 4},
		{"the time was up", engine.Deadline, nil, false, bad, 7},
		{"the time was up, and a report failed", engine.Deadline, nil, true, bad, 3},
		{"the time was up when the key was rejected", engine.Unauthorized, nil, false, good, 4},
		{"the time was up after the last row", engine.Completed, nil, false, good, 0},
		{"SIGTERM after the last row, some failed", engine.Completed, syscall.SIGTERM, false, bad, 1},
		{"SIGTERM, and a report failed", engine.Interrupted, syscall.SIGTERM, true, bad, 143},
		{"SIGTERM during an outage", engine.Outage, syscall.SIGTERM, false, bad, 143},
		{"SIGTERM when the time was up", engine.Deadline, syscall.SIGTERM, false, bad, 143},
		{"SIGHUP", engine.Interrupted, syscall.SIGHUP, false, bad, 129},
		{"SIGINT", engine.Interrupted, os.Interrupt, false, bad, 130},
		{"SIGTERM", engine.Interrupted, syscall.SIGTERM, false, bad, 143},
		{"SIGINT after the key was rejected", engine.Unauthorized, os.Interrupt, false, bad, 130},
	} {
		if got := runCode(engine.End{Reason: tc.reason}, tc.sig, tc.local, tc.summary); got != tc.want {
			t.Errorf("%s: %d, want %d", tc.name, got, tc.want)
		}
	}
}

// Before anything is sent, what is wrong with the command line or the manifest counts more than a
// held lock, a signal and the time, unless it is only their consequence.
func TestBeforeAnythingIsSent(t *testing.T) {
	past := stopping.Limit{Begun: time.Now(), At: time.Now().Add(-time.Hour), Name: "--until 06:00"}
	up, cancel := past.Context(context.Background(), func() {})
	defer cancel()
	<-up.Done()
	for name, tc := range map[string]struct {
		err  error
		want bool
	}{
		"nothing":                 {nil, false},
		"a wrong manifest":        {&failure{code: exitUsage}, true},
		"a held lock":             {&failure{code: exitHeld}, true},
		"a full disk":             {&failure{code: exitStopped}, false},
		"reading ended":           {localFailure(context.Cause(up), ""), false},
		"reading ended otherwise": {localFailure(fmt.Errorf("tracks.csv: %w", up.Err()), ""), false},
		"no answer to a question": {context.Cause(up), false},
		"a defect":                {defect.Do(func() error { panic("oh") }), false},
		"wrapped":                 {fmt.Errorf("tracks.csv: %w", usage(errors.New("no rows"), "")), true},
	} {
		if got := outranks(tc.err, up); got != tc.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
