package run

import (
	"slices"

	"tracksync/internal/safe"
	"tracksync/internal/track"
	engine "tracksync/sync"
	"tracksync/sync/current"
)

// NewSurvey prepares to read the state of the wanted tracks; nil: of all tracks. What is
// read is stored in a temporary file, which closing the Store removes.
func NewSurvey(wanted []track.ID) *engine.Survey { return SurveyIn(wanted, safe.NewScratch()) }

// SurveyIn is like NewSurvey, with a file of the caller.
func SurveyIn(wanted []track.ID, spool current.Spool) *engine.Survey {
	if wanted == nil {
		return &engine.Survey{Listing: current.NewFullListing(), Store: current.NewFullStore(spool)}
	}
	return &engine.Survey{
		Listing: current.NewListing(len(wanted)), Store: current.NewStore(slices.Clone(wanted), spool), Wanted: len(wanted),
	}
}
