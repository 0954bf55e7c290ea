package cli

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/planning"
	"tracksync/internal/run"
	"tracksync/internal/safe"
	"tracksync/internal/track"
	"tracksync/report"
)

const (
	// previewRows is how many rows are shown before the question.
	previewRows = 3
	// previewPage is how many tracks are asked for. A small account has no more.
	previewPage = 100
	// previewPatience is how long somebody at the terminal waits for them.
	previewPatience = 5 * time.Second
	// previewLeast is the slowest rate at which there is a request to spare.
	previewLeast = 1
)

// preview adds to p what a person needs to know to say yes: which account it is, and how the first
// rows would change. It costs one request, the first page of the listing, which is made only where
// somebody will be asked.
//
// A key that the API rejects is a failure. Anything else that goes wrong is shown instead.
func (r *syncRun) preview(ctx context.Context, p *report.Preflight) error {
	var page []track.Track
	if r.rate >= previewLeast {
		var err error
		page, err = r.firstPage(ctx)
		var refused *api.Error
		if errors.As(err, &refused) && refused.Class == api.Unauthorized {
			return &failure{code: exitKey, err: fmt.Errorf("%w; nothing was sent", err),
				hint: "copy the key from the project's settings in the BeyondWords dashboard"}
		}
		p.Account = accountText(page, err)
	}
	known := make(map[track.ID]track.Track, len(page))
	for _, t := range page {
		known[t.ID] = t
	}
	plan := planning.Plan{Force: r.force || r.earlier != nil, Hidden: r.hidden} // a resumed run knows its own work
	if r.stateFile != "" {
		plan.Media, _ = run.LoadState(r.stateFile, r.account) // the run reports what is wrong with it
	}
	p.First = plan.Preview(r.rowsLeft(ctx), known, previewRows)
	return nil
}

// rowsLeft are the rows that the run has to work on.
func (r *syncRun) rowsLeft(ctx context.Context) iter.Seq2[track.Row, error] {
	return func(yield func(track.Row, error) bool) {
		for row, err := range r.manifest.Rows(ctx) {
			if err == nil && r.earlier != nil && r.earlier.IsDone(&row) {
				continue
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// firstPage is the first page of the account's tracks.
func (r *syncRun) firstPage(ctx context.Context) ([]track.Track, error) {
	s := r.service
	s.client.Timeout = min(s.client.Timeout, previewPatience)
	client, done, err := s.connect(nil)
	if err != nil {
		return nil, err
	}
	defer done()
	page, _, err := client.List(ctx, previewPage, 0)
	return page, err
}

// accountText says which account it is, by its first track.
func accountText(page []track.Track, err error) string {
	var refused *api.Error
	switch {
	case errors.As(err, &refused) && refused.Status >= 300 && !strings.HasPrefix(refused.Message, strconv.Itoa(refused.Status)):
		return fmt.Sprintf("not known: %d: %s", refused.Status, safe.ErrorLine(err))
	case err != nil:
		return "not known: " + safe.ErrorLine(err)
	case len(page) == 0:
		return "its listing has no tracks"
	}
	name, _ := page[0].Name.Get()
	return "its first track is " + report.TrackText(page[0].ID, name)
}
