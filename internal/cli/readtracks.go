package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"tracksync/internal/run"
	"tracksync/internal/sandbox"
	"tracksync/internal/terminal"
	"tracksync/internal/track"
	"tracksync/report"
	engine "tracksync/sync"
	"tracksync/sync/current"
)

// reading says what a command that changes nothing reads.
type reading struct {
	ids     []track.ID     // ids of the tracks; nil: all tracks
	state   *current.State // which may know the API's limit; nil: there is no state file
	box     func() *sandbox.Config
	without string // what is missing if the tracks cannot be read
}

// readGrace is how long a command that only reads waits for its requests in flight after it
// was stopped.
const readGrace = 2 * time.Second

// readTracks reads the state of tracks and shows the progress. The result is valid until
// forget is called, which is never nil.
func (a *app) readTracks(ctx context.Context, s service, sp speed, r reading) (
	found *engine.Survey, forget func() error, err error,
) {
	forget = func() error { return nil }
	client, closeClient, err := s.connect(r.box)
	if err != nil {
		return nil, forget, err
	}
	defer closeClient()
	found = run.NewSurvey(r.ids)
	forget = found.Store.Close
	opts := sp.engine()
	opts.Grace, opts.Survey = sp.ends.Grace(readGrace), found
	if sp.auto && !s.inProcess {
		opts.Remembered = run.KnownLimit(s.account, r.state, time.Now())
	}
	w := a.watch(terminal.ProgressOptions{Limit: sp.rate, Survey: true, Started: time.Now()})
	e := engine.New(client, w, opts)
	var end engine.End
	sig := a.runWithSignals(ctx, e, opts.Grace, func(ctx context.Context) { end, err = e.Survey(ctx) })
	w.End()
	if sig != nil {
		// Even if everything was read: the output is not written yet, and must not be.
		end.Reason = engine.Interrupted
	}
	if code := runCode(end, sig, err != nil, report.Summary{}); code != exitOK {
		return nil, forget, &failure{code: code, err: whyUnread(end, sig, err, r.without)}
	}
	return found, forget, nil
}

// whyUnread is why the tracks could not be read to the end.
func whyUnread(end engine.End, sig os.Signal, err error, without string) error {
	switch {
	case err != nil:
	case sig != nil:
		return errors.New("interrupted; " + without)
	case end.Message != "":
		err = errors.New(end.Message)
	default:
		err = fmt.Errorf("reading ended early (%s)", end.Reason)
	}
	return fmt.Errorf("%s: %w", without, err)
}
