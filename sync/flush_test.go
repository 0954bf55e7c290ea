package sync

import (
	"testing"
	"testing/synctest"
	"time"

	"tracksync/internal/track"
	"tracksync/sync/pace"
)

// flushing is a ledger that measures how long results wait to be flushed.
type flushing struct {
	recorder
	since   time.Time // the first result that waits came
	longest time.Duration
}

func (f *flushing) Result(row track.Row, r track.Result) error {
	if f.since.IsZero() {
		f.since = time.Now()
	}
	return f.recorder.Result(row, r)
}

func (f *flushing) Flush() error {
	if !f.since.IsZero() {
		f.longest = max(f.longest, time.Since(f.since))
	}
	f.since = time.Time{}
	return f.recorder.Flush()
}

// No result waits longer than flushEvery for others, however many come, and results that
// come together are flushed together.
func TestResultsAreFlushedSoon(t *testing.T) {
	after := func(d time.Duration) func(int, track.Update) time.Duration {
		return func(int, track.Update) time.Duration { return d }
	}
	oddly := func(_ int, u track.Update) time.Duration { return time.Duration(u.ID%7) * time.Millisecond }
	for name, tc := range map[string]struct {
		rate    pace.Rate
		most    int // flushes of 2,000 results
		atOnce  bool
		latency func(nth int, u track.Update) time.Duration
	}{
		"one at a time":     {rate: 100, most: 2010, atOnce: true, latency: after(time.Millisecond)},
		"often":             {rate: 2000, most: 250, latency: after(time.Millisecond)},
		"in odd intervals":  {rate: 2000, most: 250, latency: oddly},
		"as fast as it can": {rate: pace.Unlimited, most: 500, latency: after(3 * time.Millisecond)},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, sink := newFake(ok), &flushing{}
				f.latency = tc.latency
				end, err := New(f, sink, Options{Rate: tc.rate}).Run(t.Context(), rows(2000), sink)
				if err != nil || end.Reason != Completed || sink.count(track.Updated) != 2000 || !sink.since.IsZero() {
					t.Fatalf("%+v, %v: %d updated", end, err, sink.count(track.Updated))
				}
				if sink.longest > flushEvery || tc.atOnce && sink.longest > 0 {
					t.Errorf("a result waited for %v", sink.longest)
				}
				if sink.flushes > tc.most {
					t.Errorf("%d flushes", sink.flushes)
				}
			})
		})
	}
}

// slowSnapshots takes long to make snapshots durable, and measures how long a result from
// the same batch waits meanwhile.
type slowSnapshots struct{ flushing }

func (s *slowSnapshots) Sync() error {
	waits := !s.since.IsZero()
	time.Sleep(20 * time.Millisecond)
	if waits {
		s.longest = max(s.longest, time.Since(s.since))
	}
	return nil
}

// No result waits for the snapshots of other rows.
func TestResultsDoNotWaitForSnapshots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, sink := newAccount(500), &slowSnapshots{}
		end, err := New(a, sink, Options{Rate: 400, Snapshots: sink}).Run(t.Context(),
			each(volumes(500, changedBelow(500))), sink)
		if err != nil || end.Reason != Completed || sink.count(track.Updated) != 500 {
			t.Fatalf("%+v, %v: %d updated", end, err, sink.count(track.Updated))
		}
		if sink.longest > flushEvery {
			t.Errorf("a result waited for %v", sink.longest)
		}
	})
}
