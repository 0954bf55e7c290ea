package cli

import (
	"fmt"
	"strings"
	"time"

	"tracksync/input"
	"tracksync/internal/display"
	"tracksync/internal/run"
	"tracksync/internal/terminal"
	"tracksync/internal/track"
	"tracksync/sync/pace"
)

// preflight is what a run is about to do, as it says before it starts.
type preflight struct {
	host      string
	summary   input.Summary
	rate      pace.Rate
	auto      bool
	parallel  int
	requests  int
	done      int      // rows that succeeded before, of a run that is resumed
	first     []string // what is done before, and beside, the updates
	calls     int
	upTo      string // "up to " when it is not known how many differ
	takesTime time.Duration
}

// latencyGuess is what an ordinary call takes (observed at the service).
const latencyGuess = 250 * time.Millisecond

func newPreflight(s settings, summary input.Summary, earlier *run.Earlier) preflight {
	i := preflight{host: s.host(), summary: summary, rate: s.rate, auto: s.auto, parallel: s.concurrency}
	if earlier != nil {
		i.summary, i.done = earlier.Left, earlier.Done
	}
	i.requests = i.summary.Valid - i.summary.Skipped
	i.calls = i.requests
	if s.skipUnchanged {
		i.upTo = "up to "
		i.first = append(i.first, "the state of the tracks is read first, and only what differs is sent")
	}
	if i.summary.Expecting > 0 && !s.force {
		i.first = append(i.first, fmt.Sprintf("%s left alone if not as expected", display.Count(i.summary.Expecting, "track")))
	}
	if s.undo {
		i.first = append(i.first, "each track is read before its update, so that it can be restored")
		i.calls *= 2
	}
	if s.canary > 0 {
		i.first = append(i.first, fmt.Sprintf("the first %d are read back one by one", s.canary))
	}
	byRate := s.rate.Time(i.calls)
	byLatency := time.Duration((i.calls+i.parallel-1)/i.parallel) * latencyGuess
	i.takesTime = max(byRate, byLatency)
	return i
}

// text says it for people, in a few lines.
func (i preflight) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Will update %s%s at %s\n", i.upTo, display.Count(i.requests, "track"), i.host)
	var set []string
	for _, f := range i.sets() {
		if f.rows > 0 {
			set = append(set, fmt.Sprintf("%s of %s", f.field, display.Thousands(f.rows)))
		}
	}
	if len(set) > 0 {
		fmt.Fprintf(&b, "  sets      %s\n", strings.Join(set, ", "))
	}
	if i.done > 0 {
		fmt.Fprintf(&b, "  done      %s before, which stay as they are\n", display.Count(i.done, "row"))
	}
	if n := i.summary.ProjectNull; n > 0 { // how many of these tracks have one is not known here
		where := ""
		if i.upTo != "" {
			where = " where it is not null already"
		}
		fmt.Fprintf(&b, "  null      sets the project of %s to null%s\n", display.Count(n, "row"), where)
	}
	var not []string
	for _, n := range []struct {
		rows int
		what string
	}{{i.summary.Invalid, "invalid"}, {i.summary.Superseded, "superseded by a later row"}, {i.summary.Skipped, "with nothing to set"}} {
		if n.rows > 0 {
			not = append(not, fmt.Sprintf("%s %s", display.Thousands(n.rows), n.what))
		}
	}
	if len(not) > 0 {
		fmt.Fprintf(&b, "  not sent  %s\n", strings.Join(not, ", "))
	}
	for n, text := range i.first {
		fmt.Fprintf(&b, "  %-8s  %s\n", map[bool]string{true: "also"}[n == 0], text)
	}
	fmt.Fprintf(&b, "  takes     about %s at %s", display.Short(max(i.takesTime, time.Second)), i.paceText())
	return b.String()
}

type fieldCount struct {
	field string
	rows  int
}

func (i preflight) sets() []fieldCount {
	n := i.summary.Sets
	return []fieldCount{
		{track.FieldName, n.Name}, {track.FieldVolume, n.Volume}, {track.FieldProject, n.Project}, {track.FieldMedia, n.Media},
	}
}

// log says it for programs.
func (i preflight) log(log *terminal.Messages) {
	ev := log.Info().Str("host", i.host).Int("rows", i.summary.Rows).Int("updates", i.requests)
	for _, f := range i.sets() {
		ev = ev.Int("sets_"+f.field, f.rows)
	}
	if i.done > 0 {
		ev = ev.Int("done_before", i.done)
	}
	if len(i.first) > 0 {
		ev = ev.Strs("also", i.first)
	}
	ev.Int("sets_project_null", i.summary.ProjectNull).Int("invalid", i.summary.Invalid).Int("superseded", i.summary.Superseded).
		Int("skipped", i.summary.Skipped).Str("rate", i.paceText()).Str("takes", display.Short(max(i.takesTime, time.Second))).
		Msg("about to update")
}

func (i preflight) paceText() string {
	if i.auto {
		if i.rate == pace.Unlimited {
			return "the rate that the API is found to allow"
		}
		return fmt.Sprintf("%s, or the rate that the API is found to allow", i.rate)
	}
	return i.rate.String()
}
