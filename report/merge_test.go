package report

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"tracksync/internal/track"
)

// event is one that statistics count.
type event func(*Stats)

// someEvents are events of a run of random length, in the order in which they happen.
func someEvents(r *rand.Rand) (events []event, end time.Time) {
	at := time.Duration(0)
	step := time.Duration(1+r.IntN(20_000)) * time.Millisecond
	for range r.IntN(600) {
		at += time.Duration(r.Int64N(int64(step)))
		moment := after(at)
		switch r.IntN(8) {
		case 0:
			events = append(events, func(s *Stats) {
				s.AddAttempt(Attempt{Started: moment, Status: 429, Code: "rate_limited", RateLimited: true})
			})
		case 1:
			events = append(events, func(s *Stats) { s.AddAttempt(Attempt{Started: moment, Code: "timeout"}) })
		case 2:
			until := after(at + time.Duration(r.Int64N(int64(step))))
			at = until.Sub(start)
			events = append(events, func(s *Stats) {
				s.AddPause(Pause{moment, until, []string{"retry_after", "outage"}[until.Second()%2]})
			})
		case 3:
			until := moment.Add(time.Duration(r.IntN(1e9)))
			events = append(events, func(s *Stats) { s.AddOutage(Outage{moment, until, 3}) })
		case 4:
			events = append(events, func(s *Stats) {
				s.AddResult(track.Result{Status: []track.Status{track.Updated, track.Failed}[moment.Second()%2],
					FinishedAt: moment})
			})
		default:
			took := time.Duration(r.ExpFloat64() * float64(200*time.Millisecond))
			events = append(events, func(s *Stats) {
				s.AddAttempt(Attempt{Started: moment, Duration: took, Status: 200 + int(took)%5,
					Limit: float64(took % 50)})
			})
		}
	}
	moment := after(at)
	events = append(events, func(s *Stats) { s.AddPause(Pause{moment, moment.Add(time.Hour), "retry_after"}) })
	return events, moment.Add(step) // within the last pause
}

// Whatever part counts an event, the parts merged say the same as the whole; also
// those that were saved and read back.
func TestAnySplitMergesToTheSame(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 7))
		events, end := someEvents(r)
		whole, parts := NewStats(start), make([]*Stats, 1+r.IntN(5))
		for i := range parts {
			parts[i] = NewStats(start)
		}
		for _, e := range events {
			e(whole)
			e(parts[r.IntN(len(parts))])
		}
		want := whole.Summary(end)
		want.Sessions = len(parts)
		r.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		for _, read := range []bool{false, true} {
			merged := NewStats(start)
			merged.sessions = 0
			for _, p := range parts {
				if read {
					p = savedAndRead(t, p, end)
				}
				merged.Merge(p)
			}
			if got := merged.Summary(end); !reflect.DeepEqual(got, want) {
				t.Fatalf("seed %d, read %v: got\n%+v\nwant\n%+v", seed, read, got, want)
			}
		}
	}
}

func savedAndRead(t *testing.T, s *Stats, now time.Time) *Stats {
	t.Helper()
	var b bytes.Buffer
	if err := s.Save(&b, now); err != nil {
		t.Fatal(err)
	}
	saved, err := ReadStats(&b)
	if err != nil {
		t.Fatal(err)
	}
	read, end := saved.Whole()
	if !end.Equal(now) {
		t.Fatal(end)
	}
	read.session = session{} // of no importance to what is merged
	return read
}

// Runs that began apart stand in the time at which they were.
func TestMergeOfRunsApart(t *testing.T) {
	early, late := NewStats(start), NewStats(after(10*time.Second))
	early.AddAttempt(Attempt{Started: after(2 * time.Second), Status: 200})
	late.AddAttempt(Attempt{Started: after(13 * time.Second), Status: 200})
	for _, order := range [][2]*Stats{{early, late}, {late, early}} {
		merged := savedAndRead(t, order[0], after(20*time.Second))
		merged.Merge(order[1])
		got := merged.Summary(after(20 * time.Second))
		want := make([]int, 14)
		want[2], want[13] = 1, 1
		if !reflect.DeepEqual(got.RateOverTime.Requests, want) || got.DurationS != 20 ||
			!got.StartedAt.Equal(start.Truncate(time.Millisecond)) {
			t.Errorf("%+v", got)
		}
	}
}
