package report

import (
	"bytes"
	"fmt"
	"iter"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"tracksync/internal/testkit"
	"tracksync/internal/track"
)

var start = time.Date(2026, 11, 23, 15, 4, 5, 123456789, time.FixedZone("CET", 3600))

// after is a moment of the run.
func after(d time.Duration) time.Time { return start.Add(d) }

func TestSummaryOfARun(t *testing.T) {
	s := NewStats(start)
	for i := range 1000 {
		s.AddAttempt(Attempt{Started: after(time.Duration(i) * 10 * time.Millisecond),
			Duration: time.Duration(i+1) * time.Millisecond, Status: 200})
		s.AddResult(track.Result{Row: i + 1, Status: track.Updated,
			FinishedAt: after(time.Duration(i) * 10 * time.Millisecond)})
	}
	s.AddAttempt(Attempt{Started: after(2500 * time.Millisecond), Duration: time.Nanosecond, Status: 429,
		Code: "rate_limited", RateLimited: true})
	s.AddAttempt(Attempt{Started: after(3 * time.Second), Duration: 30 * time.Second, Code: "timeout"})
	s.AddAttempt(Attempt{Started: after(9 * time.Second), Duration: 3 * time.Second, Status: 422,
		Code: "invalid_request"})
	s.AddPause(Pause{after(2 * time.Second), after(4 * time.Second), "rate_limited"})
	bad := &track.Error{Code: "invalid_request", Message: "volume must be <= 100"}
	unsuccessful := []track.Result{
		{Row: 1001, Source: "tracks.csv", Line: 5, Status: track.Failed, Error: bad,
			FinishedAt: after(11 * time.Second)},
		{Row: 1002, Source: "tracks.csv", Line: 6, Status: track.Failed, Error: bad,
			FinishedAt: after(11 * time.Second)},
		{Row: 1003, Source: "a.xlsx", Sheet: "S", Cell: "B7", Status: track.Invalid, FinishedAt: after(0)},
		{Row: 1004, Status: track.NotAttempted, FinishedAt: after(12 * time.Second)},
	}
	for _, r := range unsuccessful {
		s.AddResult(r)
	}

	sum := s.Summary(after(12 * time.Second))
	sum.Failures = failuresOf(t, unsuccessful...)
	sum.End, sum.ExitCode, sum.Message = "completed", 1, "3 rows are not <as> they should be"
	sum.Rows, sum.Totals = 1004, Totals{track.Updated: 1000, track.Failed: 2, track.Invalid: 1, track.NotAttempted: 1}
	sum.Version, sum.BaseURL, sum.RunDir = "v1.0.0", "https://api.beyondwords.io/v1", "tracksync-runs/x"
	sum.Pace = Pace{Rate: "100", Concurrency: 32}
	if err := sum.Check(); err != nil {
		t.Error(err)
	}
	var b bytes.Buffer
	if err := sum.Encode(&b); err != nil {
		t.Fatal(err)
	}
	testkit.Golden(t, filepath.Join("testdata", "101-summary-of-a-run.json"), b.Bytes())

	var empty bytes.Buffer
	if err := NewStats(start).Summary(start).Encode(&empty); err != nil {
		t.Fatal(err)
	}
	testkit.Golden(t, filepath.Join("testdata", "102-summary-of-nothing.json"), empty.Bytes())
}

func TestEncodeDoesNotTouchStrings(t *testing.T) {
	var b bytes.Buffer
	if err := (Summary{Ending: Ending{Message: "[\n 1,\n 2\n]"}}).Encode(&b); err != nil {
		t.Fatal(err)
	}
	if want := `"message": "[\n 1,\n 2\n]"`; !strings.Contains(b.String(), want) {
		t.Errorf("no %s in\n%s", want, b.String())
	}
}

