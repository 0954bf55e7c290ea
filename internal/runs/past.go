package runs

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"time"

	"tracksync/internal/run"
	"tracksync/internal/safe"
	"tracksync/internal/track"
	"tracksync/report"
	"tracksync/report/journal"
)

// Past is a run that was read from its directory.
type Past struct {
	run.Description
	Dir     run.Dir
	Summary report.Summary // without an exit code if the run has not ended
	Ended   bool           // it has written its summary
	Going   bool           // a process is at work on it

	record *journal.Record
	stats  *report.Stats // what was measured; nil: not known
	until  time.Time     // when it was measured, or the last row ended if that was later
}

// Open reads the directory of a run. now is used where nothing says when a run was last at
// work.
func Open(dir run.Dir, now time.Time) (p *Past, err error) {
	p = &Past{Dir: dir}
	if p.Description, err = run.ReadDescription(dir); err != nil {
		return nil, err
	}
	// Whether it is going on is found out first: it may end meanwhile, and then has a summary.
	if p.Going, err = isGoing(dir, now); err != nil {
		return nil, err
	}
	if p.Summary, p.Ended, err = readSummary(dir); err != nil {
		return nil, err
	}
	p.Going = p.Going && !p.Ended
	if p.record, err = journal.Open(dir.Path); err != nil {
		return nil, err
	}
	var measured time.Time
	if saved, err := run.ReadStats(dir, !p.Going, p.record.Ended()); err == nil { // without it less is known
		p.stats, p.until = saved.Whole()
		measured = p.until
	}
	if p.record.Latest.After(p.until) {
		p.until = p.record.Latest
	}
	if !p.Ended {
		err = p.summarize(measured)
	}
	if err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// Close closes the files.
func (p *Past) Close() error { return p.record.Close() }

// Results yields the results of the rows whose status want accepts, by row.
func (p *Past) Results(want func(track.Status) bool) iter.Seq2[track.Result, error] {
	return func(yield func(track.Result, error) bool) {
		for r, err := range p.record.Results(want) {
			if !yield(p.placed(r), err) {
				return
			}
		}
	}
}

// placed names the manifest of a row of which only its update is known.
func (p *Past) placed(r track.Result) track.Result {
	if r.Source == "" && len(p.Manifests) == 1 {
		r.Source = p.Manifests[0].Name
	}
	return r
}

// Images is what the run has recorded of tracks before it changed them; nil: nothing.
func (p *Past) Images() run.Images {
	if !p.record.HasImages() {
		return nil
	}
	return p.record
}

// summarize makes the summary of a run that has none.
func (p *Past) summarize(measured time.Time) (err error) {
	stats, end := p.stats, p.until
	if stats == nil {
		stats = report.NewStats(p.StartedAt)
		stats.Resumed(p.StartedAt, len(p.Sessions))
	}
	if end.Before(p.StartedAt) {
		end = p.StartedAt
	}
	s := stats.Summary(end)
	u := report.Unfinished{
		End: report.Killed, InFlight: p.record.InFlight, Latest: p.record.Latest, Measured: measured,
		Damaged: p.record.DamagedSeen,
	}
	if p.Going {
		u.End = report.Running
	}
	s.End, s.Message = u.End, u.Message()
	s.Rows, s.Totals = p.Rows, report.Totals(p.record.Counts())
	for range p.record.Missing(s.Rows) {
		s.Totals[track.NotAttempted]++
	}
	s.Origin = report.Origin{Version: p.Version, BaseURL: p.BaseURL, RunDir: p.Dir.Path, Manifests: p.Names()}
	s.Shard, s.OtherShards = p.Shard, p.OtherShards
	s.Pace = p.pace()
	if s.Failures, err = report.Failures(p.Results(report.NeedsAttention)); err != nil {
		return err
	}
	p.Summary = s
	return nil
}

// pace is what run.json says about it.
func (p *Past) pace() (pace report.Pace) {
	pace.Rate, _ = p.Options["rate"].(string)
	pace.MaxRate, _ = p.Options["max_rate"].(string)
	n, _ := p.Options["concurrency"].(float64)
	pace.Concurrency = int(n)
	return pace
}

// maxSummary is the most bytes that are read of a summary. Real ones are far smaller.
const maxSummary = 64 << 20

func readSummary(dir run.Dir) (s report.Summary, ended bool, err error) {
	b, err := safe.ReadFile(dir.File(run.SummaryFile), maxSummary)
	if errors.Is(err, fs.ErrNotExist) {
		return s, false, nil
	}
	if err == nil {
		if err = json.Unmarshal(b, &s); err == nil {
			err = s.Check()
		}
		if err != nil {
			err = fmt.Errorf("%s: %w", dir.File(run.SummaryFile), err)
		}
	}
	return s, err == nil, err
}
