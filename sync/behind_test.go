package sync

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/track"
)

// stalled is a recorder whose disk accepts nothing for a while.
type stalled struct {
	recorder
	until time.Time
}

func (s *stalled) Result(row track.Row, r track.Result) error {
	time.Sleep(time.Until(s.until))
	return s.recorder.Result(row, r)
}

// hanging answers at once up to a row, and later requests only when they are cancelled.
type hanging struct {
	*fake
	from track.ID
	cut  []time.Duration // when requests were cut off
}

func (h *hanging) Update(ctx context.Context, u track.Update) (track.Track, api.Answer, error) {
	if u.ID < h.from {
		return h.fake.Update(ctx, u)
	}
	started := time.Now()
	<-ctx.Done()
	h.fake.mu.Lock()
	h.cut = append(h.cut, time.Since(started))
	h.fake.mu.Unlock()
	return track.Track{}, api.Answer{},
		&api.Error{Class: api.Canceled, Code: "canceled", Message: "cut off", MayBeApplied: true}
}

// A stalled disk delays neither a stop nor the end of requests in flight. No result is
// lost, and the run stops.
func TestADiskThatStalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const rowCount = 20_000
		sink := &stalled{until: time.Now().Add(time.Hour)}
		h := &hanging{fake: newFake(ok), from: 1100}
		e := New(h, sink, Options{Rate: 1000, Concurrency: 4, Grace: 2 * time.Second})
		time.AfterFunc(time.Minute, func() { e.Stop(Interrupted, "SIGINT") })
		end, err := e.Run(t.Context(), rows(rowCount), sink)
		if err != nil || end.Reason != Interrupted || end.Rows != len(sink.results) || sink.repeated {
			t.Fatalf("%+v, %v: %d results", end, err, len(sink.results))
		}
		if len(h.cut) == 0 {
			t.Fatal("nothing was in flight")
		}
		for _, after := range h.cut {
			if after > time.Minute+3*time.Second {
				t.Errorf("a request was cut off only %v after it was sent", after)
			}
		}
		want(t, &sink.recorder, map[track.Status]int{track.Updated: 99, track.Unknown: 4,
			track.NotAttempted: end.Rows - 103})
	})
}

// While the disk is stalled, only as much is done as the mailbox can hold.
func TestWhatIsDoneAheadOfTheDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink := &stalled{until: time.Now().Add(time.Hour)}
		f := newFake(ok)
		e := New(f, sink, Options{Rate: 1000, Concurrency: 4})
		time.AfterFunc(30*time.Minute, func() {
			f.mu.Lock()
			defer f.mu.Unlock()
			if n := len(f.calls); n < 500 || n > 2*eventQueue {
				t.Errorf("%d requests while nothing was written", n)
			}
		})
		end, err := e.Run(t.Context(), rows(5000), sink)
		if err != nil || end.Reason != Completed || sink.count(track.Updated) != 5000 {
			t.Errorf("%+v, %v: %d updated", end, err, sink.count(track.Updated))
		}
	})
}
