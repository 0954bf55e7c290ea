package cli

import (
	"fmt"
	"time"

	"tracksync/input"
	"tracksync/internal/display"
	"tracksync/internal/run"
	"tracksync/report"
	"tracksync/sync/pace"
)

// latencyGuess is how long an ordinary call takes (observed at the service).
const latencyGuess = 250 * time.Millisecond

// preflight is what a run with these flags is about to do.
func (s settings) preflight(checked input.Summary, earlier *run.Earlier) report.Preflight {
	p := run.Preflight(checked, earlier)
	p.Host, p.AtMost, p.Pace = s.host(), s.skipUnchanged, s.paceText()
	p.Shard, p.OtherShards = s.shard.String(), checked.OtherShards
	calls := p.Updates
	if s.skipUnchanged {
		p.Also = append(p.Also, "the state of the tracks is read first, and only what differs is sent")
	}
	if p.Expecting > 0 && !s.force {
		p.Also = append(p.Also, display.Count(p.Expecting, "track")+" left alone if not as expected")
	}
	if s.undo {
		p.Also = append(p.Also, "each track is read before its update, so that it can be restored")
		calls *= 2
	}
	if s.canary > 0 {
		p.Also = append(p.Also, fmt.Sprintf("the first %d are read back one by one", s.canary))
	}
	byLatency := time.Duration((calls+s.concurrency-1)/s.concurrency) * latencyGuess
	p.Takes = max(s.rate.Time(calls), byLatency)
	return p
}

// paceText is the speed in words.
func (s speed) paceText() string {
	rate := s.rate.String()
	if s.rate != s.told {
		rate += fmt.Sprintf(" (its part of %s)", s.told)
	}
	switch {
	case !s.auto:
		return rate
	case s.rate == pace.Unlimited:
		return "the rate that the API is found to allow"
	}
	return rate + ", or the rate that the API is found to allow"
}
