package api

import (
	"bufio"
	"context"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"
)

// breaking is a server that answers the first request of each connection, and
// takes every further one and breaks off. It counts them all.
func breaking(t *testing.T) (base string, received *atomic.Int64) {
	t.Helper()
	received = new(atomic.Int64)
	addr := accept(t, nil, func(conn net.Conn) {
		r := bufio.NewReader(conn)
		for first := true; ; first = false {
			req, err := http.ReadRequest(r)
			if err != nil {
				return
			}
			_, _ = io.Copy(io.Discard, req.Body)
			received.Add(1)
			if !first {
				return
			}
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"id\":17}")
		}
	})
	return "http://" + addr, received
}

// A call is one request, also where net/http would send another by itself.
func TestACallIsOneRequest(t *testing.T) {
	calls := map[string]func(*Client) error{
		"GET": func(c *Client) error { _, _, err := c.Get(context.Background(), 17); return err },
		"PUT": func(c *Client) error { _, _, err := put(t, c); return err },
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			base, received := breaking(t)
			c := newClient(t, base, func(c *Config) { c.Concurrency = 1 })
			for made := int64(1); made <= 6; made++ {
				err := call(c)
				if got := received.Load(); got != made {
					t.Fatalf("%d calls, the server received %d", made, got)
				}
				if made%2 == 1 {
					if err != nil {
						t.Fatal(err)
					}
					continue
				}
				e := asError(t, err)
				if e.Class != Retryable || e.Code != "connection_lost" || !e.Transport ||
					e.MayBeApplied != (name == "PUT") {
					t.Errorf("%+v", e)
				}
			}
		})
	}
}

// Over HTTP/2 a server says that it has not begun with a request, and net/http
// believes it.
func TestACallIsOneStream(t *testing.T) {
	frame := func(kind byte, stream byte, payload ...byte) string {
		return string([]byte{0, 0, byte(len(payload)), kind, 0, 0, 0, 0, stream}) + string(payload)
	}
	const reset, goAway, settings = 3, 7, 4
	for name, frames := range map[string]string{
		"refused":        frame(reset, 1, 0, 0, 0, 7),
		"protocol error": frame(reset, 1, 0, 0, 0, 1),
		"go away":        frame(goAway, 0, 0, 0, 0, 0, 0, 0, 0, 0),
	} {
		for _, method := range []string{"GET", "PUT"} {
			t.Run(name+" "+method, func(t *testing.T) {
				s, pool := secured(t, func(*x509.Certificate) {}, nil)
				base, streams := rawHTTP2(t, s.TLS.Certificates, frame(settings, 0)+frames, true)
				c := newClient(t, base, func(c *Config) { c.RootCAs, c.Timeout = pool, 5*time.Second })
				call := func() error { _, _, err := put(t, c); return err }
				if method == "GET" {
					call = func() error { _, _, err := c.Get(context.Background(), 17); return err }
				}
				e := asError(t, call())
				if e.Class != Retryable || e.Code != "connection_lost" || !e.Transport ||
					e.MayBeApplied != (method == "PUT") {
					t.Errorf("%q %q %q, transport %v, may be applied %v", e.Class, e.Code, e.Message, e.Transport,
						e.MayBeApplied)
				}
				if n := streams.Load(); n != 1 {
					t.Errorf("the server received %d requests for one call", n)
				}
			})
		}
	}
}

// A request of which nothing has left goes to another connection: no call is
// lost because the server closed one that was idle.
func TestNothingLeftIsNoTry(t *testing.T) {
	var received, dialed atomic.Int64
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		received.Add(1)
		echoTrack(w, r)
	})
	var latest atomic.Pointer[deafConn]
	c := newClient(t, s.URL, func(c *Config) {
		c.Concurrency = 1
		c.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			dialed.Add(1)
			conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			d := &deafConn{Conn: conn}
			latest.Store(d)
			return d, nil
		}
	})
	for i := range 3 {
		if _, _, err := put(t, c); err != nil {
			t.Fatalf("call %d: %v", i, err)
		}
		latest.Load().deaf.Store(true)
	}
	if received.Load() != 3 || dialed.Load() != 3 {
		t.Errorf("%d requests over %d connections, want 3 over 3", received.Load(), dialed.Load())
	}
}

// deafConn takes nothing any more once it is deaf.
type deafConn struct {
	net.Conn
	deaf atomic.Bool
}

func (c *deafConn) Write(b []byte) (int, error) {
	if c.deaf.Load() {
		return 0, net.ErrClosed
	}
	return c.Conn.Write(b)
}

// A GET says nothing of a body, whatever keeps it from being sent again.
func TestAGetHasNoBody(t *testing.T) {
	for _, secure := range []bool{false, true} {
		s, _ := counting(t, func(w http.ResponseWriter, r *http.Request) {
			if r.ContentLength != 0 || len(r.TransferEncoding) > 0 ||
				r.Header.Get("Content-Length")+r.Header.Get("Content-Type") != "" {
				t.Errorf("%s: length %d, %v, %v", r.Proto, r.ContentLength, r.TransferEncoding, r.Header)
			}
			echoTrack(w, r)
		}, secure)
		c := newClient(t, s.URL, func(c *Config) {
			if secure {
				c.RootCAs = s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
			}
		})
		if _, _, err := c.Get(context.Background(), 17); err != nil {
			t.Error(err)
		}
	}
}
