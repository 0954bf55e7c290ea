package run

import (
	"errors"
	"iter"
	"time"

	"tracksync/internal/safe"
	"tracksync/internal/track"
	"tracksync/report"
	"tracksync/report/journal"
)

// ReadStats reads the statistics of a run. What the latest session has done since it saved them
// is added from its ledger: the requests that ended and, if the session was killed, the updates
// that were in flight. results yields the rows that have ended, in any order.
func ReadStats(d Dir, killed bool, results iter.Seq2[track.Status, time.Time]) (
	saved *report.SavedStats, err error) {
	f, err := safe.Open(d.File(StatsFile))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if saved, err = report.ReadStats(f); err != nil || saved.Closed {
		return saved, err
	}
	requests, err := journal.ReadRequests(d.Path, saved.Session, saved.Ended)
	if err != nil {
		return nil, err
	}
	for _, r := range requests.Ended {
		saved.Add(report.Attempt{
			Started: r.Started, Duration: r.Took, Status: r.Status, Code: r.Code, RateLimited: r.Refused, Limit: r.Limit,
			Update: r.Update, Unsent: r.Unsent,
		})
	}
	for status, at := range results {
		if at.After(saved.SavedAt) {
			saved.AddResult(track.Result{Status: status, FinishedAt: at})
		}
	}
	if killed {
		saved.Sent(requests.Updates)
	}
	return saved, nil
}
