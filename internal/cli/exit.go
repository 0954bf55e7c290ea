package cli

import (
	"context"
	"errors"
	"os"
	"syscall"

	"tracksync/internal/defect"
	"tracksync/internal/stopping"
	"tracksync/report"
	engine "tracksync/sync"
)

// The exit codes. They are part of the interface: scripts are written against
// them.
const (
	exitOK          = 0
	exitRows        = 1 // the run finished, and some rows are not as the manifest says
	exitUsage       = 2 // usage or manifest; nothing was sent
	exitStopped     = 3 // stopped before the end, other than by the clock; can be resumed
	exitKey         = 4 // the API rejected the key
	exitChanges     = 5 // plan --exit-code: there are changes
	exitHeld        = 6 // another run holds the lock; nothing was sent
	exitTimeUp      = 7 // the time was up; can be resumed
	exitHangUp      = 129
	exitInterrupted = 130
	exitTerminated  = 143
)

// exitCode is the code for what a command returned. What is no failure of our
// own comes from the parsing of flags.
func exitCode(err error) int {
	var f *failure
	switch {
	case err == nil:
		return exitOK
	case defect.Is(err): // also one that was taken for a failure on its way
		return exitStopped
	case errors.As(err, &f):
		return f.code
	}
	return exitUsage
}

// runCode is the code of a run that sent something. Where several apply: the
// signal, the key, the stop, the time, the rows. A signal that came when every row had ended
// stopped nothing.
func runCode(end engine.End, sig os.Signal, localError bool, s report.Summary) int {
	switch {
	case sig != nil && end.Reason != engine.Completed:
		return signalCode(sig)
	case end.Reason == engine.Unauthorized || end.Reason == engine.ForbiddenKey:
		return exitKey
	case localError, end.Reason != engine.Completed && end.Reason != engine.Deadline:
		return exitStopped
	case end.Reason == engine.Deadline:
		return exitTimeUp
	case s.Totals.Succeeded() < s.Rows:
		return exitRows
	}
	return exitOK
}

// signalCode is the code of what a signal ended.
func signalCode(sig os.Signal) int {
	switch sig {
	case syscall.SIGHUP:
		return exitHangUp
	case syscall.SIGTERM:
		return exitTerminated
	}
	return exitInterrupted
}

// cutShort is the failure of a command that ctx has ended, by a signal or because
// the time was up; nil when it has not. left is what there is of its work.
func cutShort(ctx context.Context, left string) error {
	if sig := stopping.Of(ctx); sig != nil {
		return &failure{code: signalCode(sig), err: errors.New("interrupted; " + left)}
	}
	up := stopping.TimeUpOf(ctx)
	if up == nil {
		return nil
	}
	f := &failure{code: exitTimeUp, err: errors.New(up.Error() + "; " + left)}
	if up.Before() {
		f.hint = "name a later time, or --until off"
	}
	return f
}
