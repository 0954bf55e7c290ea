package sync

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	gosync "sync"
	"testing"
	"testing/synctest"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/track"
	"tracksync/sync/pace"
)

// flaky is an API that is down for some time. What becomes of a request is decided
// when it arrives; its answer takes a time of its own, so that answers overtake one
// another in every way.
type flaky struct {
	*fake
	isDown func(since time.Duration) bool
	up     [2]time.Duration // how long it is on its way to the API: from, to
	good   [2]time.Duration // and its answer on the way back
	failed [2]time.Duration // or its failure
	lost   bool             // a failure is a lost connection
	reads  bool             // GETs are answered also when it is down
	hits   int              // requests that came when it was down
	mu     gosync.Mutex
	rng    *rand.Rand
}

func newFlaky(seed uint64) *flaky {
	return &flaky{fake: newFake(ok), rng: rand.New(rand.NewPCG(seed, 3))}
}

func (f *flaky) wait(ctx context.Context, between [2]time.Duration) bool {
	f.mu.Lock()
	d := between[0] + time.Duration(f.rng.Float64()*float64(between[1]-between[0]))
	f.mu.Unlock()
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}

func (f *flaky) ask(ctx context.Context, write bool) (api.Answer, error) {
	canceled := &api.Error{Class: api.Canceled, Code: "canceled", Message: "cut off", MayBeApplied: write}
	if !f.wait(ctx, f.up) {
		return api.Answer{}, canceled
	}
	back, a, err := f.good, api.Answer{Status: 200}, error(nil)
	if f.isDown(time.Since(f.begun)) && (write || !f.reads) {
		back = f.failed
		f.mu.Lock()
		f.hits++
		f.mu.Unlock()
		if a, err = kinds["503"](); f.lost {
			a, err = kinds["connection lost"]()
		}
	}
	if !f.wait(ctx, back) {
		return api.Answer{}, canceled
	}
	return a, err
}

func (f *flaky) Update(ctx context.Context, u track.Update) (track.Track, api.Answer, error) {
	a, err := f.ask(ctx, true)
	return track.Track{ID: u.ID, Values: u.Values}, a, err
}

func (f *flaky) Get(ctx context.Context, id track.ID) (track.Track, api.Answer, error) {
	a, err := f.ask(ctx, false)
	var e *api.Error
	if errors.As(err, &e) {
		e.MayBeApplied = false
	}
	return track.Track{ID: id, Values: track.Values{Volume: track.Value(99)}}, a, err
}

// Whatever the timing, an outage fails no row: neither one that does not end, after
// which rows were not attempted, nor one that is over before anybody has noticed.
func TestNoTimingMakesAnOutageFailRows(t *testing.T) {
	const ms = time.Millisecond
	span := func(from, to time.Duration) [2]time.Duration { return [2]time.Duration{from, to} }
	for _, tc := range []struct {
		name             string
		up, good, failed [2]time.Duration
		lost             bool
	}{
		{"stragglers: answers take 250 ms, failures come at once", span(0, 0), span(250*ms, 250*ms), span(ms, ms),
			false},
		{"failures come late", span(0, 0), span(20*ms, 60*ms), span(400*ms, 400*ms), false},
		{"some answer late, some failures come late", span(0, 5*ms), span(5*ms, 900*ms), span(ms, 900*ms), false},
		{"requests overtake one another on the way", span(0, 60*ms), span(5*ms, 250*ms), span(ms, 250*ms), false},
		{"connections are lost after seconds", span(0, 5*ms), span(20*ms, 250*ms), span(2000*ms, 4000*ms), true},
	} {
		for _, rate := range []pace.Rate{50, 400} {
			for _, concurrency := range []int{1, 4, 32} {
				for _, lasts := range []time.Duration{600 * ms, 5 * time.Second, 24 * time.Hour} {
					name := fmt.Sprintf("%s, %v, %d at once, lasts %v", tc.name, rate, concurrency, lasts)
					t.Run(name, func(t *testing.T) {
						for seed := range uint64(2) {
							for attempts := 1; attempts <= 2; attempts++ {
								synctest.Test(t, func(t *testing.T) {
									f := newFlaky(seed)
									f.up, f.good, f.failed, f.lost = tc.up, tc.good, tc.failed, tc.lost
									from := time.Duration(700+137*seed) * ms
									f.isDown = func(at time.Duration) bool { return at >= from && at < from+lasts }
									sink := &recorder{}
									o := Options{Rate: rate, Concurrency: concurrency, MaxAttempts: attempts,
										MaxOutage: time.Minute}
									o.Random = rand.New(rand.NewPCG(seed, 4)).Float64
									end, err := New(f, sink, o).Run(t.Context(), rows(500), sink)
									if err != nil || len(sink.results) != 500 || sink.repeated {
										t.Fatalf("%v, %d results", err, len(sink.results))
									}
									if f.hits < outageRows {
										return // nobody can tell
									}
									reason := Completed
									if lasts > time.Hour {
										reason = Outage
									}
									unknown := sink.count(track.Unknown)
									if end.Reason != reason || sink.count(track.Failed) > 0 || unknown > 0 &&
										(!tc.lost || reason == Completed) {
										t.Errorf("seed %d, %d attempts: ended %s, %d failed, %d unknown",
											seed, attempts, end.Reason, sink.count(track.Failed), unknown)
									}
								})
							}
						}
					})
				}
			}
		}
	}
}

func half() float64 { return 0.5 }

