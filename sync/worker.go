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
	var now outcome // of the request under way
	// What the head of an answer says counts before the body has come.
	ctx = api.WithEarly(ctx, func(a api.Answer) {
		w.outcomes <- outcome{task: now.task, sent: now.sent, reply: reply{answer: a}, early: true}
	})
	for t := range w.tasks {
		now = outcome{task: t, sent: time.Now()}
		e.ask(ctx, &now)
		w.outcomes <- now
	}
}

// ask makes one request.
func (e *Engine) ask(ctx context.Context, o *outcome) {
	defer func() { o.took = time.Since(o.sent) }()
	defer defect.Catch(&o.err)
	o.reply = o.task.ask(ctx, e)
}

// update sends a PUT, which Options.Sent hears of before and, if it was surely not
// applied, after.
func (e *Engine) update(ctx context.Context, r *rowTask) (track.Track, api.Answer, error) {
	u := track.Update{ID: r.row.Update.ID, Values: r.send}
	if e.opts.Sent == nil {
		return e.api.Update(ctx, u)
	}
	if err := e.opts.Sent.Sending(r.row, r.asked()); err != nil {
		return track.Track{}, api.Answer{}, &unsentError{err}
	}
	got, answer, err := e.api.Update(ctx, u)
	if failure := asAPIError(err); failure != nil && !failure.MayBeApplied {
		// What cannot be kept here makes the row unknown where it is failed.
		_ = e.opts.Sent.NotApplied(r.row)
	}
	return got, answer, err
}

// unsentError is that a PUT was not sent, because that could not be kept.
type unsentError struct{ err error }

func (e *unsentError) Error() string { return e.err.Error() }
func (e *unsentError) Unwrap() error { return e.err }
