package api

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tracksync/internal/track"
)

// The calls of a worker share one attempt. It ends with a call that fails, and the next
// call has another.
func TestCallsOfAWorkerShareAnAttempt(t *testing.T) {
	const refused, applied = 13, 17
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/13") {
			w.WriteHeader(http.StatusUnprocessableEntity)
			return
		}
		echoTrack(w, r)
	})
	c := newClient(t, s.URL, nil)
	ctx := ForWorker(context.Background(), func(Answer) {})
	call := func(id track.ID) *attempt {
		t.Helper()
		if _, _, err := c.Get(ctx, id); (err == nil) != (id == applied) {
			t.Errorf("track %d: %v", id, err)
		}
		return workerOf(ctx).spare
	}
	first := call(applied)
	if second := call(applied); first == nil || second != first {
		t.Error("a call after a success does not use its attempt")
	}
	if call(refused) != nil || first.ctx.Err() == nil {
		t.Error("the attempt of a call that failed has not ended")
	}
	if third := call(applied); third == first || third == nil {
		t.Error("the call after a failure has no attempt of its own")
	}
}

// A worker's attempt serves no context but the worker's own.
func TestAttemptOfAnotherContext(t *testing.T) {
	s := serve(t, echoTrack)
	c := newClient(t, s.URL, nil)
	ctx := ForWorker(context.Background(), func(Answer) {})
	if _, _, err := c.Update(ctx, ordinaryRow); err != nil {
		t.Fatal(err)
	}
	within, cancel := context.WithCancel(ctx)
	cancel()
	_, _, err := c.Update(within, ordinaryRow)
	if e := asError(t, err); e.Class != Canceled {
		t.Errorf("%+v", e)
	}
}

// Every call has its whole time, also with the attempt of an earlier one.
func TestSharedAttemptHasItsWholeTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := ForWorker(t.Context(), func(Answer) {})
		w := workerOf(ctx)
		a := w.begin(ctx, time.Minute)
		time.Sleep(50 * time.Second)
		a.written.Store(true)
		w.end(a, true)
		if w.begin(ctx, time.Minute) != a {
			t.Fatal("it is another attempt")
		}
		time.Sleep(59 * time.Second)
		if a.ctx.Err() != nil {
			t.Error("the time was up too early")
		}
		time.Sleep(2 * time.Second)
		if context.Cause(a.ctx) != context.DeadlineExceeded {
			t.Error("the time was not up")
		}
		a.written.Store(true)
		w.end(a, true)
		if w.spare != nil {
			t.Error("an attempt whose time was up serves the next call")
		}
	})
}

// While net/http may still read a request, no other takes its memory: an answer can come
// before the whole request was sent.
func TestRequestThatIsStillRead(t *testing.T) {
	ctx := ForWorker(t.Context(), func(Answer) {})
	w := workerOf(ctx)
	for _, tt := range []struct {
		name string
		try  func(a *attempt, hooks *httptrace.ClientTrace)
		want bool
	}{
		{"read to its end", func(_ *attempt, h *httptrace.ClientTrace) { h.WroteRequest(httptrace.WroteRequestInfo{}) }, true},
		{"the next one, not read yet", func(*attempt, *httptrace.ClientTrace) {}, false},
		{"it could not be read", func(_ *attempt, h *httptrace.ClientTrace) {
			h.WroteRequest(httptrace.WroteRequestInfo{Err: io.ErrUnexpectedEOF})
		}, false},
		{"read to its end, but sent again", func(_ *attempt, h *httptrace.ClientTrace) {
			one, other := net.Pipe()
			defer func() { _ = other.Close() }()
			h.GotConn(httptrace.GotConnInfo{Conn: &meteredConn{Conn: one}})
			h.WroteHeaders()
			h.WroteRequest(httptrace.WroteRequestInfo{})
			h.GotConn(httptrace.GotConnInfo{Conn: &meteredConn{Conn: one}})
		}, false},
		{"very long", func(a *attempt, h *httptrace.ClientTrace) {
			a.write(track.Values{Name: track.Value(strings.Repeat("long", maxSpare))})
			h.WroteRequest(httptrace.WroteRequestInfo{})
		}, false},
	} {
		a := w.begin(ctx, time.Minute)
		tt.try(a, httptrace.ContextClientTrace(a.ctx))
		if w.end(a, true); (w.spare == a) != tt.want || (a.ctx.Err() == nil) != tt.want {
			t.Errorf("%s: used again: %v, want %v", tt.name, w.spare == a, tt.want)
		}
	}
}

// A server may answer before it has received the whole request.
func TestAnswerBeforeTheEndOfTheRequest(t *testing.T) {
	addr := accept(t, nil, func(conn net.Conn) {
		if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"id\":17}")
			_, _ = io.Copy(io.Discard, conn)
		}
	})
	released := make(chan struct{})
	c := newClient(t, "http://"+addr, func(c *Config) {
		c.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
			return &slowConn{Conn: conn, released: released}, err
		}
	})
	ctx := ForWorker(t.Context(), func(Answer) {})
	u := track.Update{ID: 17, Values: track.Values{Name: track.Value(strings.Repeat("long", 4<<10))}}
	if _, _, err := c.Update(ctx, u); err != nil {
		t.Fatal(err)
	}
	if workerOf(ctx).spare != nil {
		t.Error("the next call would change what is still being sent")
	}
	close(released)
}

// slowConn sends the first part of a request at once, and the rest when it is released.
type slowConn struct {
	net.Conn
	begun    bool
	released chan struct{}
}

func (c *slowConn) Write(b []byte) (int, error) {
	if c.begun {
		<-c.released
	}
	c.begun = true
	return c.Conn.Write(b)
}

// The requests of a worker do not mix, whatever they ask for.
func TestRequestsOfAWorker(t *testing.T) {
	var got []string
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got = append(got, fmt.Sprint(r.Method, " ", r.URL, " ", r.ContentLength, " ", r.Header["Content-Type"], " ", string(b)))
		_, _ = io.WriteString(w, `{"id":`+path.Base(r.URL.Path)+`}`)
	})
	c := newClient(t, s.URL, nil)
	ctx := ForWorker(context.Background(), func(Answer) {})
	update := func(id track.ID, name string) {
		_, _, err := c.Update(ctx, track.Update{ID: id, Values: track.Values{Name: track.Value(name)}})
		if err != nil {
			t.Error(err)
		}
	}
	update(1, strings.Repeat("long ", 5))
	if _, _, err := c.Get(ctx, 2); err != nil {
		t.Error(err)
	}
	update(3, "b")
	want := []string{
		`PUT /background_tracks/1 36 [application/json] {"name":"long long long long long "}`,
		`GET /background_tracks/2 0 [] `,
		`PUT /background_tracks/3 12 [application/json] {"name":"b"}`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
