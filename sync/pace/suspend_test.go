package pace

import (
	"testing"
	"time"
)

// To the pace, the time in which the server was down never was.
func TestSuspension(t *testing.T) {
	p := Auto(Options{Most: Unlimited, Random: half})
	now := epoch
	exchange := func(o Outcome) {
		for p.Take(now, 0) > 0 {
			now = now.Add(time.Millisecond)
		}
		at := now
		now = now.Add(10 * time.Millisecond)
		p.Answered(now, Answer{Started: at, Took: 10 * time.Millisecond, Outcome: o})
	}
	for range 50 {
		exchange(Success)
	}
	var hanging []time.Time
	for range 3 { // under way when it begins
		for p.Take(now, 0) > 0 {
			now = now.Add(time.Millisecond)
		}
		hanging = append(hanging, now)
	}
	rate := p.Rate()
	p.Suspend(now)
	p.Suspend(now.Add(time.Second)) // says nothing new
	for range 20 {
		now = now.Add(time.Second)
		if wait := p.Take(now, 100); wait != 0 {
			t.Fatalf("a probe waits %v", wait)
		}
		p.Answered(now, Answer{Started: now, Outcome: Refusal})
	}
	p.Answered(now, Answer{Started: hanging[0], Outcome: Refusal})
	pause, ok := p.Answered(now, Answer{Started: now, Outcome: Unavailable, RetryAfter: 3 * time.Second})
	if !ok || pause.Until.Sub(now) != 3*time.Second || p.Take(now, 0) != 3*time.Second {
		t.Errorf("Retry-After of a probe: %+v, %v", pause, ok)
	}
	now = now.Add(5 * time.Second)
	p.Resume(now)
	p.Answered(now, Answer{Started: hanging[1], Outcome: Refusal})
	p.Answered(now.Add(time.Second), Answer{Started: hanging[2], Outcome: Lost})
	if got := p.Rate(); got != rate {
		t.Errorf("the rate is %v, and was %v", got, rate)
	}
	if l, ok := p.Learned(); ok {
		t.Errorf("learned %+v", l)
	}
	exchange(Success)
	if got := p.Rate(); got < rate {
		t.Errorf("the rate fell from %v to %v", rate, got)
	}
}

// A request that hangs through more than one outage is found again.
func TestRequestThroughTwoSuspensions(t *testing.T) {
	p := Auto(Options{Most: Unlimited, Random: half})
	at := func(s int) time.Time { return epoch.Add(time.Duration(s) * time.Second) }
	p.Take(at(0), 0)
	p.Suspend(at(1))
	p.Resume(at(2))
	p.Suspend(at(5))
	p.Resume(at(7))
	p.Answered(at(30), Answer{Started: at(0), Took: 30 * time.Second, Outcome: Lost})
	if got := p.learner.log[0].state; got != unclear {
		t.Errorf("its state is %v", got)
	}
}

// A limit that changes before and after an outage does not change within seconds.
func TestChangesAroundAnOutage(t *testing.T) {
	p := Auto(Options{Most: Unlimited, Random: half})
	p.Take(at(0), 0)
	p.learner.caution.change.at = 3
	p.Suspend(at(5))
	p.Resume(at(65))
	if now := p.learner.clock(at(66)); now-p.learner.caution.change.at != 63 {
		t.Errorf("it changed %v s ago", now-p.learner.caution.change.at)
	}
}
