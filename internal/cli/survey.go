package cli

import (
	"context"
	"os"
	"time"

	"tracksync/internal/terminal"
	engine "tracksync/sync"
)

// readGrace is how long a command that only reads waits for its requests in
// flight when it is stopped.
const readGrace = 2 * time.Second

// readState reads the state of tracks for a command that changes nothing, at the
// pace of sp. It shows how far it is. A signal ends it; it is returned.
func (a *app) readState(ctx context.Context, client engine.API, sp speed, s *engine.Survey) (end engine.End, sig os.Signal, err error) {
	opts := sp.engine()
	grace := sp.ends.Grace(readGrace)
	opts.Grace, opts.Survey = grace, s
	w := a.watch(terminal.ProgressOptions{Limit: sp.rate, Survey: true, Started: time.Now()})
	e := engine.New(client, w, opts)
	sig = a.runWithSignals(ctx, e, grace, func(ctx context.Context) { end, err = e.Survey(ctx) })
	w.End()
	if sig != nil && end.Reason == engine.Completed {
		// All was read. What was asked for is not written yet, and shall not be.
		end.Reason, end.Message = engine.Interrupted, "stopped by a signal: "+sig.String()
	}
	return end, sig, err
}
