package sandbox

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"
)

func TestParseLimit(t *testing.T) {
	const second, minute = time.Second, time.Minute
	for _, tt := range []struct {
		in   string
		want Limit
		err  string
	}{
		{in: ""},
		{in: "none"},
		{in: "20/s", want: Limit{Rate: Rate{20, second}}},
		{in: "600/m", want: Limit{Rate: Rate{600, minute}}},
		{in: "9000/h", want: Limit{Rate: Rate{9000, time.Hour}}},
		{in: "1/2s", want: Limit{Rate: Rate{1, 2 * second}}},
		{in: " 20 / s , burst = 5 ", want: Limit{Rate: Rate{20, second}, Burst: 5}},
		{in: "burst=5,20/s", want: Limit{Rate: Rate{20, second}, Burst: 5}},
		{in: "concurrent=8", want: Limit{Concurrent: 8}},
		{in: "20/s,window=600/m,concurrent=8,retry-after=seconds",
			want: Limit{Rate: Rate{20, second}, Window: Rate{600, minute}, Concurrent: 8, RetryAfter: RetrySeconds}},
		{in: "20/s,retry-after=none", want: Limit{Rate: Rate{20, second}}},

		{in: "20", err: `limit "20": "20": must be a number and a time, for example 20/s or 600/m`},
		{in: "0/s", err: `limit "0/s": "0/s": "0" must be a positive integer (for less than one a second write 1/2s)`},
		{in: "0.5/s",
			err: `limit "0.5/s": "0.5/s": "0.5" must be a positive integer (for less than one a second write 1/2s)`},
		{in: "20/d", err: `limit "20/d": "20/d": "d" must be a time, for example 250ms, 10s or 2m`},
		{in: "20/0s", err: `limit "20/0s": a limit of 20 per 0s: both must be positive`},
		{in: "20/s,", err: `limit "20/s,": there is nothing between two commas`},
		{in: "=20/s", err: `limit "=20/s": "=20/s": there is nothing before the equals sign`},
		{in: "20/s,30/s", err: `limit "20/s,30/s": "30/s": is given twice`},
		{in: "20/s,brust=5",
			err: `limit "20/s,brust=5": "brust=5": is not known: must be one of a rate such as 20/s, burst, window, ` +
				`phase, concurrent, retry-after`},
		{in: "burst=5", err: `limit "burst=5": a burst without a rate: write it as 20/s,burst=5`},
		{in: "20/s,burst=-1", err: `limit "20/s,burst=-1": "burst=-1": "-1" must be a positive integer`},
		{in: "window=100/1s,phase=300ms,retry-after=exact",
			want: Limit{Window: Rate{100, second}, Phase: 300 * time.Millisecond, RetryAfter: RetryExact}},
		{in: "37/s,burst=5,retry-after=2s", want: Limit{Rate: Rate{37, second}, Burst: 5, RetryAfter: "2s"}},
		{in: "window=30/m,retry-after=date", want: Limit{Window: Rate{30, minute}, RetryAfter: RetryDate}},
		{in: "20/s,retry-after=soon",
			err: `limit "20/s,retry-after=soon": no way "soon" to say when to retry: ` +
				`must be none, seconds, exact, date, or a time such as 2s`},
		{in: "20/s,retry-after=-2s",
			err: `limit "20/s,retry-after=-2s": no way "-2s" to say when to retry: ` +
				`must be none, seconds, exact, date, or a time such as 2s`},
		{in: "window=100/1s,phase=1s",
			err: `limit "window=100/1s,phase=1s": a phase of 1s: ` +
				`must be less than the time of a window, as in window=100/1s,phase=300ms`},
		{in: "20/s,phase=1s",
			err: `limit "20/s,phase=1s": a phase of 1s: ` +
				`must be less than the time of a window, as in window=100/1s,phase=300ms`},
		{in: "\x1b[2J/s",
			err: `limit "\x1b[2J/s": "\x1b[2J/s": "\x1b[2J" must be a positive integer (for less than one a second ` +
				`write 1/2s)`},
	} {
		check(t, ParseLimit, tt.in, tt.want, tt.err)
	}
}

