package api

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"tracksync/internal/track"
)

const testKey = "write_S3cret-Key.42"

func mustKey(t testing.TB, s string) Key {
	t.Helper()
	k, err := ParseKey(s)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// newClient returns a client of base, after the changes of edit.
func newClient(t testing.TB, base string, edit func(*Config)) *Client {
	t.Helper()
	u, err := ParseBaseURL(base)
	if err != nil {
		t.Fatal(err)
	}
	config := Config{
		BaseURL: u, Key: mustKey(t, testKey), Timeout: 20 * time.Second, Concurrency: 4,
		UserAgent: "tracksync/test",
		Proxy:     func(*http.Request) (*url.URL, error) { return nil, nil },
	}
	if edit != nil {
		edit(&config)
	}
	c, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseIdle)
	return c
}

func serve(t testing.TB, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

// raw is a server that reads one request of each connection and writes answer,
// byte for byte; then it closes, unless hold is set, which waits for the client.
func raw(t testing.TB, answer string, hold bool) string {
	t.Helper()
	return "http://" + accept(t, nil, func(conn net.Conn) {
		r := bufio.NewReader(conn)
		req, err := http.ReadRequest(r)
		if err != nil {
			return
		}
		body := bufio.NewReader(req.Body)
		_, _ = body.Discard(int(req.ContentLength))
		_, _ = conn.Write([]byte(answer))
		if hold {
			_, _ = r.ReadByte() // until the client goes
		}
	})
}

// accept serves each connection in a goroutine of its own, over TLS if it has a
// configuration, and returns its address.
func accept(t testing.TB, secure *tls.Config, serve func(net.Conn)) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if secure != nil {
		l = tls.NewListener(l, secure)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				serve(conn)
			}()
		}
	}()
	return l.Addr().String()
}

// asError is the *Error that every failed call must give.
func asError(t testing.TB, err error) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("not an *Error: %T %v", err, err)
	}
	return e
}

var volume55 = track.Update{ID: 17, Values: track.Values{Volume: track.Value(55)}}

func put(t testing.TB, c *Client) (track.Track, Answer, error) {
	t.Helper()
	return c.Update(context.Background(), volume55)
}
