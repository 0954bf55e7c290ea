package sync

import (
	"iter"
	"net/http"

	"tracksync/internal/track"
	"tracksync/sync/current"
)

// Survey is the state to read before the first row: by listing pages, and then
// one by one what the pages did not show. It belongs to the engine until Run or
// Engine.Survey returns; the store is then filled.
type Survey struct {
	Listing *current.Listing
	Store   *current.Store
	Wanted  int // tracks that are looked for; 0: all there are

	// WithoutID is how many entries of the listing had no id, so that nobody knows
	// which tracks they are; counted up to maxUnreadable.
	WithoutID int
	// LostPage is why the latest page that could not be read could not; nil
	// when there is none.
	LostPage error

	unreadable map[track.ID]*track.Error // why, of the first maxUnreadable
}

const maxUnreadable = 10_000

// WhyUnseen is why a track that was looked for is not in the Store after a
// survey that was completed: the error with which it could not be read, or nil if
// it does not exist. When too many could not be read to remember them all, that is
// not certain.
func (s *Survey) WhyUnseen(id track.ID) (err *track.Error, certain bool) {
	err = s.unreadable[id]
	return err, err != nil || len(s.unreadable) < maxUnreadable
}

// survey is a Survey on its way.
type survey struct {
	*Survey
	single func() (track.ID, bool) // the next track to ask for by itself
	close  func()
	atEnd  bool // there is none
	ended  bool

	calls, missing, foreign int
	idless                  map[int]bool // places in the listing of what has no id
}

func newSurvey(s *Survey) *survey {
	if s == nil {
		return nil
	}
	return &survey{Survey: s}
}

// nextOfSurvey makes the next job of the survey, if one is wanted.
func (d *dispatcher) nextOfSurvey() {
	if d.surveying() && d.stop == nil && d.next == nil && !d.full() {
		d.next = d.survey.next()
	}
}

// surveying reports whether the run is still at reading the state.
func (d *dispatcher) surveying() bool { return d.survey != nil && !d.survey.ended }

// next is the next job; nil: none for now.
func (s *survey) next() *job {
	if page, ok := s.Listing.Next(); ok {
		return &job{step: listing, page: page}
	}
	if !s.Listing.Done() {
		return nil
	}
	return s.track()
}

// track is the job of a track that was not seen; nil: there is none.
func (s *survey) track() *job {
	if s.atEnd {
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
	return &job{step: surveying, row: track.Row{Update: track.Update{ID: id}}}
}

// exhausted reports that no more jobs will come.
func (s *survey) exhausted() bool { return s.Listing.Done() && s.atEnd }

// end ends the survey, whether it is complete or not.
func (s *survey) end() {
	s.ended = true
	if s.close != nil {
		s.close()
	}
}

// gotPage takes in a page. The error is one of the store's file.
func (s *survey) gotPage(p current.Page, tracks []track.Track) error {
	ids := make([]track.ID, len(tracks))
	known := make([]track.Track, 0, len(tracks))
	for i, t := range tracks {
		if ids[i] = t.ID; t.ID != 0 {
			known = append(known, t)
			continue
		}
		// It is told from others by its place, so that pages still fit together.
		place := p.Offset + i
		ids[i] = track.ID(-place - 1)
		s.noteIdless(place)
	}
	fresh, err := s.Store.Keep(known...)
	if err != nil {
		return err
	}
	s.Listing.Got(p, ids, fresh)
	return nil
}

// noteIdless counts an entry without an id once, on however many pages it is.
func (s *survey) noteIdless(place int) {
	if s.idless == nil {
		s.idless = map[int]bool{}
	}
	if len(s.idless) < maxUnreadable {
		s.idless[place] = true
	}
	s.WithoutID = len(s.idless)
}

func (s *survey) gotTrack(t track.Track) error {
	_, err := s.Store.Keep(t)
	return err
}

// surveyed goes on after an answer of the survey.
func (d *dispatcher) surveyed(err error) {
	if err != nil {
		d.begin(stoppedBy(LocalWrite, err))
	}
	d.tellReading()
}

// gaveUp takes note of a part of the survey that could not be had.
func (d *dispatcher) gaveUp(j *job) {
	s := d.survey
	switch {
	case j.step == listing:
		s.LostPage = j.last
		s.Listing.Failed(j.page)
	case j.status == http.StatusNotFound && !j.last.Foreign:
		s.missing++
	default:
		if s.unreadable == nil {
			s.unreadable = map[track.ID]*track.Error{}
		}
		if len(s.unreadable) < maxUnreadable {
			s.unreadable[j.row.Update.ID] = asResultError(j.last)
		}
	}
	if j.last.Foreign {
		s.foreign++
	}
	switch {
	case d.proven():
	case s.foreign == firstRows:
		d.begin(foreignServer(j.last))
	case s.missing == firstRows:
		d.begin(wrongAccount(j.last))
	}
	d.tellReading()
}

func (d *dispatcher) tellReading() {
	s := d.survey
	s.calls++
	r := Reading{Calls: s.calls, Seen: s.Store.Len(), Wanted: s.Wanted}
	d.tell(r)
}