func TestParseLimits(t *testing.T) {
	type limits struct {
		first   Limit
		changes []LimitChange
	}
	parse := func(s string) (limits, error) {
		l, changes, err := ParseLimits(s)
		return limits{l, changes}, err
	}
	half := Limit{Rate: Rate{50, time.Second}, Burst: 20}
	for _, tt := range []struct {
		in   string
		want limits
		err  string
	}{
		{in: "none"},
		{in: "50/s,burst=20", want: limits{half, nil}},
		{in: "100/s @ 30s : 50/s,burst=20 @ 1m:none",
			want: limits{Limit{Rate: Rate{100, time.Second}},
				[]LimitChange{{30 * time.Second, half}, {time.Minute, Limit{}}}}},
		{in: "100/s@30s", err: `limit "30s": must be a time and a limit, for example 30s:50/s`},
		{in: "100/s@", err: `limit "": must be a time and a limit, for example 30s:50/s`},
		{in: "100/s@soon:50/s", err: `limit "soon:50/s": "soon" must be a time, for example 250ms, 10s or 2m`},
		{in: "100/s@30s:50", err: `limit "50": "50": must be a number and a time, for example 20/s or 600/m`},
		{in: "100/s@30s:50/s@30s:60/s",
			err: `limit "100/s@30s:50/s@30s:60/s": a limit from 30s on: must come later than the one before it`},
	} {
		check(t, parse, tt.in, tt.want, tt.err)
	}
}

func TestParseLatency(t *testing.T) {
	const ms = time.Millisecond
	for _, tt := range []struct {
		in   string
		want Latency
		err  string
	}{
		{in: ""},
		{in: "none"},
		{in: "250ms", want: Latency{250 * ms, 250 * ms}},
		{in: "200ms-300ms", want: Latency{200 * ms, 300 * ms}},
		{in: "0s-1s", want: Latency{0, 1000 * ms}},

		{in: "250", err: `latency "250": "250" must be a time, for example 250ms, 10s or 2m`},
		{in: "-1s", err: `latency "-1s": "" must be a time, for example 250ms, 10s or 2m`},
		{in: "300ms-200ms",
			err: `latency "300ms-200ms": a latency from 300ms to 200ms: must begin at 0 or later, end after that, ` +
				`and be at most a day`},
	} {
		check(t, ParseLatency, tt.in, tt.want, tt.err)
	}
}

func TestParseFaults(t *testing.T) {
	const second = time.Second
	for _, tt := range []struct {
		in   string
		want Faults
		err  string
	}{
		{in: ""},
		{in: "none"},
		{in: "503=5%,reset=1%,hang=0.5%,truncate=1%,html=1%,outage=10s-70s", want: Faults{
			Status: map[int]float64{503: .05}, ResetBefore: .005, ResetAfter: .005, HangBefore: .0025, HangAfter: .0025,
			Truncate: .01, HTML200: .005, HTML502: .005, Outages: []Outage{{10 * second, 70 * second}}}},
		{in: "reset-before=0.25, reset-after=0.5", want: Faults{ResetBefore: .25, ResetAfter: .5}},
		{in: "hang-before=25%,hang-after=0%", want: Faults{HangBefore: .25}},
		{in: "html-200=1", want: Faults{HTML200: 1}},
		{in: "html-502=1", want: Faults{HTML502: 1}},
		{in: "outage=0s-1s,outage=2s-3s", want: Faults{Outages: []Outage{{0, second}, {2 * second, 3 * second}}}},

		{in: "503",
			err: `faults "503": "503": is not known: must be one of a status such as 503, reset, reset-before, ` +
				`reset-after, hang, hang-before, hang-after, truncate, html, html-200, html-502, outage`},
		{in: "rest=5%",
			err: `faults "rest=5%": "rest=5%": is not known: must be one of a status such as 503, reset, ` +
				`reset-before, ` +
				`reset-after, hang, hang-before, hang-after, truncate, html, html-200, html-502, outage`},
		{in: "503=5", err: `faults "503=5": "503=5": "5" must be from 0% to 100%, or from 0 to 1`},
		{in: "503=-5%", err: `faults "503=-5%": "503=-5%": "-5%" must be from 0% to 100%, or from 0 to 1`},
		{in: "503=NaN", err: `faults "503=NaN": "503=NaN": "NaN" must be from 0% to 100%, or from 0 to 1`},
		{in: "200=5%", err: `faults "200=5%": fault: the status 200 is no failure: must be from 400 to 599`},
		{in: "503=5%,503=6%", err: `faults "503=5%,503=6%": "503=6%": is given twice`},
		{in: "reset=5%,reset-after=6%",
			err: `faults "reset=5%,reset-after=6%": "reset-after=6%": this probability is given twice`},
		{in: "503=60%,500=60%",
			err: `faults "503=60%,500=60%": the faults have the probability 1.2 together: must be at most 1`},
		{in: "outage=10s", err: `faults "outage=10s": "outage=10s": "10s" must be two times, for example 10s-70s`},
		{in: "outage=70s-10s", err: `faults "outage=70s-10s": an outage from 1m10s to 10s: must end after it begins`},
		{in: "outage=1s-on",
			err: `faults "outage=1s-on": "outage=1s-on": "on" must be a time, for example 250ms, 10s or 2m`},
	} {
		check(t, ParseFaults, tt.in, tt.want, tt.err)
	}
}