// However often the API goes down and comes back, no row pays for it, but for the
// last: of fewer than three that are left nobody can tell whether it is their fault.
func TestOutagesOneAfterAnother(t *testing.T) {
	for seed := range uint64(10) {
		for _, concurrency := range []int{4, 32} {
			synctest.Test(t, func(t *testing.T) {
				f := newFlaky(seed)
				f.up, f.good = [2]time.Duration{0, 5 * time.Millisecond},
					[2]time.Duration{20 * time.Millisecond, 250 * time.Millisecond}
				f.failed = [2]time.Duration{time.Millisecond, 5 * time.Millisecond}
				f.isDown = func(at time.Duration) bool { return at%(2*time.Second) > 1400*time.Millisecond }
				sink := &recorder{}
				o := Options{Rate: 50, Concurrency: concurrency, MaxAttempts: 2,
					Random: rand.New(rand.NewPCG(seed, 4)).Float64}
				end, err := New(f, sink, o).Run(t.Context(), rows(500), sink)
				if err != nil || end.Reason != Completed {
					t.Errorf("seed %d, %d at once: %v, %s", seed, concurrency, err, end.Reason)
				}
				for _, r := range sink.results {
					if r.Status != track.Updated && r.Row <= 500-(outageRows-1) {
						t.Errorf("seed %d, %d at once: %+v", seed, concurrency, r)
					}
				}
			})
		}
	}
}

// A few rows that are all there is left are tried as probes as long as the outage is
// waited for, and it costs them nothing either.
func TestFewRowsInAnOutageThatDoesNotEnd(t *testing.T) {
	for _, lost := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			f := newFlaky(1)
			f.good, f.failed, f.lost = [2]time.Duration{250 * time.Millisecond, 250 * time.Millisecond},
				[2]time.Duration{time.Millisecond, 2 * time.Millisecond}, lost
			f.isDown = func(at time.Duration) bool { return at > 450*time.Millisecond }
			sink := &recorder{}
			end, err := New(f, sink, Options{Rate: 10, MaxAttempts: 1, Random: half}).Run(t.Context(), rows(10), sink)
			if err != nil || end.Reason != Outage || sink.count(track.Updated) != 5 || f.hits < 50 {
				t.Fatalf("%v, ended %+v, %d updated, %d requests in the outage", err, end, sink.count(track.Updated),
					f.hits)
			}
			status := track.NotAttempted
			if lost {
				status = track.Unknown
			}
			if sink.count(status) != 5 {
				t.Errorf("%+v", sink.results)
			}
		})
	}
}

// An API that answers GETs and writes nothing is down too: between the PUTs that fail
// tracks are read, which says nothing about them.
func TestOutageOfWritesAlone(t *testing.T) {
	for _, lasts := range []time.Duration{20 * time.Second, 24 * time.Hour} {
		for _, concurrency := range []int{1, 32} {
			t.Run(fmt.Sprintf("%v, %d at once", lasts, concurrency), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					f := newFlaky(1)
					f.good = [2]time.Duration{20 * time.Millisecond, 60 * time.Millisecond}
					f.failed, f.reads = [2]time.Duration{time.Millisecond, 5 * time.Millisecond}, true
					f.isDown = func(at time.Duration) bool { return at > 3*time.Second && at < 3*time.Second+lasts }
					sink := &recorder{}
					end, err := New(f, sink, Options{Rate: 50, Concurrency: concurrency, MaxAttempts: 1,
						Snapshots: sink, Random: half}).Run(t.Context(), rows(200), sink)
					if err != nil || sink.count(track.Failed) > 0 || f.hits > concurrency+90 {
						t.Errorf("%v, %d failed, %d requests in the outage", err, sink.count(track.Failed), f.hits)
					}
					if lasts < time.Hour && (end.Reason != Completed || sink.count(track.Updated) != 200) ||
						lasts > time.Hour && end.Reason != Outage {
						t.Errorf("ended %+v, %d updated", end, sink.count(track.Updated))
					}
				})
			})
		}
	}
}

// Rows whose PUT always fails are failed, also where every track is read before.
func TestBadRowsAmongReads(t *testing.T) {
	for _, concurrency := range []int{1, 32} {
		synctest.Test(t, func(t *testing.T) {
			f := &picky{newFlaky(1)}
			f.good, f.isDown = [2]time.Duration{20 * time.Millisecond, 60 * time.Millisecond},
				func(time.Duration) bool { return false }
			sink := &recorder{}
			end, err := New(f, sink, Options{Rate: 50, Concurrency: concurrency, Snapshots: sink,
				Random: half}).Run(t.Context(), rows(200), sink)
			if err != nil || end.Reason != Completed || sink.count(track.Failed) != 40 ||
				sink.count(track.Updated) != 160 {
				t.Errorf("%v, ended %+v, %d failed", err, end, sink.count(track.Failed))
			}
		})
	}
}

// picky fails with every fifth track.
type picky struct{ *flaky }

func (p *picky) Update(ctx context.Context, u track.Update) (track.Track, api.Answer, error) {
	got, a, err := p.flaky.Update(ctx, u)
	if err == nil && u.ID%5 == 0 {
		a, err = fail(api.Retryable, 500, "server_error")
	}
	return got, a, err
}

// A row that was the first to fail, and whose next attempt this machine could not send,
// is as undecided as before when the run stops.
func TestUnsentBehindAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(func(nth int, _ track.Update) (api.Answer, error) {
			if nth == 1 {
				return kinds["503"]()
			}
			return api.Answer{}, &api.Error{Class: api.Local, Code: "local_shortage", Message: "too many open files"}
		})
		r, end := run(t, f, 1, Options{Random: half}, func(e *Engine, _ context.CancelFunc) {
			time.Sleep(time.Second)
			e.Stop(Interrupted, "SIGINT")
		})
		want(t, r, map[track.Status]int{track.NotAttempted: 1})
		if end.Reason != Interrupted {
			t.Errorf("ended %+v", end)
		}
	})
}
