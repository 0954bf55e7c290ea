package cli

import (
	"context"
	"os"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"tracksync/internal/terminal"
	"tracksync/internal/track"
	engine "tracksync/sync"
	"tracksync/sync/current"
	"tracksync/sync/pace"
)

// readGrace is how long a command that only reads waits for its requests in
// flight when it is stopped.
const readGrace = 2 * time.Second

func surveyIn(wanted []track.ID, spool current.Spool) *engine.Survey {
	if wanted == nil {
		return &engine.Survey{Listing: current.NewFullListing(), Store: current.NewFullStore(spool)}
	}
	return &engine.Survey{
		Listing: current.NewListing(len(wanted)), Store: current.NewStore(slices.Clone(wanted), spool), Wanted: len(wanted),
	}
}

// readState reads the state of tracks for a command that changes nothing, at the
// pace of sp. It shows how far it is. A signal ends it; it is returned.
func (a *app) readState(ctx context.Context, client engine.API, sp speed, s *engine.Survey) (engine.End, os.Signal, error) {
	opts := sp.engine()
	grace := a.graceWithin(sp, readGrace)
	opts.Grace, opts.Survey, opts.Deadline = grace, s, a.endsAt(sp)
	p := a.newProgress(terminal.ProgressOptions{Limit: sp.rate, Survey: true, Started: time.Now()})
	e := engine.New(client, &readSink{progress: p, log: a.log}, opts)
	end, sig, err := a.runWithSignals(ctx, e, grace, e.Survey)
	p.End()
	if sig != nil && end.Reason == engine.Completed {
		// All was read. What was asked for is not written yet, and shall not be.
		end.Reason, end.Message = engine.Interrupted, "stopped by a signal: "+sig.String()
	}
	return end, sig, err
}

// newProgress returns a progress that goes where messages go.
func (a *app) newProgress(o terminal.ProgressOptions) *terminal.Progress {
	o.Log, o.Width, o.Color = a.log, a.Width, a.color()
	if a.ErrTerminal && a.logs.human(a.Streams) && a.log.GetLevel() <= zerolog.InfoLevel {
		o.Screen = a.screen
	}
	return terminal.NewProgress(o)
}

// readSink takes what the engine tells of a survey alone. The engine calls it
// from one goroutine.
type readSink struct {
	progress *terminal.Progress
	lacked   lackings
	log      zerolog.Logger
}

var _ engine.Observer = (*readSink)(nil)

func (s *readSink) Attempt(a engine.Attempt) {
	if !s.lacked.told(s.log, a) {
		s.progress.Attempt(a.Started, a.Limit)
	}
}
func (s *readSink) Pause(p pace.Pause)       { s.progress.Pause(p) }
func (s *readSink) Reading(r engine.Reading) { s.progress.Reading(r) }
func (s *readSink) Tick() error              { s.progress.Tick(time.Now()); return nil }
func (s *readSink) Outage(d engine.Downtime) { sayOutage(s.log, s.progress, d) }

// lackings tells once of each thing that this machine lacks.
type lackings map[string]bool

// told reports whether an attempt was none, because the means were lacking.
func (s *lackings) told(log zerolog.Logger, a engine.Attempt) bool {
	if a.Lacking == "" {
		return false
	}
	if !(*s)[a.Lacking] {
		log.Warn().Msg(a.Lacking + " (fewer requests are in flight until then; no row fails because of it)")
		if *s == nil {
			*s = lackings{}
		}
		(*s)[a.Lacking] = true
	}
	return true
}

// sayOutage tells of the beginning and the end of an outage.
func sayOutage(log zerolog.Logger, p *terminal.Progress, d engine.Downtime) {
	down := d.Until.IsZero()
	p.Down(down)
	if down {
		log.Warn().Time("since", d.From).Msg("the API seems to be down: nothing is sent but a probe now and then")
		return
	}
	ev := log.Warn().Str("lasted", terminal.Short(d.Until.Sub(d.From))).Int("requests", d.Requests)
	if d.Stopped {
		ev.Msg("the run stops while the API is down")
		return
	}
	ev.Msg("the outage has ended")
}
