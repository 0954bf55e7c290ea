package sync

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"tracksync/internal/track"
	"tracksync/sync/pace"
)

// gaps are the times between the requests that a fake received.
func (f *fake) gaps() []time.Duration {
	var gaps []time.Duration
	for i := 1; i < len(f.calls); i++ {
		gaps = append(gaps, f.calls[i].at-f.calls[i-1].at)
	}
	return gaps
}

// A strict rate naps once before each start, and yields for none of the time as long
// as naps end late: no request starts early, and lateness is that of the naps alone.
func TestStrictRateNapsBeforeEachStart(t *testing.T) {
	for _, tc := range []struct {
		name   string
		rate   pace.Rate
		asleep time.Duration // that a nap lasts beyond what it was asked for
		gap    time.Duration // between requests
		naps   int
	}{
		{"a nap ends on time", 100, napLate, 10 * time.Millisecond, 999},
		{"every nap ends late", 100, napLate + 20*time.Microsecond, 10*time.Millisecond + 20*time.Microsecond, 999},
		{"a nap ends very late", 100, time.Millisecond, 10*time.Millisecond + 900*time.Microsecond, 999},
		{"a slow rate", 20, napLate, 50 * time.Millisecond, 999},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				naps := 0
				nap := func(d time.Duration) {
					if naps++; d > timerLate {
						t.Fatalf("a nap of %v holds up answers", d)
					}
					time.Sleep(d + tc.asleep)
				}
				f := newFake(ok)
				// Answers come while nobody naps: a nap that they interrupt is another.
				f.latency = func(int, track.Update) time.Duration { return 5 * time.Millisecond }
				run(t, f, 1000, Options{Rate: tc.rate, Nap: nap}, nil)
				if gaps := f.gaps(); slices.Min(gaps) != tc.gap || slices.Max(gaps) != tc.gap {
					t.Errorf("requests are %v to %v apart, want %v", slices.Min(gaps), slices.Max(gaps), tc.gap)
				}
				if naps != tc.naps {
					t.Errorf("napped %d times, want %d", naps, tc.naps)
				}
			})
		})
	}
}

// Where the pace makes a late start good nobody naps: a timer does.
func TestNobodyNapsWhereLatenessIsMadeGood(t *testing.T) {
	for _, o := range []Options{{Rate: 150}, {Rate: 1000}, {Rate: pace.Unlimited}} {
		synctest.Test(t, func(t *testing.T) {
			o.Nap = func(time.Duration) { t.Error("napped") }
			run(t, newFake(ok), 300, o, nil)
		})
	}
}

// A nap holds nothing back for long: an answer that comes meanwhile is handled before
// the next request starts.
func TestAnswersDuringNaps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(ok)
		f.latency = func(int, track.Update) time.Duration { return 9 * time.Millisecond }
		nap := func(d time.Duration) { time.Sleep(d + napLate) }
		r, _ := run(t, f, 200, Options{Rate: 100, Concurrency: 1, Nap: nap}, nil)
		want(t, r, map[track.Status]int{track.Updated: 200})
		if gaps := f.gaps(); slices.Max(gaps) > 10*time.Millisecond+time.Microsecond {
			t.Errorf("requests are up to %v apart", slices.Max(gaps))
		}
	})
}

// A nap of this system ends about when it should, which is all that a test may say.
func TestNapEnds(t *testing.T) {
	Nap(time.Nanosecond)
	Nap(0)
	Nap(-time.Second)
}
