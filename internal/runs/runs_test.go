package runs

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"tracksync/internal/run"
	"tracksync/internal/safe"
	"tracksync/internal/track"
	"tracksync/report"
	"tracksync/report/journal"
	engine "tracksync/sync"
)

var start = time.Date(2026, 11, 23, 15, 4, 5, 0, time.UTC)

// fake is a run directory that is made up for a test.
type fake struct {
	name      string // of the directory
	manifest  string // its path
	sha256    string
	begun     time.Duration // after start
	rows      int           // of the run
	shard     track.Shard
	others    int // rows of other shards
	results   []track.Result
	killed    bool
	options   map[string]any
	sentLater []track.Outgoing // updates that were in flight when it was killed
}

// write writes the directory as a run does, and returns it.
func (f fake) write(t *testing.T, place string) run.Dir {
	t.Helper()
	dir := run.Dir{Path: filepath.Join(place, f.name)}
	must(t, os.MkdirAll(dir.Path, 0o700))
	began := start.Add(f.begun)
	d := run.Description{
		Version: "v1", StartedAt: began, BaseURL: "https://api.example.com/v1", Rows: f.rows, Options: f.options,
		Shard: f.shard.String(), OtherShards: f.others,
		Account:   run.AccountMark{Fingerprint: "x"},
		Manifests: []run.ManifestRecord{{Name: filepath.Base(f.manifest), Path: f.manifest, SHA256: f.sha256}},
		Sessions:  []run.SessionRecord{{StartedAt: began}},
	}
	must(t, safe.WriteFile(dir.File(run.DescriptionFile), d.Write))
	stats := report.NewStats(began)
	ledger, err := journal.Create(dir.Path, journal.Options{})
	must(t, err)
	end := began
	for _, r := range f.results {
		must(t, ledger.Append(r))
		stats.AddResult(r)
		for _, a := range f.attempts(r) {
			stats.AddAttempt(a)
		}
		if r.FinishedAt.After(end) {
			end = r.FinishedAt
		}
	}
	must(t, ledger.Sent.Sending(f.sentLater))
	counts := ledger.Counts()
	must(t, ledger.Close())
	must(t, safe.WriteFile(dir.File(run.StatsFile), func(w io.Writer) error { return stats.Save(w, end) }))
	must(t, os.Chtimes(dir.File(run.StatsFile), end, end))
	if f.killed {
		return dir
	}
	s := stats.Summary(end)
	s.End, s.Rows, s.Totals, s.RunDir = string(engine.Completed), f.rows, counts, dir.Path
	s.BaseURL, s.Version, s.Manifests = d.BaseURL, d.Version, d.Names()
	inOrder := slices.SortedFunc(slices.Values(f.results), func(a, b track.Result) int { return a.Row - b.Row })
	s.Failures, err = report.Failures(func(yield func(track.Result, error) bool) {
		for _, r := range inOrder {
			if report.NeedsAttention(r.Status) && !yield(r, nil) {
				return
			}
		}
	})
	must(t, err)
	if s.Totals.Succeeded() < s.Rows {
		s.ExitCode = 1
	}
	must(t, safe.WriteFile(dir.File(run.SummaryFile), s.Encode))
	return dir
}

