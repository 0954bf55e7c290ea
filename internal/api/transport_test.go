package api

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"tracksync/internal/track"
)

// counting is a server that counts the connections opened to it.
func counting(tb testing.TB, h http.HandlerFunc, secure bool) (*httptest.Server, *atomic.Int64) {
	tb.Helper()
	var opened atomic.Int64
	s := httptest.NewUnstartedServer(h)
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	if s.EnableHTTP2 = secure; secure {
		s.StartTLS()
	} else {
		s.Start()
	}
	tb.Cleanup(s.Close)
	return s, &opened
}

func echoTrack(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	_, _ = io.WriteString(w, `{"id":`+r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]+`,"volume":55}`)
}

// rounds has workers make rounds calls each, all at once.
func rounds(c *Client, workers, n int) (failures int64) {
	var failed atomic.Int64
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := range n {
				u := volume55
				u.ID = track.ID(w*n + i + 1)
				if _, _, err := c.Update(context.Background(), u); err != nil {
					failed.Add(1)
				}
			}
		})
	}
	wg.Wait()
	return failed.Load()
}

// As many connections as requests in flight, whatever is answered: the
// connection of a refusal is used again too, even a long one.
func TestConnectionsAreReused(t *testing.T) {
	const workers, n = 32, 40
	var requests atomic.Int64
	s, opened := counting(t, func(w http.ResponseWriter, r *http.Request) {
		switch requests.Add(1) % 4 {
		case 0:
			answer(503, strings.Repeat("busy ", 20_000))(w, r)
		case 1:
			answer(200, "<html>"+strings.Repeat("x", 5000))(w, r)
		default:
			echoTrack(w, r)
		}
	}, false)
	c := newClient(t, s.URL, func(c *Config) { c.Concurrency = workers })
	if failed := rounds(c, workers, n); failed != workers*n/2 {
		t.Errorf("%d failed, want half of %d", failed, workers*n)
	}
	// net/http gives a connection up when it waits for long to be told that the
	// request was written, as on a machine that is busy with other things.
	if got := opened.Load(); got > 2*workers {
		t.Errorf("%d connections for %d requests in flight", got, workers)
	}
}

func TestHTTP2(t *testing.T) {
	var other atomic.Int64
	s, opened := counting(t, func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 2 {
			other.Add(1)
		}
		echoTrack(w, r)
	}, true)
	c := newClient(t, s.URL, func(c *Config) {
		c.Concurrency = 8
		c.RootCAs = s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	})
	if failed := rounds(c, 8, 10); failed != 0 || other.Load() != 0 {
		t.Errorf("%d failed, %d were not HTTP/2", failed, other.Load())
	}
	if got := opened.Load(); got > 8 {
		t.Errorf("%d connections", got)
	}
}
