package sync

import (
	"context"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/defect"
	"tracksync/internal/track"
)

// work sends what it is handed until there is no more.
func (e *Engine) work(ctx context.Context, w workers) {
	for t := range w.tasks {
		w.outcomes <- e.ask(ctx, t, w.outcomes)
	}
}

// ask makes one request. What the head of its answer says goes to early before
// the body has come.
func (e *Engine) ask(ctx context.Context, t task, early chan<- outcome) (o outcome) {
	sent := time.Now()
	o = outcome{task: t, sent: sent}
	ctx = api.WithEarly(ctx, func(a api.Answer) { early <- outcome{task: t, sent: sent, reply: reply{answer: a}, early: true} })
	defer func() { o.took = time.Since(o.sent) }()
	defer defect.Catch(&o.err)
	o.reply = t.ask(ctx, e)
	return o
}

// update sends a PUT, which Options.Sent hears of before and, if it was surely not
// applied, after.
func (e *Engine) update(ctx context.Context, row track.Row, v track.Values) (track.Track, api.Answer, error) {
	u := track.Update{ID: row.Update.ID, Values: v}
	if e.opts.Sent == nil {
		return e.api.Update(ctx, u)
	}
	if err := e.opts.Sent.Sending(row); err != nil {
		return track.Track{}, api.Answer{}, &unsentError{err}
	}
	got, answer, err := e.api.Update(ctx, u)
	if failure := asAPIError(err); failure != nil && !failure.MayBeApplied {
		// What cannot be kept here makes the row unknown where it is failed.
		_ = e.opts.Sent.NotApplied(row)
	}
	return got, answer, err
}

// unsentError is that a PUT was not sent, because that could not be kept.
type unsentError struct{ err error }

func (e *unsentError) Error() string { return e.err.Error() }
func (e *unsentError) Unwrap() error { return e.err }