// attempts are two requests of a row, of which one was refused.
func (f fake) attempts(r track.Result) []report.Attempt {
	at := r.FinishedAt.Add(-100 * time.Millisecond)
	return []report.Attempt{
		{Started: at.Add(-time.Second), Duration: 20 * time.Millisecond, Status: 429, Code: "rate", RateLimited: true},
		{Started: at, Duration: time.Duration(r.ID) * time.Millisecond, Status: 200},
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// result is the result of a row that sets a volume.
func result(row int, id track.ID, volume int, status track.Status, at time.Duration) track.Result {
	v := track.Values{Volume: track.Value(volume)}
	r := track.Result{Row: row, Source: "tracks.csv", Line: row + 1, ID: id, Status: status, Attempts: 1, DurationMS: 100,
		Asked: v.Fingerprint(), FinishedAt: start.Add(at)}
	switch status {
	case track.Updated:
		r.Changes = track.ChangesOf(v)
	case track.Failed:
		r.Error = &track.Error{Code: "refused", Message: fmt.Sprintf("track %d is wrong", id)}
	case track.Invalid:
		r.Asked = ""
	}
	return r
}

func openAll(t *testing.T, dirs ...run.Dir) *Merged {
	t.Helper()
	m, err := OpenAll(dirs, start.Add(time.Hour))
	must(t, err)
	t.Cleanup(func() { must(t, m.Close()) })
	return m
}

// inTurns compares a merge with the same one, made as if there were too many rows to look at
// all at once.
func inTurns(t *testing.T, m *Merged) {
	t.Helper()
	want := resultsOf(t, m, all)
	must(t, m.choose(0))
	if got := resultsOf(t, m, all); !reflect.DeepEqual(want, got) {
		t.Errorf("in turns: %d results, want %d", len(got), len(want))
	}
}

func all(track.Status) bool { return true }

func resultsOf(t *testing.T, m *Merged, want func(track.Status) bool) (list []track.Result) {
	t.Helper()
	for r, err := range m.Results(want) {
		must(t, err)
		list = append(list, r)
	}
	return list
}

// mixed are rows of all kinds, in an order of ends that is not theirs.
func mixed(rows int) (list []track.Result) {
	for n := 1; n <= rows; n++ {
		status := track.Statuses()[n%4]
		if n%7 == 0 {
			status = track.Failed
		}
		list = append(list, result(n, track.ID(1000-n), n%100, status, time.Duration(n*7919%rows)*20*time.Millisecond))
	}
	slices.SortFunc(list, func(a, b track.Result) int { return a.FinishedAt.Compare(b.FinishedAt) })
	return list
}

// Eight shards of a manifest give the report of the one run that does it all.
func TestShardsAreOneRun(t *testing.T) {
	results := mixed(400)
	place := t.TempDir()
	whole := openAll(t, fake{name: "whole", manifest: "/m/tracks.csv", rows: 400, results: results}.write(t, place))
	var dirs []run.Dir
	for shard := range 8 {
		f := fake{name: fmt.Sprint("shard", shard), manifest: "/m/tracks.csv", shard: track.Shard{Number: shard + 1, Of: 8}}
		for _, r := range results {
			if r.Row%8 == shard {
				r.Row = 1 + (r.Row-1)/8 // numbered within the shard
				f.results = append(f.results, r)
			}
		}
		f.rows, f.others = len(f.results), len(results)-len(f.results)
		dirs = append(dirs, f.write(t, place))
	}
	slices.Reverse(dirs)
	shards := openAll(t, dirs...)
	want, got := resultsOf(t, whole, all), resultsOf(t, shards, all)
	if !reflect.DeepEqual(want, got) {
		t.Errorf("%d results are not the %d of the run", len(got), len(want))
	}
	failed := func(s track.Status) bool { return s == track.Failed }
	if want, got := resultsOf(t, whole, failed), resultsOf(t, shards, failed); !reflect.DeepEqual(want, got) {
		t.Errorf("%d of %d failed", len(got), len(want))
	}
	inTurns(t, shards)
	a, b := whole.Summary, shards.Summary
	a.RunDir, a.ExitCode, b.Sessions = "", 0, 1
	if a, b := encoded(t, a), encoded(t, b); a != b {
		t.Errorf("a run says\n%s\nits shards\n%s", a, b)
	}
}

// Which shards are missing is said, and how many rows they have.
func TestMissingShards(t *testing.T) {
	type part struct {
		shard string
		rows  int
		name  string // of the manifest; empty: tracks.csv
	}
	for _, tc := range []struct {
		name    string
		parts   []part
		shard   string
		others  int
		message string
	}{
		{"all are there", []part{{"1/2", 3, ""}, {"2/2", 1, ""}}, "", 0, ""},
		{"two of four", []part{{"1/4", 2, ""}, {"3/4", 1, ""}}, "1/4, 3/4", 1,
			"these shards are missing in the report: 2/4, 4/4"},
		{"one twice", []part{{"1/2", 3, ""}, {"1/2", 3, ""}}, "1/2", 1, "these shards are missing in the report: 2/2"},
		{"none of a shard's rows", []part{{"1/3", 0, ""}, {"2/3", 0, ""}}, "1/3, 2/3", 4,
			"these shards are missing in the report: 3/3"},
		{"the whole too", []part{{"1/4", 2, ""}, {"", 4, ""}}, "", 0, ""},
		{"another division", []part{{"1/4", 2, ""}, {"1/2", 3, ""}, {"2/2", 1, ""}}, "", 0, ""},
		{"of another manifest", []part{{"1/2", 3, ""}, {"2/2", 1, "other.csv"}}, "1/2, 2/2", 4,
			"these shards are missing in the report: 2/2, 1/2"},
		{"many", []part{{"1/15", 4, ""}, {"2/15", 0, ""}}, "1/15, 2/15", 0,
			"these shards are missing in the report: 3/15, 4/15, 5/15, 6/15, 7/15, 8/15, 9/15, 10/15, 11/15, 12/15 and 3 more"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			place := t.TempDir()
			var dirs []run.Dir
			for i, p := range tc.parts {
				f := fake{name: fmt.Sprint(i), manifest: "/m/tracks.csv" + p.name, sha256: p.name, rows: p.rows, others: 4 - p.rows}
				f.shard, _ = track.ParseShard(p.shard)
				for n := range p.rows {
					f.results = append(f.results, result(n+1, track.ID(100*i+n+1), 1, track.Updated, 0))
				}
				dirs = append(dirs, f.write(t, place))
			}
			s := openAll(t, dirs...).Summary
			if s.Shard != tc.shard || s.OtherShards != tc.others || s.Message != tc.message {
				t.Errorf("%q, %d, %q", s.Shard, s.OtherShards, s.Message)
			}
		})
	}
	// A re-run of a shard's failed rows is one of that shard.
	place := t.TempDir()
	var dirs []run.Dir
	for number, status := range map[int]track.Status{1: track.Failed, 2: track.Updated} {
		dirs = append(dirs, fake{name: fmt.Sprint(number), manifest: "/m/tracks.csv", rows: 1, others: 1,
			shard: track.Shard{Number: number, Of: 2}, results: []track.Result{result(1, track.ID(number), 1, status, 0)},
		}.write(t, place))
	}
	dirs = append(dirs, fake{name: "again", manifest: filepath.Join(place, "1", run.FailedFile), sha256: "2", begun: time.Minute,
		rows: 1, shard: track.Shard{Number: 1, Of: 2}, results: []track.Result{result(1, 1, 1, track.Updated, time.Minute)},
	}.write(t, place))
	if s := openAll(t, dirs...).Summary; s.Message != "" || s.Totals[track.Updated] != 2 || s.Rows != 2 {
		t.Errorf("%+v", s.Account)
	}
}

func encoded(t *testing.T, s report.Summary) string {
	t.Helper()
	var b strings.Builder
	must(t, s.Encode(&b))
	return b.String()
}

// A run and its re-runs give the report of a run in which the last result came at once.
func TestReruns(t *testing.T) {
	place := t.TempDir()
	first := fake{name: "a", manifest: "/m/tracks.csv", sha256: "1", rows: 6, results: []track.Result{
		result(1, 1, 10, track.Updated, 1), result(2, 2, 20, track.Failed, 2), result(3, 3, 130, track.Invalid, 3),
		result(4, 4, 40, track.Unknown, 4), result(5, 5, 50, track.NotAttempted, 5), result(6, 6, 60, track.Failed, 6),
	}}
	dir := first.write(t, place)
	again := func(row int, id track.ID, volume int, s track.Status, at time.Duration) track.Result {
		r := result(row, id, volume, s, at)
		r.Source = dir.File(run.FailedFile)
		return r
	}
	second := fake{name: "b", manifest: dir.File(run.FailedFile), sha256: "2", begun: time.Minute, rows: 4,
		results: []track.Result{
			again(1, 2, 20, track.Updated, time.Minute),      // the same row
			again(2, 3, 30, track.Updated, time.Minute),      // corrected
			again(3, 4, 40, track.NotAttempted, time.Minute), // says nothing of the track
			again(4, 6, 61, track.Failed, time.Minute),       // corrected, and wrong again
		}}.write(t, place)
	third := fake{name: "c", manifest: second.File(run.FailedFile), sha256: "3", begun: 2 * time.Minute, rows: 2,
		results: []track.Result{
			again(1, 6, 62, track.Updated, 2*time.Minute), // of the re-run
			again(2, 7, 70, track.Updated, 2*time.Minute), // added
		}}.write(t, place)
	m := openAll(t, third, dir, second)
	var got []string
	for _, r := range resultsOf(t, m, all) {
		got = append(got, fmt.Sprintf("%d %s:%d %d %s %s", r.Row, filepath.Base(r.Source), r.Line, r.ID, r.Status, r.Changes.Volume.To))
	}
	want := []string{
		"1 tracks.csv:2 1 updated 10", "2 tracks.csv:3 2 updated 20", "3 tracks.csv:4 3 updated 30",
		"4 tracks.csv:5 4 unknown ", "5 tracks.csv:6 5 not_attempted ", "6 tracks.csv:7 6 updated 62",
		"7 failed.csv:3 7 updated 70",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	inTurns(t, m)
	s := m.Summary
	if s.Rows != 7 || s.Totals[track.Updated] != 5 || s.Totals[track.Unknown] != 1 || s.Sessions != 3 || s.Check() != nil {
		t.Errorf("%+v", s)
	}
}

// Another manifest's failed row of the same track is not taken for done.
func TestOtherRowsOfATrack(t *testing.T) {
	place := t.TempDir()
	a := fake{name: "a", manifest: "/m/tracks.csv", sha256: "1", rows: 1,
		results: []track.Result{result(1, 1, 10, track.Failed, 1)}}.write(t, place)
	b := fake{name: "b", manifest: "/m/more.csv", sha256: "2", begun: time.Minute, rows: 1,
		results: []track.Result{result(1, 1, 11, track.Updated, time.Minute)}}.write(t, place)
	if s := openAll(t, a, b).Summary; s.Rows != 2 || s.Totals[track.Failed] != 1 || s.End != "completed" {
		t.Errorf("%+v", s)
	}
}

// A run that was killed says what is on the disk; what was in flight is unknown; and a run of
// the same manifest that was started anew completes it.
func TestKilled(t *testing.T) {
	place := t.TempDir()
	f := fake{name: "a", manifest: "/m/tracks.csv", sha256: "1", rows: 5, killed: true, results: []track.Result{
		result(1, 1, 10, track.Updated, time.Second), result(2, 2, 20, track.Failed, 2*time.Second),
	}}
	volume := func(n int) string { return track.Values{Volume: track.Value(n)}.Fingerprint() }
	f.sentLater = []track.Outgoing{{ID: 1, Row: 1, Asked: volume(10)}, {ID: 3, Row: 3, Asked: volume(30)}}
	dir := f.write(t, place)
	whole, err := os.ReadFile(dir.File(run.ResultsFile))
	must(t, err)
	must(t, os.WriteFile(dir.File(run.ResultsFile), append(whole, `{"row":4,"sou`...), 0o600))
	before := snapshot(t, dir.Path)

	m := openAll(t, dir)
	s := m.Summary
	want := report.Totals{track.Updated: 1, track.Failed: 1, track.Unknown: 1, track.NotAttempted: 2}
	if s.End != report.Killed || s.Rows != 5 || !reflect.DeepEqual(s.Totals, want) || s.Requests != 4 || s.Check() != nil {
		t.Errorf("%+v", s)
	}
	last := resultsOf(t, m, all)[2]
	if last.Row != 3 || last.ID != 3 || last.Status != track.Unknown || last.Source != "tracks.csv" {
		t.Errorf("%+v", last)
	}
	if list, err := List([]string{place}, start.Add(time.Hour)); err != nil || len(list) != 1 ||
		list[0].End != report.Killed || !reflect.DeepEqual(list[0].Totals, want) {
		t.Errorf("%+v, %v", list, err)
	}

	later := time.Since(start) + time.Hour // after what was in flight
	anew := fake{name: "b", manifest: "/m/tracks.csv", sha256: "1", begun: later, rows: 5}
	for n := 1; n <= 5; n++ {
		anew.results = append(anew.results, result(n, track.ID(n), 10*n, track.Updated, later))
	}
	both := openAll(t, dir, anew.write(t, place))
	if s := both.Summary; s.End != "completed" || s.Rows != 5 || s.Totals[track.Updated] != 5 || s.Check() != nil {
		t.Errorf("%+v", s)
	}
	if got := resultsOf(t, both, all); len(got) != 5 || got[2].Line != 4 || got[4].Row != 5 {
		t.Errorf("%+v", got)
	}
	if after := snapshot(t, dir.Path); !reflect.DeepEqual(before, after) {
		t.Errorf("reading changed the directory: %v, %v", before, after)
	}
}

// snapshot is the content of a directory.
func snapshot(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	entries, err := os.ReadDir(dir)
	must(t, err)
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		must(t, err)
		all[e.Name()] = string(b)
	}
	return all
}

// A run that is held is going on; damaged ones are named.
func TestList(t *testing.T) {
	place := t.TempDir()
	done := fake{name: "20261123T150405Z-aaaaaa", manifest: "/m/tracks.csv", rows: 1,
		results: []track.Result{result(1, 1, 10, track.Updated, 1)}}.write(t, place)
	going := fake{name: "20261124T150405Z-aaaaaa", manifest: "/m/tracks.csv", rows: 1, killed: true,
		begun: 24 * time.Hour}.write(t, place)
	lock, err := run.LockDir(going.Path)
	must(t, err)
	defer lock.Release()
	must(t, os.Mkdir(filepath.Join(place, "20261125T150405Z-aaaaaa"), 0o700))
	broken := fake{name: "20261120T150405Z-aaaaaa", manifest: "/m/tracks.csv", rows: 1}.write(t, place)
	must(t, os.WriteFile(broken.File(run.SummaryFile), []byte("{"), 0o600))
	must(t, os.Mkdir(filepath.Join(place, "something"), 0o700))

	list, err := List([]string{place, done.Path}, start.Add(time.Hour))
	must(t, err)
	var ends []string
	for _, l := range list {
		ends = append(ends, filepath.Base(l.Run)[6:8]+" "+l.End)
	}
	if want := []string{"25 damaged", "24 running", "23 completed", "23 completed", "20 damaged"}; !slices.Equal(ends, want) {
		t.Errorf("%q\n%+v", ends, list)
	}
	if _, err := List([]string{filepath.Join(place, "none")}, start); err == nil {
		t.Error("a place that is not there was listed")
	}
}
