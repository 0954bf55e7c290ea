package sync

import (
	"context"
	"net/http"

	"tracksync/internal/track"
	"tracksync/sync/current"
)

// pageTask is a page of the listing.
type pageTask struct {
	tries
	survey *survey
	page   current.Page
}

func (p *pageTask) kind() requestKind { return pageRequest }

func (p *pageTask) ask(ctx context.Context, e *Engine) (a reply) {
	a.tracks, a.answer, a.err = e.api.List(ctx, p.page.Limit, p.page.Offset)
	return a
}

func (p *pageTask) succeeded(a reply, _ situation) move {
	return p.survey.answered(p.survey.gotPage(p.page, a.tracks))
}

func (p *pageTask) exhausted(situation) move {
	p.survey.lostPage = p.last
	p.survey.Listing.Failed(p.page)
	return p.survey.taskEnded(p.survey.policy.lookupFailed(false, p.last))
}

func (p *pageTask) stopped(situation) move { return leftSurvey }

// trackTask is a track that is read individually.
type trackTask struct {
	tries
	survey *survey
	id     track.ID
}

func (t *trackTask) kind() requestKind { return readRequest }

func (t *trackTask) ask(ctx context.Context, e *Engine) (a reply) {
	a.track, a.answer, a.err = e.api.Get(ctx, t.id)
	return a
}

func (t *trackTask) succeeded(a reply, _ situation) move {
	_, err := t.survey.Store.Add(a.track)
	return t.survey.answered(err)
}

func (t *trackTask) exhausted(situation) move {
	missing := t.status == http.StatusNotFound && !t.last.Foreign
	if !missing {
		t.survey.noteUnreadable(t.id, t.last)
	}
	return t.survey.taskEnded(t.survey.policy.lookupFailed(missing, t.last))
}

func (t *trackTask) stopped(situation) move { return leftSurvey }

// leftSurvey ends a task of the survey because the run stops: its answer is no longer needed.
var leftSurvey = move{to: atEnd}

// answered decides what follows from an answer. err is the error of storing it.
func (s *survey) answered(err error) move {
	var ends *stop
	if err != nil {
		why := stoppedBy(LocalWrite, err)
		ends = &why
	}
	return s.taskEnded(ends)
}

// taskEnded ends a task that was answered or given up. ends is why the run stops; nil: it
// does not.
func (s *survey) taskEnded(ends *stop) move {
	s.calls++
	return move{to: atEnd, stop: ends, events: []event{Reading{Calls: s.calls, Seen: s.Store.Len(), Wanted: s.Wanted}}}
}
