package api

import (
	"context"
	"net/http"
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
		w.end(a, true)
		if w.spare != nil {
			t.Error("an attempt whose time was up serves the next call")
		}
	})
}
