package sync

import (
	"context"
	"iter"
	"math/rand/v2"
	gosync "sync"
	"testing"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/track"
	"tracksync/sync/pace"
)

// call is one request that a fake received.
type call struct {
	at time.Duration // since the fake was made
	id track.ID
}

// fake is an API whose answers a function decides.
type fake struct {
	answer  func(nth int, u track.Update) (api.Answer, error) // nth counts the id's requests from 1
	latency func(nth int, u track.Update) time.Duration

	mu       gosync.Mutex
	begun    time.Time
	calls    []call
	nth      map[track.ID]int
	flight   map[track.ID]bool
	inFlight int
	peak     int
	overlap  bool // one id had two requests in flight
}

func newFake(answer func(nth int, u track.Update) (api.Answer, error)) *fake {
	return &fake{answer: answer, begun: time.Now(), nth: map[track.ID]int{}, flight: map[track.ID]bool{}}
}

func ok(int, track.Update) (api.Answer, error) { return api.Answer{Status: 200}, nil }

func fail(class api.Class, status int, code string) (api.Answer, error) {
	decides := status == 404 || status == 422 // as the API says it, which proxies do not
	return api.Answer{Status: status},
		&api.Error{Class: class, Code: code, Message: code, Status: status, Decides: decides}
}

// recorder stores everything that is reported to it.
type recorder struct {
	learned  []pace.Limit
	results  map[int]track.Result
	order    []int
	repeated bool
	attempts []Attempt
	pauses   []pace.Pause
	outages  []Downtime
	reading  Reading
	before   []track.Track
	fates    []fate
	keeps    int
	flushes  int
	failAt   int // Result fails from the nth on; 0: never
}

func row(n int) track.Row {
	return track.Row{
		Number:   n,
		Position: track.Position{File: "tracks.csv", Line: n + 1, Column: 1},
		Update:   track.Update{ID: track.ID(1000 + n), Values: track.Values{Volume: track.Value(n % 100)}},
	}
}

func rows(n int) iter.Seq2[track.Row, error] {
	return func(yield func(track.Row, error) bool) {
		for i := 1; i <= n; i++ {
			if !yield(row(i), nil) {
				return
			}
		}
	}
}

// run makes a run and checks what must hold of every run.
func run(t testing.TB, f *fake, n int, o Options, meanwhile func(*Engine, context.CancelFunc)) (*recorder, End) {
	t.Helper()
	if o.Random == nil {
		o.Random = rand.New(rand.NewPCG(1, 2)).Float64
	}
	if o.Rate == 0 {
		o.Rate = pace.Unlimited
	}
	sink := &recorder{}
	e := New(f, sink, o)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if meanwhile != nil {
		go meanwhile(e, cancel)
	}
	end, err := e.Run(ctx, rows(n), sink)
	if err != nil {
		t.Fatal(err)
	}
	if sink.repeated {
		t.Error("a row has two results")
	}
	if end.Rows != len(sink.results) {
		t.Errorf("%d rows read, %d results", end.Rows, len(sink.results))
	}
	if f.overlap {
		t.Error("one id had two requests in flight")
	}
	return sink, end
}

func want(t *testing.T, r *recorder, counts map[track.Status]int) {
	t.Helper()
	for _, s := range track.Statuses() {
		if got := r.count(s); got != counts[s] {
			t.Errorf("%s: %d rows, want %d", s, got, counts[s])
		}
	}
}

// runWithBadRows runs n rows. Those that are bad always get the answer of failing, and
// must be the only ones that fail.
func runWithBadRows(t *testing.T, n int, bad func(n int) bool, failing func() (api.Answer, error),
	o Options) (*fake, End) {
	t.Helper()
	f := newFake(func(nth int, u track.Update) (api.Answer, error) {
		if bad(int(u.ID) - 1000) {
			return failing()
		}
		return ok(nth, u)
	})
	wrong := 0
	for i := 1; i <= n; i++ {
		if bad(i) {
			wrong++
		}
	}
	r, end := run(t, f, n, o, nil)
	want(t, r, map[track.Status]int{track.Updated: n - wrong, track.Failed: wrong})
	return f, end
}
