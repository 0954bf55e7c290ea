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

// exitCode is the code for the error of a command. An error that is not a failure comes from
// parsing flags.
func exitCode(err error) int {
	var f *failure
	switch {
	case err == nil:
		return exitOK
	case defect.Is(err): // even if it was wrapped in a failure
		return exitStopped
	case errors.As(err, &f):
		return f.code
	}
	return exitUsage
}

// runCode is the code of a run that sent something. If several codes apply, the order is: the
// signal, the key, the stop, the time, the rows. A signal that came after every row had ended
// does not count.
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

// outranks reports whether the error of a command that sent nothing counts more than the end of
// ctx: it is a usage error (2) or a held lock (6), and not a consequence of that end.
func outranks(err error, ctx context.Context) bool {
	var f *failure
	if !errors.As(err, &f) || errors.Is(err, context.Cause(ctx)) || errors.Is(err, ctx.Err()) {
		return false
	}
	return f.code == exitUsage || f.code == exitHeld
}

// signalCode is the code of a command that a signal ended.
func signalCode(sig os.Signal) int {
	switch sig {
	case syscall.SIGHUP:
		return exitHangUp
	case syscall.SIGTERM:
		return exitTerminated
	}
	return exitInterrupted
}

// cutShort is the failure of a command whose ctx has ended, by a signal or because the time
// was up; nil if ctx has not ended. left says what remains of the command's work.
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
