package run

import (
	"strings"
	"testing"
	"time"

	"tracksync/internal/track"
	"tracksync/report"
	"tracksync/report/journal"
	engine "tracksync/sync"
	"tracksync/sync/pace"
)

// watched is an observer that stores what the tests inspect.
type watched struct {
	results   []track.Result
	warnings  []Warning
	unwritten []byte
	ended     bool
	onResult  func(track.Result)
}

func (w *watched) Attempt(engine.Attempt)           {}
func (w *watched) Pause(pace.Pause)                 {}
func (w *watched) Outage(engine.Downtime)           {}
func (w *watched) Learned(pace.Limit)               {}
func (w *watched) Reading(engine.Reading)           {}
func (w *watched) Tick() error                      { return nil }
func (w *watched) Warn(warning Warning)             { w.warnings = append(w.warnings, warning) }
func (w *watched) Unwritten(_ string, lines []byte) { w.unwritten = append(w.unwritten, lines...) }
func (w *watched) End()                             { w.ended = true }
func (w *watched) Result(r track.Result) {
	w.results = append(w.results, r)
	if w.onResult != nil {
		w.onResult(r)
	}
}

// More results than may wait for the file can come between two calls of Flush.
func TestManyLongResultsAtOnce(t *testing.T) {
	j, err := journal.Create(t.TempDir(), journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	none := func(pace.Limit, bool, time.Time) func() { return func() {} }
	rec := &recorder{ledger: j, stats: report.NewStats(time.Now()), observer: &watched{}, limits: none}
	name := strings.Repeat("\x01", 60<<10) // six bytes each
	for row := 1; row <= journal.DefaultLimit/len(name)/6+10; row++ {
		err := rec.Result(track.Row{}, track.Result{
			Row: row, ID: track.ID(row), Status: track.Updated, FinishedAt: time.Now(),
			Changes: track.ChangesOf(track.Values{Name: track.Value(name)}),
		})
		if err != nil {
			t.Fatalf("row %d: %v", row, err)
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}
