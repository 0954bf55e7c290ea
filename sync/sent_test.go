package sync

import (
	"errors"
	"fmt"
	"slices"
	gosync "sync"
	"testing"
	"testing/synctest"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/track"
	"tracksync/sync/pace"
)

// sentLog is a Sent that fails from the nth Sending on.
type sentLog struct {
	mu     gosync.Mutex
	said   []string
	failAt int
	begun  int
}

func (l *sentLog) say(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.said = append(l.said, text)
}

func (l *sentLog) Sending(puts []track.Outgoing) error {
	for _, p := range puts {
		l.begun++ // nobody else calls
		if l.begun == l.failAt {
			return errors.New("disk full")
		}
		l.say(fmt.Sprint("sending ", p.Row))
	}
	return nil
}

func (l *sentLog) NotApplied(row track.Row) error {
	l.say(fmt.Sprint("not applied ", row.Number))
	return nil
}

// Every PUT is recorded before it is sent, and so is the fact that it was certainly not
// applied.
func TestSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &sentLog{}
		f := newFake(func(nth int, u track.Update) (api.Answer, error) {
			l.say(fmt.Sprint("answering ", u.ID-1000))
			switch {
			case u.ID == 1001 && nth == 1:
				return api.Answer{Status: 504}, &api.Error{Class: api.Retryable, Code: "gateway_error", Message: "lost",
					Status: 504, MayBeApplied: true}
			case u.ID == 1002:
				return fail(api.Permanent, 422, "invalid_request")
			}
			return ok(nth, u)
		})
		sink, _ := run(t, f, 2, Options{Sent: l, Concurrency: 1}, nil)
		want(t, sink, map[track.Status]int{track.Updated: 1, track.Failed: 1})
		slices.Sort(l.said) // a retry may go before or after the other row
		if !slices.Equal(l.said, []string{"answering 1", "answering 1", "answering 2", "not applied 2", "sending 1",
			"sending 1", "sending 2"}) {
			t.Errorf("said %q", l.said)
		}
	})
}

// A PUT that cannot be recorded is not sent, and the run stops.
func TestSentFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(ok)
		sink, end := run(t, f, 5, Options{Sent: &sentLog{failAt: 3}, Concurrency: 1}, nil)
		if end.Reason != LocalWrite || end.Message != "disk full" || len(f.calls) != 2 {
			t.Errorf("%+v after %d requests", end, len(f.calls))
		}
		if sink.count(track.Updated) != 2 || sink.count(track.Unknown) > 0 || sink.count(track.Failed) > 0 {
			t.Errorf("got %+v", sink.results)
		}
	})
}

// slowLog is a Sent whose nth Sending takes long, as on a disk that stalls.
type slowLog struct {
	sentLog
	slow  map[int]time.Duration
	calls int
}

func (l *slowLog) Sending(puts []track.Outgoing) error {
	l.calls++ // nobody else calls
	time.Sleep(l.slow[l.calls])
	return nil
}

// While a PUT cannot be recorded none starts, and afterwards they do not start all at once: in
// any span of w at most rate·w + max(1, rate·10 ms) requests leave.
func TestToldRateAfterAStall(t *testing.T) {
	for _, rate := range []pace.Rate{2, 100, 150, 1000} {
		t.Run(rate.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := &slowLog{slow: map[int]time.Duration{
					5: 700 * time.Millisecond, 6: 3 * time.Millisecond, 20: time.Second, 22: 30 * time.Millisecond}}
				f := newFake(ok)
				f.latency = func(int, track.Update) time.Duration { return 5 * time.Millisecond }
				sink, end := run(t, f, 300, Options{Rate: rate, Sent: l, Concurrency: 32}, nil)
				want(t, sink, map[track.Status]int{track.Updated: 300})
				burst := max(1, float64(rate)*0.01)
				for i := range f.calls {
					for j := i; j < len(f.calls); j++ {
						if most := float64(rate)*(f.calls[j].at-f.calls[i].at).Seconds() + burst; float64(j-i+1) > most+1e-6 {
							t.Fatalf("%d requests started within %v, from %v on", j-i+1, f.calls[j].at-f.calls[i].at, f.calls[i].at)
						}
					}
				}
				ideal, stalls := 300/float64(rate), 1.733
				if took := f.calls[299].at.Seconds(); took > ideal+stalls+0.01*ideal {
					t.Errorf("took %v s, %v", took, end)
				}
			})
		})
	}
}
