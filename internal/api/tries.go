package api

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http/httptrace"
	"sync/atomic"
)

// errReplay ends a call when net/http is about to send its request a second time.
var errReplay = errors.New("the connection was lost before the answer came")

// tries makes sure that a call sends one request. net/http repeats some requests by
// itself: over HTTP/1 a GET whose reused connection breaks, over HTTP/2 whatever the
// server refuses (REFUSED_STREAM, GOAWAY). The pace would not know about those, so
// the call ends instead. Only a request of which nothing was sent may move to
// another connection.
//
// This relies on three properties of net/http: GotConn is called before each try; after the
// context has ended it neither waits for a connection nor opens a stream; and a try reads
// the request no more after WroteRequest, nor after it has failed.
type tries struct {
	cancel context.CancelCauseFunc

	conn   *meteredConn // of the try under way; nil over HTTP/2
	before int64        // what the connection had written when it was given
	begun  bool

	sent     atomic.Bool // the request may have left
	written  atomic.Bool // the latest try has read all of it
	replayed atomic.Bool // a second try was refused
}

func (t *tries) hooks() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GotConn:      t.gotConn,
		WroteHeaders: func() { t.sent.Store(true) },
		WroteRequest: func(info httptrace.WroteRequestInfo) { t.written.Store(info.Err == nil) },
	}
}

// reset forgets the tries of a call that is over.
func (t *tries) reset() {
	t.conn, t.begun = nil, false
	t.sent.Store(false)
	t.written.Store(false)
	t.replayed.Store(false)
}

// gotConn is called before each try, in the goroutine of the call.
func (t *tries) gotConn(info httptrace.GotConnInfo) {
	conn, multiplexed := metered(info.Conn)
	if t.begun && t.left() {
		t.replayed.Store(true)
		t.cancel(errReplay)
		if !multiplexed {
			// HTTP/1 doesn't look at the context again before it writes.
			_ = info.Conn.Close()
		}
		return
	}
	t.begun = true
	t.sent.Store(false)
	t.written.Store(false)
	if t.conn = nil; !multiplexed && conn != nil {
		t.conn, t.before = conn, conn.written.Load()
	}
}

// left reports whether any of the request may have been sent in the previous try.
// WroteHeaders can't tell: over HTTP/1 it comes before the buffer is flushed.
func (t *tries) left() bool {
	return t.sent.Load() && (t.conn == nil || t.conn.written.Load() != t.before)
}

// meteredConn counts the bytes that are sent.
type meteredConn struct {
	net.Conn
	written atomic.Int64
}

func (c *meteredConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.written.Add(int64(n))
	return n, err
}

// metered finds the meteredConn below TLS, and tells whether requests share the
// connection.
func metered(conn net.Conn) (m *meteredConn, multiplexed bool) {
	for {
		switch c := conn.(type) {
		case *meteredConn:
			return c, multiplexed
		case *tls.Conn:
			multiplexed = multiplexed || c.ConnectionState().NegotiatedProtocol == "h2"
			conn = c.NetConn()
		default:
			return nil, multiplexed
		}
	}
}

// metering wraps dial so that its connections are metered.
func metering(dial func(context.Context, string, string) (net.Conn, error)) func(context.Context, string,
	string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &meteredConn{Conn: conn}, nil
	}
}