func TestParseFail(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want map[int64]int
		err  string
	}{
		{in: "", want: map[int64]int{}},
		{in: "17=422, 18=503", want: map[int64]int{17: 422, 18: 503}},
		{in: "17",
			err: `failures "17": "17": must be the id of a track, an equals sign and a status, for example 17=422`},
		{in: "x=422",
			err: `failures "x=422": "x=422": must be the id of a track, an equals sign and a status, for example ` +
				`17=422`},
		{in: "17=200", err: `failures "17=200": "17=200": the status 200 is no failure: must be from 400 to 599`},
	} {
		check(t, ParseFail, tt.in, tt.want, tt.err)
	}
}

func check[T any](t *testing.T, parse func(string) (T, error), in string, want T, wantErr string) {
	t.Helper()
	got, err := parse(in)
	if fmt.Sprint(err) != wantErr && !(err == nil && wantErr == "") {
		t.Errorf("%q: error %v, want %s", in, err, wantErr)
	} else if err == nil && !reflect.DeepEqual(got, want) {
		t.Errorf("%q: got %+v, want %+v", in, got, want)
	}
}

// FuzzParse looks for a flag's value that is accepted and then refused by New,
// or that makes a parser panic.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"20/s,burst=5,retry-after=seconds", "window=600/m", "concurrent=8",
		"100/s@30s:50/s,burst=20@1m:none", "200ms-300ms",
		"503=5%,reset=1%,hang=0.5%,html=1%,outage=10s-70s", "17=422", "none", "9223372036854775807/1ns", "NaN=1",
		"1/1h,burst=9999999999", "window=1/2000000h,phase=1ms,retry-after=2s", "window=9/1s,retry-after=date"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var c Config
		c.Limit, c.Changes, _ = ParseLimits(s)
		c.Latency, _ = ParseLatency(s)
		c.Faults, _ = ParseFaults(s)
		c.Fail, _ = ParseFail(s)
		box, err := New(c)
		if err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		for after := range 3 {
			box.gate.enter(box.start.Add(time.Duration(after) * 1000 * time.Hour))
		}
		box.dice.roll(roll{"PUT", 17})
	})
}

func TestParseIDs(t *testing.T) {
	for _, tc := range []struct {
		text string
		want []int64 // nil: an error
	}{
		{"17", []int64{17}},
		{"1-3, 7", []int64{1, 2, 3, 7}},
		{"", nil}, {"0", nil}, {"5-1", nil}, {"a", nil}, {"1-", nil}, {"1-10000001", nil},
	} {
		if got, err := ParseIDs(tc.text); !slices.Equal(got, tc.want) || (err == nil) != (tc.want != nil) {
			t.Errorf("%q: %d ids, %v", tc.text, len(got), err)
		}
	}
}
