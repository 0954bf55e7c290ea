package cli

import (
	"context"
	"sync"

	"tracksync/internal/api"
	"tracksync/internal/track"
	"tracksync/report"
)

// maxTrial is the most rows of a trial.
const maxTrial = 10

// trial is a run of a few chosen rows, by --limit or --only. At its end the tracks are named, so
// that somebody can look at them before the rest follows. nil: the run is none.
type trial struct {
	mu      sync.Mutex
	names   map[track.ID]string // as the API answered last
	results []track.Result      // of the watcher's goroutine
}

// newTrial returns the trial that the run is; nil if it is none.
func (r *syncRun) newTrial() *trial {
	if chosen := r.manifests.limit > 0 || len(r.manifests.only) > 0; !chosen || r.checked.Rows > maxTrial {
		return nil
	}
	return &trial{names: map[track.ID]string{}}
}

// add adds the result of a row.
func (t *trial) add(r track.Result) {
	if t != nil && r.ID > 0 && r.Status.AboutTrack() {
		t.results = append(t.results, r)
	}
}

// lines are the tracks in the order of their rows, and what became of them.
func (t *trial) lines() []string {
	if t == nil {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return report.TrackLines(t.results, t.names)
}

// learn stores the name of a track in an answer.
func (t *trial) learn(got track.Track, err error) {
	if name, ok := got.Name.Get(); ok && err == nil {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.names[got.ID] = name
	}
}

// trialClient is a client whose answers a trial learns from.
type trialClient struct {
	*api.Client
	trial *trial
}

func (c trialClient) Update(ctx context.Context, u track.Update) (track.Track, api.Answer, error) {
	got, a, err := c.Client.Update(ctx, u)
	c.trial.learn(got, err)
	return got, a, err
}

func (c trialClient) Get(ctx context.Context, id track.ID) (track.Track, api.Answer, error) {
	got, a, err := c.Client.Get(ctx, id)
	c.trial.learn(got, err)
	return got, a, err
}

func (c trialClient) List(ctx context.Context, limit, offset int) ([]track.Track, api.Answer, error) {
	got, a, err := c.Client.List(ctx, limit, offset)
	for _, t := range got {
		c.trial.learn(t, err)
	}
	return got, a, err
}
