package run

import (
	"errors"
	"os"
	"slices"

	"tracksync/internal/track"
	engine "tracksync/sync"
	"tracksync/sync/current"
)

// NewSurvey prepares to read the state of the wanted tracks; nil: of all tracks. What is
// read is stored in a temporary file, which remove removes.
func NewSurvey(wanted []track.ID) (s *engine.Survey, remove func() error, err error) {
	f, err := os.CreateTemp("", "tracksync-state-*")
	if err != nil {
		return nil, nil, err
	}
	s = SurveyIn(wanted, f)
	if os.Remove(f.Name()) == nil { // where the system allows it, a kill then leaves no file
		return s, s.Store.Close, nil
	}
	return s, func() error { return errors.Join(s.Store.Close(), os.Remove(f.Name())) }, nil
}

// SurveyIn is like NewSurvey, with a file of the caller.
func SurveyIn(wanted []track.ID, spool current.Spool) *engine.Survey {
	if wanted == nil {
		return &engine.Survey{Listing: current.NewFullListing(), Store: current.NewFullStore(spool)}
	}
	return &engine.Survey{
		Listing: current.NewListing(len(wanted)), Store: current.NewStore(slices.Clone(wanted), spool), Wanted: len(wanted),
	}
}
