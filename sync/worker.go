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
	ctx = api.ForWorker(ctx, func(a api.Answer) {
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

// update sends a PUT. If it was surely not applied, Options.Sent hears of it.
func (e *Engine) update(ctx context.Context, r *rowTask) (track.Track, api.Answer, error) {
	got, answer, err := e.api.Update(ctx, track.Update{ID: r.row.Update.ID, Values: r.send})
	if failure := asAPIError(err); failure != nil && !failure.MayBeApplied && e.opts.Sent != nil {
		// What cannot be kept here makes the row unknown where it is failed.
		_ = e.opts.Sent.NotApplied(r.row)
	}
	return got, answer, err
}
