package sync

import (
	"errors"
	"fmt"
	"iter"

	"tracksync/internal/api"
	"tracksync/internal/track"
	"tracksync/sync/current"
)

// Survey is the state to read before the first row: first by listing pages, and then one by
// one the tracks that no page had. It belongs to the engine until Run or Engine.Survey
// returns. Then the store has the tracks.
type Survey struct {
	Listing *current.Listing
	Store   *current.Store
	Wanted  int // number of wanted tracks; 0: all

	// WithoutID is how many entries of the listing had no id, so that their tracks are not
	// known; counted up to maxUnreadable.
	WithoutID int
	// lostPage is the error of the latest page that could not be read; nil if there is none.
	lostPage error

	unreadable map[track.ID]*track.Error // why, of the first maxUnreadable
}

const maxUnreadable = 10_000

// WhyUnseen says why a wanted track is not in the Store after a completed survey: it returns
// the error of reading the track, or nil if the track does not exist. If too many tracks
// could not be read to store all errors, nil is not certain.
func (s *Survey) WhyUnseen(id track.ID) (err *track.Error, certain bool) {
	err = s.unreadable[id]
	return err, err != nil || len(s.unreadable) < maxUnreadable
}

// Incomplete says why tracks may be missing after a survey of all tracks: the error of the
// listing and, if a page is missing, the reason why it could not be read. nil: none are
// missing.
func (s *Survey) Incomplete() error {
	err := s.Listing.Err()
	switch {
	case err == nil, s.lostPage == nil,
		errors.Is(err, current.ErrRestless), errors.Is(err, current.ErrStuck), errors.Is(err, current.ErrEndless):
		return err // the page was read in the end
	}
	return fmt.Errorf("%w: %w", err, s.lostPage)
}

// survey is a Survey in progress.
type survey struct {
	*Survey
	single func() (track.ID, bool) // the next track to read individually
	close  func()
	atEnd  bool // there is none
	ended  bool

	calls  int
	idless map[int]bool // positions in the listing of entries without an id
	policy *stopPolicy
}

// newSurvey returns a survey; one that has ended if s is nil.
func newSurvey(s *Survey, p *stopPolicy) *survey {
	return &survey{Survey: s, policy: p, ended: s == nil}
}

// next is the next task; nil: none for now.
func (s *survey) next() task {
	if page, ok := s.Listing.Next(); ok {
		return &pageTask{survey: s, page: page}
	}
	if !s.Listing.Done() {
		return nil
	}
	return s.nextTrack()
}

// nextTrack is the task of the next track that no page had; nil: there is none.
func (s *survey) nextTrack() task {
	if s.ended || s.atEnd {
		return nil
	}
	if s.single == nil {
		s.single, s.close = iter.Pull(s.Store.Unseen())
	}
	id, ok := s.single()
	if !ok {
		s.atEnd = true
		return nil
	}
	return &trackTask{survey: s, id: id}
}

// exhausted reports that no more tasks will come.
func (s *survey) exhausted() bool { return s.Listing.Done() && s.atEnd }

// end ends the survey, whether it is complete or not.
func (s *survey) end() {
	s.ended = true
	if s.close != nil {
		s.close()
	}
}

// gotPage stores the tracks of a page. The error is one of the store's file.
func (s *survey) gotPage(p current.Page, tracks []track.Track) error {
	ids := make([]track.ID, len(tracks))
	known := make([]track.Track, 0, len(tracks))
	for i, t := range tracks {
		if ids[i] = t.ID; t.ID != 0 {
			known = append(known, t)
			continue
		}
		// It gets an id of its own, made from its position, so that pages still fit together.
		at := p.Offset + i
		ids[i] = track.ID(-at - 1)
		s.noteIdless(at)
	}
	fresh, err := s.Store.Add(known...)
	if err != nil {
		return err
	}
	s.Listing.Got(p, ids, fresh)
	return nil
}

// noteIdless counts an entry without an id once, on however many pages it is.
func (s *survey) noteIdless(at int) {
	if s.idless == nil {
		s.idless = map[int]bool{}
	}
	if len(s.idless) < maxUnreadable {
		s.idless[at] = true
	}
	s.WithoutID = len(s.idless)
}

// noteUnreadable records why a track could not be read.
func (s *survey) noteUnreadable(id track.ID, why *api.Error) {
	if s.unreadable == nil {
		s.unreadable = map[track.ID]*track.Error{}
	}
	if len(s.unreadable) < maxUnreadable {
		s.unreadable[id] = asResultError(why)
	}
}
