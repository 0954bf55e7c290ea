package cli

import (
	"context"
	"os"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/sandbox"
	"tracksync/internal/stopping"
	"tracksync/internal/track"
	engine "tracksync/sync"
)

// connect returns the client, to the API or, when box is not nil, to a sandbox of
// this process.
func connect(config api.Config, box *sandbox.Config) (c *api.Client, done func(), err error) {
	done = func() {}
	if box != nil {
		if config.BaseURL, err = api.ParseBaseURL("http://localhost/v1"); err != nil {
			return nil, nil, err
		}
		if config.Key, err = api.ParseKey("write_sandbox"); err != nil {
			return nil, nil, err
		}
		handler, err := sandbox.New(*box)
		if err != nil {
			return nil, nil, err
		}
		config.DialContext, done = sandbox.Serve(handler)
	}
	client, err := api.New(config)
	if err != nil {
		done()
		return nil, nil, err
	}
	stop := done
	return client, func() { client.CloseIdle(); stop() }, nil
}

// sandboxConfig is a sandbox that has the tracks of a manifest. Without ids it has every
// track, of which none is in a listing.
func sandboxConfig(ids []track.ID, largestVolume int) *sandbox.Config {
	c := &sandbox.Config{
		MaxVolume: largestVolume,
		Latency:   sandbox.Latency{Min: 20 * time.Millisecond, Max: 60 * time.Millisecond},
	}
	if ids == nil {
		c.Exists = func(int64) bool { return true }
		return c
	}
	for _, id := range ids {
		c.IDs = append(c.IDs, int64(id))
	}
	return c
}

// stopper is what a signal stops: an engine, or a run.
type stopper interface {
	Stop(why engine.Reason, message string)
}

// runWithSignals lets work run s and hands the signals on to it: the first stops
// it gently, the second cuts it off. It returns the first signal that came.
func (a *app) runWithSignals(ctx context.Context, s stopper, grace time.Duration, work func(context.Context)) os.Signal {
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
