package sync

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"tracksync/internal/alarm"
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

// lateAlarm is an alarm that fires late by a time, and counts.
type lateAlarm struct {
	late        time.Duration
	sets, opens int // opens are not closed yet
}

const early = 100 * time.Microsecond

func (l *lateAlarm) make() *alarm.Alarm {
	t := time.NewTimer(time.Hour)
	l.opens++
	return &alarm.Alarm{
		Set: func(d time.Duration) { l.sets++; t.Reset(d + l.late) }, C: t.C, Early: early,
		Close: func() { l.opens--; t.Stop() },
	}
}

// A strict rate waits for its alarm before each start. No request starts early, and none
// later than the alarm allows. The dispatcher yields no longer than necessary: otherwise
// the test would never end, because the clock of synctest stands still meanwhile.
func TestStrictRateWaitsForItsAlarm(t *testing.T) {
	const us = time.Microsecond
	for _, tc := range []struct {
		name string
		rate pace.Rate
		late time.Duration
		gap  time.Duration // between requests
	}{
		{"as late as it is early", 100, early, 10_000 * us},
		{"a little later", 100, early + 20*us, 10_020 * us},
		{"a millisecond later", 100, early + 1000*us, 11_000 * us},
		{"a slow rate", 20, early, 50_000 * us},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				late := &lateAlarm{late: tc.late}
				f := newFake(ok)
				f.latency = func(int, track.Update) time.Duration { return 5 * time.Millisecond }
				run(t, f, 1000, Options{Rate: tc.rate, Alarm: late.make}, nil)
				gaps := f.gaps()
				if len(gaps) != 999 || slices.Min(gaps) != tc.gap || slices.Max(gaps) > tc.gap+us {
					t.Errorf("%d requests are %v to %v apart, want %v", len(gaps)+1, slices.Min(gaps), slices.Max(gaps), tc.gap)
				}
				if late.sets < 999 || late.opens != 0 {
					t.Errorf("the alarm was set %d times, and %d are left open", late.sets, late.opens)
				}
			})
		})
	}
}

// If the pace makes up for late starts, a timer is enough.
func TestNoAlarmWhereLatenessIsMadeGood(t *testing.T) {
	for _, o := range []Options{{Rate: 150}, {Rate: 1000}, {Rate: pace.Unlimited}} {
		synctest.Test(t, func(t *testing.T) {
			o.Alarm = func() *alarm.Alarm { t.Error("made an alarm"); return alarm.New() }
			run(t, newFake(ok), 300, o, nil)
		})
	}
}
