package sandbox

import (
	"context"
	"net"
	"sync"
)

// Pipe returns a listener and a function that connects to it through net.Pipe,
// whatever the address. A client and a server need no port that way, and run on the
// virtual clock of testing/synctest.
//
//	listener, dial := sandbox.Pipe()
//	server := &http.Server{Handler: s}
//	go server.Serve(listener)
//	client := &http.Client{Transport: &http.Transport{DialContext: dial}}
//
// After the listener was closed, connecting fails. Existing connections stay open.
func Pipe() (net.Listener, func(ctx context.Context, network, address string) (net.Conn, error)) {
	l := &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	return l, l.dial
}

type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return pipeAddr{} }

func (l *pipeListener) dial(ctx context.Context, network, address string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.conns <- server:
		return client, nil
	case <-l.closed:
		return nil, &net.OpError{Op: "dial", Net: pipeAddr{}.Network(), Addr: pipeAddr{}, Err: net.ErrClosed}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }
func (pipeAddr) String() string  { return "sandbox" }
