package api

import (
	"context"
	"net/http/httptrace"
	"time"
)

// attempt is the context of a call, which ends when the time of the call is up, what
// its hooks see of its tries, and its request.
type attempt struct {
	tries
	outgoing
	parent context.Context
	ctx    context.Context
	timer  *time.Timer
}

func newAttempt(parent context.Context, timeout time.Duration) *attempt {
	ctx, cancel := context.WithCancelCause(parent)
	a := &attempt{parent: parent, timer: time.AfterFunc(timeout, func() { cancel(context.DeadlineExceeded) })}
	a.cancel = cancel
	a.ctx = httptrace.WithClientTrace(ctx, a.hooks())
	return a
}

// worker makes one call after another. They share one attempt until one of them fails: to
// make an attempt costs more than to decode an answer.
type worker struct {
	tell  func(Answer)
	spare *attempt // for the next call; nil: none
}

type workerKey struct{}

// ForWorker returns a context for the calls of one goroutine. A call passes an answer that
// asks to wait to tell as soon as its header arrives, before the call returns. tell is
// called at most once per call, in the call's goroutine, and must not block.
func ForWorker(ctx context.Context, tell func(Answer)) context.Context {
	return context.WithValue(ctx, workerKey{}, &worker{tell: tell})
}

// workerOf returns the worker that makes the calls of a context; nil: there is none.
func workerOf(ctx context.Context) *worker {
	w, _ := ctx.Value(workerKey{}).(*worker)
	return w
}

func tellEarly(ctx context.Context, a Answer) {
	if w := workerOf(ctx); w != nil {
		w.tell(a)
	}
}

// begin returns the attempt for a call.
func (w *worker) begin(ctx context.Context, timeout time.Duration) *attempt {
	if w == nil || w.spare == nil || w.spare.parent != ctx {
		return newAttempt(ctx, timeout)
	}
	a := w.spare
	w.spare = nil
	a.reset()
	a.timer.Reset(timeout)
	return a
}

// end ends an attempt, or leaves it to the next call. It does not leave it while net/http may
// still read the request: after a failure, and if the answer came before the whole request
// was written. The memory of a very long request is not kept.
func (w *worker) end(a *attempt, success bool) {
	inTime := a.timer.Stop()
	if w != nil && success && inTime && a.written.Load() && cap(a.text) <= maxSpare {
		w.spare = a
		return
	}
	a.cancel(nil)
}
