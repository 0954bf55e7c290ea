package sandbox

import (
	"context"
	"net"
	"net/http"
	"time"
)

// ServeInProcess serves h over a Pipe until end is called, which returns when serving
// has ended.
func ServeInProcess(h http.Handler) (dial func(ctx context.Context, network, address string) (net.Conn, error),
	end func(),
) {
	listener, dial := Pipe()
	server, served := &http.Server{Handler: h}, make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(listener) // ends with ErrServerClosed
	}()
	return dial, func() { _ = server.Close(); <-served } // closing a Pipe never fails
}

// ServeUntil serves on l until ctx has ended, which is no error. Requests in flight are
// cut off then.
func (s *Sandbox) ServeUntil(ctx context.Context, l net.Listener) error {
	server := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	closed := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() { closed <- server.Close() })
	err := server.Serve(l)
	if stop() {
		return err
	}
	return <-closed
}
