package sync

import (
	"net"
	"net/http"
	"os"
	"strings"
	gosync "sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/sandbox"
	"tracksync/internal/testkit"
	"tracksync/internal/track"
)

// poorClient is a client on a machine that can open as many connections at a time as
// means says. Every request opens its own connection.
func poorClient(t *testing.T, latency time.Duration, means func() int64) (*api.Client, *sandbox.Sandbox) {
	t.Helper()
	box, err := sandbox.New(sandbox.Config{
		Exists: func(int64) bool { return true }, Latency: sandbox.Latency{Min: latency, Max: latency},
	})
	if err != nil {
		t.Fatal(err)
	}
	var open atomic.Int64
	_, sockets := testkit.TooManyFiles()
	lacking := &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("socket", sockets)}
	alone := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close")
		box.ServeHTTP(w, r)
	}
	client := clientOf(t, alone, func() error {
		if open.Add(1) > means() {
			open.Add(-1)
			return lacking
		}
		return nil
	}, func(conn net.Conn) net.Conn { return closing{conn, gosync.OnceFunc(func() { open.Add(-1) })} })
	return client, box
}

// A shortage of this machine costs no row an attempt: as many requests are in flight as
// the machine can send, and the API is not blamed.
func TestShortageCostsNoRow(t *testing.T) {
	const rowCount = 300
	tests := map[string]func(since time.Duration) int64{
		"less than the concurrency": func(time.Duration) int64 { return 5 },
		"one":                       func(time.Duration) int64 { return 1 },
		"none for a while": func(since time.Duration) int64 {
			if since < 20*time.Second {
				return 0
			}
			return 100
		},
		"none for a while, later": func(since time.Duration) int64 {
			if since > time.Second && since < 4*time.Minute {
				return 0
			}
			return 100
		},
	}
	for name, means := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begun := time.Now()
				client, box := poorClient(t, 250*time.Millisecond, func() int64 { return means(time.Since(begun)) })
				sink := &recorder{}
				end, err := New(client, sink, Options{Rate: 200, Concurrency: 32, MaxAttempts: 1}).Run(t.Context(),
					rows(rowCount), sink)
				if err != nil || end.Reason != Completed {
					t.Fatalf("%+v, %v", end, err)
				}
				want(t, sink, map[track.Status]int{track.Updated: rowCount})
				if len(sink.outages) > 0 {
					t.Errorf("outages: %v", sink.outages)
				}
				sent, lacking := 0, 0
				for _, a := range sink.attempts {
					if a.Lacking == "" {
						sent++
					} else if lacking++; !strings.Contains(a.Lacking, "file descriptor") {
						t.Errorf("%+v", a)
					}
				}
				if got := box.Stats().Requests; got != rowCount || sent != rowCount || lacking == 0 || lacking > 150 {
					t.Errorf("the server received %d requests, %d were sent, %d lacked the means", got, sent, lacking)
				}
			})
		})
	}
}

// If nothing can be sent, the run stops, can be resumed, and names the shortage.
func TestShortageWithoutEnd(t *testing.T) {
	for name, tc := range map[string]struct {
		from, most time.Duration
	}{
		"from the start": {0, 40 * time.Second},
		"later":          {2 * time.Second, 6 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begun := time.Now()
				client, _ := poorClient(t, 50*time.Millisecond, func() int64 {
					if time.Since(begun) >= tc.from {
						return 0
					}
					return 100
				})
				sink := &recorder{}
				end, err := New(client, sink, Options{Rate: 50}).Run(t.Context(), rows(1000), sink)
				if err != nil || end.Reason != LocalShortage ||
					!strings.Contains(end.Message, "no file descriptor left") {
					t.Fatalf("%+v, %v", end, err)
				}
				if took := time.Since(begun); took > tc.most {
					t.Errorf("took %v", took)
				}
				if n := sink.count(track.Updated) + sink.count(track.NotAttempted); n != 1000 {
					t.Errorf("%d rows are neither updated nor not attempted", 1000-n)
				}
			})
		})
	}
}

// closing reports once that a connection is closed.
type closing struct {
	net.Conn
	once func()
}

func (c closing) Close() error { c.once(); return c.Conn.Close() }
