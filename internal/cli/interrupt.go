package cli

import (
	"context"
	"os"
	"time"

	"tracksync/internal/stopping"
	engine "tracksync/sync"
)

// stopper is something that a signal stops: an engine or a run.
type stopper interface {
	Stop(why engine.Reason, message string)
}

// runWithSignals calls work, which runs s. The first signal stops s gently, the second cancels
// work's context. It returns the first signal, or nil.
func (a *app) runWithSignals(
	ctx context.Context, s stopper, grace time.Duration, work func(context.Context),
) os.Signal {
	a.screen.Hurry()
	return a.signals.Run(ctx, stopping.Stopping{
		First: func(sig os.Signal) {
			s.Stop(engine.Interrupted, "stopped by a signal: "+sig.String())
			a.log.Warn().Str("signal", sig.String()).Str("grace", grace.String()).
				Msg("stopping: no more rows are started; a second signal cancels the requests in flight")
		},
		Second: func(sig os.Signal) {
			a.log.Warn().Str("signal", sig.String()).Msg("cancelling the requests in flight")
		},
		Defect: func(err error) { s.Stop(engine.Defect, err.Error()) },
	}, work)
}
