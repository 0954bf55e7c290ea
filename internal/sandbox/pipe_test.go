package sandbox

import (
	"context"
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

func TestPipeRunsOnVirtualTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, c := start(t, Config{Exists: all, Latency: Latency{Min: time.Hour, Max: time.Hour}})
		begin := time.Now()
		must(t, c, 200, "PUT", trackPath, `{"volume":5}`)
		if took := time.Since(begin); took != time.Hour {
			t.Errorf("took %v", took)
		}
	})
}

func TestPipeCloses(t *testing.T) {
	listener, dial := Pipe()
	accepted := make(chan error)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				accepted <- err
				return
			}
			conn.Close()
		}
	}()
	conn, err := dial(t.Context(), "tcp", "anywhere:80")
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	for range 2 { // twice is once
		if err := listener.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := <-accepted; !errors.Is(err, net.ErrClosed) {
		t.Errorf("accepting: %v", err)
	}
	if _, err := dial(t.Context(), "tcp", "anywhere:80"); !errors.Is(err, net.ErrClosed) {
		t.Errorf("connecting: %v", err)
	}
}

func TestPipeConnectsWithinItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, dial := Pipe() // nobody accepts
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := dial(ctx, "tcp", "anywhere:80"); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
}
