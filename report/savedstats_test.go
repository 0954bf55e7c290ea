package report

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"tracksync/internal/track"
)

// What two sessions measured is what one would have.
func TestStatsGoOn(t *testing.T) {
	first := func(s *Stats, at func(time.Duration) time.Time) {
		for i := range 300 {
			s.AddAttempt(Attempt{Started: at(time.Duration(i) * 10 * time.Millisecond),
				Duration: time.Duration(i+1) * time.Millisecond, Status: 200})
		}
		s.AddAttempt(Attempt{Started: at(time.Second), Status: 429, Code: "rate_limited", RateLimited: true})
		s.AddPause(Pause{at(time.Second), at(2 * time.Second), "rate_limited"})
		s.AddOutage(Outage{From: after(2 * time.Second), Until: after(3 * time.Second), Requests: 7})
	}
	second := func(s *Stats, at func(time.Duration) time.Time) {
		for i := range 500 {
			s.AddAttempt(Attempt{Started: at(4*time.Second + time.Duration(i)*10*time.Millisecond),
				Duration: 5 * time.Millisecond, Status: 503, Code: "unavailable"})
		}
		s.AddPause(Pause{at(5 * time.Second), at(6 * time.Second), "retry_after"})
	}
	whole := NewStats(start)
	first(whole, after)
	second(whole, after)
	want := whole.Summary(after(9 * time.Second))

	one := NewStats(start)
	first(one, after)
	var saved bytes.Buffer
	if err := one.Save(&saved, after(4*time.Second)); err != nil {
		t.Fatal(err)
	}
	night := 8 * time.Hour // in between
	restored, err := ReadStats(&saved)
	if err != nil {
		t.Fatal(err)
	}
	two := restored.Continue(after(4*time.Second + night))
	two.Resumed(start, 2)
	second(two, func(d time.Duration) time.Time { return after(d + night) })
	got := two.Summary(after(9*time.Second + night))

	if got.Sessions != 2 || want.Sessions != 1 || !got.EndedAt.Equal(want.EndedAt.Add(night)) {
		t.Errorf("%d sessions, ended at %v", got.Sessions, got.EndedAt)
	}
	got.Sessions, got.EndedAt = want.Sessions, want.EndedAt
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}

// A pause that lasts when the statistics are saved counts to that moment.
func TestSaveWithinAPause(t *testing.T) {
	s := NewStats(start)
	s.AddPause(Pause{after(time.Second), after(time.Hour), "rate_limited"})
	var saved bytes.Buffer
	if err := s.Save(&saved, after(3*time.Second)); err != nil {
		t.Fatal(err)
	}
	again, err := ReadStats(&saved)
	if err != nil {
		t.Fatal(err)
	}
	if sum := again.Continue(after(time.Hour)).Summary(after(time.Hour)); sum.PausedS["rate_limited"] != 2 || sum.DurationS != 3 {
		t.Errorf("paused %v of %v s", sum.PausedS, sum.DurationS)
	}
}

// What a killed session did after it had saved its statistics is added from the ledger.
func TestStatsOfAKilledSession(t *testing.T) {
	events := []Attempt{
		{Started: after(time.Second), Duration: 50 * time.Millisecond, Status: 200, Update: true},
		{Started: after(2 * time.Second), Duration: time.Millisecond, Status: 429, Code: "rate_limited", RateLimited: true,
			Update: true},
		{Started: after(3 * time.Second), Unsent: true, Update: true},
		{Started: after(4 * time.Second), Duration: 90 * time.Millisecond, Status: 200},
		{Started: after(5 * time.Second), Duration: 70 * time.Millisecond, Status: 500, Code: "server_error", Update: true},
	}
	row := track.Result{Status: track.Failed, FinishedAt: after(5100 * time.Millisecond)}
	whole := NewStats(start)
	for _, a := range events {
		whole.AddAttempt(a)
	}
	whole.AddResult(row)
	want := whole.Summary(row.FinishedAt)
	for before := range len(events) + 1 {
		s := NewStats(start)
		for _, a := range events[:before] {
			s.AddAttempt(a)
		}
		var text bytes.Buffer
		if err := s.Save(&text, after(time.Duration(before)*time.Second)); err != nil {
			t.Fatal(err)
		}
		saved, err := ReadStats(&text)
		if err != nil || saved.Ended != before || saved.Session != 1 || saved.Closed {
			t.Fatalf("%+v, %v", saved, err)
		}
		for _, a := range events[saved.Ended:] {
			saved.Add(a)
		}
		saved.AddResult(row)
		saved.Sent(4)
		stats, end := saved.Whole()
		if got := stats.Summary(end); !reflect.DeepEqual(got, want) {
			t.Errorf("saved after %d: got\n%+v\nwant\n%+v", before, got, want)
		}
		// Two more were in flight.
		saved.Sent(6)
		later := after(time.Hour)
		got := saved.Continue(later).Summary(later)
		if got.Requests != want.Requests+2 || got.ByError[CodeKilled] != 2 || got.DurationS != want.DurationS {
			t.Errorf("saved after %d: %+v", before, got)
		}
	}
}

func TestRestoreRefusesDamage(t *testing.T) {
	var saved bytes.Buffer
	if err := NewStats(start).Save(&saved, after(time.Second)); err != nil {
		t.Fatal(err)
	}
	good := saved.String()
	for name, text := range map[string]string{
		"empty": "", "torn": good[:len(good)/2], "another version": strings.Replace(good, `"version":2`, `"version":1`,
			1),
		"no time":        strings.Replace(good, `"bucket_ns":1000000000`, `"bucket_ns":0`, 1),
		"no session":     strings.Replace(good, `"sessions":1`, `"sessions":0`, 1),
		"negative":       strings.Replace(good, `"requests":0`, `"requests":-1`, 1),
		"no latencies":   strings.Replace(good, `"latency":"`, `"latency":"AAAA`, 1),
		"latencies lost": strings.Replace(good, `"latency_max_ns":0`, `"latency_max_ns":7`, 1),
		"not ours":       `{"version":2}`,
	} {
		if text == good {
			t.Fatalf("%s: nothing was changed", name)
		}
		if _, err := ReadStats(strings.NewReader(text)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func FuzzReadStats(f *testing.F) {
	var saved bytes.Buffer
	if err := NewStats(start).Save(&saved, after(time.Second)); err != nil {
		f.Fatal(err)
	}
	f.Add(saved.Bytes())
	f.Fuzz(func(t *testing.T, in []byte) {
		saved, err := ReadStats(bytes.NewReader(in))
		if err != nil {
			return
		}
		s := saved.Continue(start)
		s.AddAttempt(Attempt{Started: start, Duration: time.Second, Status: 200})
		s.AddPause(Pause{start, after(time.Second), "rate_limited"})
		s.Summary(after(time.Second))
	})
}