func TestCheck(t *testing.T) {
	tests := []struct {
		name   string
		rows   int
		totals Totals
		want   string // in the error; empty for none
	}{
		{"adds up", 3, Totals{track.Updated: 2, track.Unknown: 1}, ""},
		{"nothing", 0, nil, ""},
		{"a row is missing", 3, Totals{track.Updated: 2}, "3 rows were read, and 2 have"},
		{"a row counts twice", 1, Totals{track.Updated: 1, track.Failed: 1}, "1 rows were read, and 2 have"},
		{"no such status", 1, Totals{"done": 1}, `"done"`},
		{"negative", 1, Totals{track.Updated: 2, track.Failed: -1}, `-1 rows are "failed"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := Summary{Account: Account{tt.rows, tt.totals}}.Check()
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestPauses(t *testing.T) {
	sec := func(n int) time.Time { return after(time.Duration(n) * time.Second) }
	tests := []struct {
		name   string
		pauses []Pause
		want   map[string]float64
	}{
		{"none", nil, map[string]float64{}},
		{"apart", []Pause{{sec(1), sec(2), "a"}, {sec(3), sec(5), "b"}, {sec(6), sec(7), "a"}},
			map[string]float64{"a": 2, "b": 2}},
		{"overlapping counts once", []Pause{{sec(1), sec(4), "a"}, {sec(2), sec(6), "b"}},
			map[string]float64{"a": 3, "b": 2}},
		{"within another", []Pause{{sec(1), sec(6), "a"}, {sec(2), sec(3), "b"}, {sec(4), sec(7), "c"}},
			map[string]float64{"a": 5, "c": 1}},
		{"beyond the end", []Pause{{sec(1), sec(2), "a"}, {sec(8), sec(60), "b"}}, map[string]float64{"a": 1, "b": 2}},
		{"after the end", []Pause{{sec(11), sec(60), "b"}}, map[string]float64{}},
		{"backwards", []Pause{{sec(5), sec(3), "a"}}, map[string]float64{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := NewStats(start)
			for _, p := range tt.pauses {
				s.AddPause(p)
			}
			for range 2 { // asking changes nothing
				if got := s.Summary(sec(10)).PausedS; !reflect.DeepEqual(got, tt.want) {
					t.Errorf("got %v, want %v", got, tt.want)
				}
			}
		})
	}
}

func TestLatencyIsWithinItsPrecision(t *testing.T) {
	s := NewStats(start)
	rng := rand.New(rand.NewPCG(1, 2))
	var all []time.Duration
	for range 20000 {
		d := time.Duration(rng.ExpFloat64() * float64(250*time.Millisecond))
		all = append(all, max(d, time.Microsecond))
		s.AddAttempt(Attempt{Started: start, Duration: d, Status: 200})
	}
	slices.Sort(all)
	got := s.Summary(start).LatencyMS
	for _, q := range []struct {
		name  string
		value float64
		at    float64
	}{{"p50", got.P50, 0.50}, {"p90", got.P90, 0.90}, {"p95", got.P95, 0.95}, {"p99", got.P99, 0.99},
		{"max", got.Max, 1}} {
		want := float64(all[int(q.at*float64(len(all)))-1].Microseconds()) / 1000
		if q.value < want*0.999 || q.value > want*1.001 {
			t.Errorf("%s is %v ms, want %v", q.name, q.value, want)
		}
	}

	s = NewStats(start)
	s.AddAttempt(Attempt{Started: start, Duration: 5 * time.Hour, Status: 200})
	if got := s.Summary(start).LatencyMS; got.Max != 3.6e6 || got.P50 != 3.6e6 || got.Mean != 3.6e6 {
		t.Errorf("five hours are not capped at one: %+v", got)
	}
}

func TestTimelineKeepsCountsAndBounds(t *testing.T) {
	s := NewStats(start)
	const n = 200_000
	for i := range n { // three days, an event every 1.296 s
		at := after(time.Duration(i) * 1296 * time.Millisecond)
		s.AddAttempt(Attempt{Started: at, Status: 429, RateLimited: i%10 == 0})
		s.AddResult(track.Result{Status: track.Updated, FinishedAt: at})
	}
	r := s.Summary(after(72 * time.Hour)).RateOverTime
	if len(r.Requests) > maxBuckets || len(r.Requests) < maxBuckets/2 || r.BucketS != 2048 {
		t.Errorf("%d buckets of %v s", len(r.Requests), r.BucketS)
	}
	sum := func(list []int) (n int) {
		for _, x := range list {
			n += x
		}
		return n
	}
	if sum(r.Requests) != n || sum(r.Rows) != n || sum(r.Refused) != n/10 {
		t.Errorf("%d requests, %d rows, %d refused of %d", sum(r.Requests), sum(r.Rows), sum(r.Refused), n)
	}
	for i, x := range r.Requests[:len(r.Requests)-1] {
		if want := 2048 / 1.296; float64(x) < want-1 || float64(x) > want+1 {
			t.Errorf("bucket %d has %d requests, want about %.0f", i, x, want)
		}
	}
}

func TestTimelineSurvivesAnyClock(t *testing.T) {
	s := NewStats(start)
	for _, at := range []time.Time{{}, start.Add(-time.Hour), time.Unix(1<<40, 0), time.Unix(-1<<40, 0), start} {
		s.AddAttempt(Attempt{Started: at, Status: 200})
	}
	if r := s.Summary(start).RateOverTime; len(r.Requests) > maxBuckets || r.Requests[0] != 4 {
		t.Errorf("%d buckets, %d requests in the first", len(r.Requests), r.Requests[0])
	}
}

func TestCodesFromServersAreBounded(t *testing.T) {
	s := NewStats(start)
	var failed []track.Result
	for i := range 10_000 {
		code := fmt.Sprintf("code_%d_%s", i, strings.Repeat("x", 1000))
		s.AddAttempt(Attempt{Started: start, Status: i, Code: code})
		s.AddPause(Pause{after(time.Duration(i) * time.Second), after(time.Duration(i+1) * time.Second), code})
		failed = append(failed, track.Result{Status: track.Failed, FinishedAt: start, Source: code,
			Error: &track.Error{Code: code, Message: code}})
	}
	sum := s.Summary(after(20_000 * time.Second))
	sum.Failures = failuresOf(t, failed...)
	if len(sum.ByError) != maxCodes+1 || sum.ByError[Other] != 10_000-maxCodes {
		t.Errorf("%d codes, %d others", len(sum.ByError), sum.ByError[Other])
	}
	if len(sum.PausedS) != maxCodes+1 || len(sum.Failures) != maxCodes+1 || len(sum.ByHTTPStatus) != maxHTTPCodes {
		t.Errorf("%d reasons, %d failures, %d statuses", len(sum.PausedS), len(sum.Failures), len(sum.ByHTTPStatus))
	}
	if f := sum.Failures[0]; f.Code != Other || f.Rows != 10_000-maxCodes || len(f.Message) != maxMessage {
		t.Errorf("the first failure is %.50q, %d rows, message of %d bytes", f.Code, f.Rows, len(f.Message))
	}
}

func TestOutages(t *testing.T) {
	start := time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)
	s := NewStats(start)
	for i := range maxOutages + 20 {
		from := start.Add(time.Duration(i) * time.Minute)
		s.AddOutage(Outage{From: from, Until: from.Add(1500 * time.Millisecond), Requests: 2})
	}
	o := s.Summary(start.Add(3 * time.Hour)).Outages
	if o.Count != 120 || o.DurationS != 180 || o.Requests != 240 || len(o.List) != maxOutages {
		t.Errorf("%d outages, %v s, %d requests, %d listed", o.Count, o.DurationS, o.Requests, len(o.List))
	}
	if got := o.List[1]; !got.From.Equal(start.Add(time.Minute)) || got.Requests != 2 {
		t.Errorf("%+v", got)
	}
}

// stream gives results as a ledger does.
func stream(results ...track.Result) iter.Seq2[track.Result, error] {
	return func(yield func(track.Result, error) bool) {
		for _, r := range results {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// failuresOf are the failures of results that can be read.
func failuresOf(t *testing.T, results ...track.Result) []Failure {
	t.Helper()
	list, err := Failures(stream(results...))
	if err != nil {
		t.Fatal(err)
	}
	return list
}
