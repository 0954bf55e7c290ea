package sandbox

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestConfigRefused(t *testing.T) {
	for _, tt := range []struct {
		name   string
		config Config
		want   string
	}{
		{"track without an id", Config{Tracks: []Track{{Name: "x"}}},
			"sandbox: a track has the id 0: must be positive"},
		{"track twice", Config{Tracks: []Track{{ID: 1}, {ID: 1}}}, "sandbox: track 1 is seeded twice"},
		{"track of a negative project", Config{Tracks: []Track{{ID: 1, Project: -3}}},
			"sandbox: track 1 has the project -3: must be positive, or 0 for none"},
		{"negative id", Config{IDs: []int64{-1}}, "sandbox: a track has the id -1: must be positive"},
		{"failure that is none", Config{Fail: map[int64]int{17: 200}},
			"sandbox: track 17: the status 200 is no failure: must be from 400 to 599"},
		{"unknown stubborn field", Config{Stubborn: []string{"updated"}},
			`sandbox: no field "updated" to be stubborn: must be one of name, volume, project, media`},
		{"unknown field left out", Config{Omit: []string{"id"}},
			`sandbox: no field "id" to leave out: must be one of name, volume, project, media, created, updated`},
		{"several", Config{PageSize: -1, MaxVolume: -2},
			"sandbox: the page size is -1: must not be negative\n" +
				"sandbox: the largest volume is -2: must not be negative"},

		{"half a rate", Config{Limit: Limit{Rate: Rate{N: 5}}}, "sandbox: a limit of 5 per 0s: both must be positive"},
		{"huge rate", Config{Limit: Limit{Rate: Rate{N: math.MaxInt, Per: 1}}}, "too large to count"},
		{"huge burst", Config{Limit: Limit{Rate: Rate{N: 1, Per: time.Hour}, Burst: math.MaxInt}},
			"too large to count"},
		{"half a window", Config{Limit: Limit{Window: Rate{Per: time.Second}}},
			"sandbox: a window of 0 per 1s: both must be positive"},
		{"burst alone", Config{Limit: Limit{Burst: 1}}, "sandbox: a burst without a rate: write it as 20/s,burst=5"},
		{"unknown retry-after", Config{Limit: Limit{RetryAfter: "soon"}},
			`sandbox: no way "soon" to say when to retry: must be none, seconds, exact, date, or a time such as 2s`},

		{"a change of half a rate", Config{Changes: []LimitChange{{time.Second, Limit{Rate: Rate{N: 5}}}}},
			"sandbox: a limit of 5 per 0s: both must be positive"},
		{"changes out of order", Config{Changes: []LimitChange{{time.Second, Limit{}}, {time.Second, Limit{}}}},
			"sandbox: a limit from 1s on: must come later than the one before it"},

		{"latency backwards", Config{Latency: Latency{Min: 2, Max: 1}},
			"sandbox: a latency from 2ns to 1ns: must begin at 0 or later, end after that, and be at most a day"},
		{"latency without end", Config{Latency: Latency{Max: math.MaxInt64}}, "be at most a day"},
		{"probability above 1", Config{Faults: Faults{Truncate: 1.5}},
			"sandbox: the fault truncate has the probability 1.5: must be from 0 to 1"},
		{"probability not a number", Config{Faults: Faults{HTML200: math.NaN()}},
			"sandbox: the fault html-200 has the probability NaN: must be from 0 to 1"},
		{"probabilities too many", Config{Faults: Faults{Truncate: .6, HTML502: .6}},
			"sandbox: the faults have the probability 1.2 together: must be at most 1"},
		{"fault that is none", Config{Faults: Faults{Status: map[int]float64{302: .1}}},
			"sandbox: fault: the status 302 is no failure: must be from 400 to 599"},
		{"outage backwards", Config{Faults: Faults{Outages: []Outage{{From: 2, To: 1}}}},
			"sandbox: an outage from 2ns to 1ns: must end after it begins"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := New(tt.config)
			if err == nil {
				t.Fatal("accepted")
			}
			if got := err.Error(); got != tt.want &&
				!(strings.HasPrefix(got, "sandbox: ") && strings.HasSuffix(got, tt.want)) {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}
