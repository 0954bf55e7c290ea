package sync

import (
	"iter"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/track"
	"tracksync/sync/pace"
)

// breaking is a set of listeners of which one method panics.
type breaking struct {
	recorder
	in    string
	calls int
}

func (b *breaking) fall(in string) {
	if in != b.in {
		return
	}
	if b.calls++; b.calls >= 3 {
		panic("the sink broke in " + in)
	}
}

func (b *breaking) Attempt(a Attempt) { b.fall("Attempt"); b.recorder.Attempt(a) }
func (b *breaking) Sync() error       { b.fall("Sync"); return b.recorder.Sync() }
func (b *breaking) Flush() error      { b.fall("Flush"); return b.recorder.Flush() }
func (b *breaking) Tick() error       { b.fall("Tick"); return b.recorder.Tick() }
func (b *breaking) Append(u track.Update, t track.Track) error {
	b.fall("Append")
	return b.recorder.Append(u, t)
}
func (b *breaking) Result(row track.Row, r track.Result) error {
	defer b.fall("Result")
	return b.recorder.Result(row, r)
}

// brokenMedia panics when it is called for one track.
type brokenMedia struct {
	at track.ID
	in string
}

func (m brokenMedia) fall(id track.ID, in string) {
	if id == m.at && in == m.in {
		panic("the state broke in " + in)
	}
}

func (m brokenMedia) Unchanged(id track.ID, _ string, _ track.Field[string]) bool {
	m.fall(id, "Unchanged")
	return false
}
func (m brokenMedia) Applied(id track.ID, _ string, _, _ track.Field[string]) { m.fall(id, "Applied") }
func (m brokenMedia) Forget(id track.ID)                                      { m.fall(id, "Forget") }

// A panic anywhere stops the run. Every row that was read has its result, and no row that
// may have been sent is called not attempted.
func TestAPanic(t *testing.T) {
	const n = 20
	asks := func(i int) track.Row {
		r := row(i)
		r.Update.ID, r.Update.Volume, r.Update.Media = track.ID(i), track.Value(7),
			track.Value("https://example.com/x.mp3")
		return r
	}
	all := iter.Seq2[track.Row, error](func(yield func(track.Row, error) bool) {
		for i := 1; i <= n; i++ {
			if !yield(asks(i), nil) {
				return
			}
		}
	})
	for _, tc := range []struct {
		name    string
		options Options
		sinkIn  string
		rows    iter.Seq2[track.Row, error]
		prepare func(*account)
		unknown track.ID // the one row of which nobody knows; 0: there is none
	}{
		{name: "in the rows", rows: func(yield func(track.Row, error) bool) {
			for i := 1; i <= 5; i++ {
				yield(asks(i), nil)
			}
			panic("the manifest broke")
		}},
		{name: "in a request", prepare: func(a *account) {
			a.onPut = func(u track.Update) {
				if u.ID == 3 {
					panic("the client broke")
				}
			}
		}, unknown: 3},
		{name: "in a read", options: Options{Snapshots: &recorder{}}, prepare: func(a *account) {
			a.get = func(id track.ID) *api.Error {
				if id == 3 {
					panic("the client broke")
				}
				return nil
			}
		}},
		{name: "in an answer", options: Options{Media: brokenMedia{3, "Applied"}}, unknown: 3},
		{name: "in a decision", options: Options{Media: brokenMedia{3, "Unchanged"}, Snapshots: &recorder{}}},
		{name: "in a wait", options: Options{Random: func() float64 { panic("the dice broke") }},
			prepare: func(a *account) {
				a.refuse = func() *api.Error {
					return &api.Error{Class: api.Retryable, Code: "server_error", Message: "once", Status: 500}
				}
			}},
		{name: "in Attempt", sinkIn: "Attempt"},
		{name: "in Flush", sinkIn: "Flush"},
		{name: "in Tick", sinkIn: "Tick"},
		{name: "in Result", sinkIn: "Result"},
		{name: "in Append", sinkIn: "Append", options: Options{Snapshots: &recorder{}}},
		{name: "in Sync", sinkIn: "Sync", options: Options{Snapshots: &recorder{}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a, sink, o := newAccount(n), &breaking{in: tc.sinkIn}, tc.options
				a.latency = 300 * time.Millisecond // long enough for a tick or two
				if tc.prepare != nil {
					tc.prepare(a)
				}
				if tc.rows == nil {
					tc.rows = all
				}
				o.Rate, o.Concurrency, o.MaxAttempts = pace.Unlimited, 2, 1
				if o.Snapshots != nil {
					o.Snapshots = sink
				}
				if tc.name == "in a wait" {
					o.MaxAttempts = 5
				}
				end, err := New(a, sink, o).Run(t.Context(), tc.rows, sink)
				if err != nil || end.Reason != Defect || !strings.Contains(end.Message, "broke") ||
					!strings.Contains(end.Message, "please report it") {
					t.Fatalf("ended with %s: %s (%v)", end.Reason, end.Message, err)
				}
				if end.Rows != len(sink.results) || sink.repeated || end.Rows > n {
					t.Errorf("%d rows read, %d results", end.Rows, len(sink.results))
				}
				applied := map[track.ID]bool{}
				for _, u := range a.puts {
					applied[u.ID] = true
				}
				for _, r := range sink.results {
					switch {
					case (r.Status == track.Unknown) != (r.ID == tc.unknown):
						t.Errorf("row %d is %s: %v", r.Row, r.Status, r.Error)
					case applied[r.ID] && r.Status != track.Updated && r.Status != track.Unknown:
						t.Errorf("row %d was applied and is %s", r.Row, r.Status)
					case !applied[r.ID] && r.Status == track.Updated:
						t.Errorf("row %d is %s and was not applied", r.Row, r.Status)
					}
				}
			})
		})
	}
}
