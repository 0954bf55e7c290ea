package sync

import (
	"bytes"
	"iter"
	gosync "sync"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/track"
	"tracksync/sync/current"
)

// account is an API with tracks.
type account struct {
	mu      gosync.Mutex
	tracks  map[track.ID]track.Values
	gets    []track.ID
	puts    []track.Update
	pages   int
	latency time.Duration
	log     []string // what happened, in order

	get      func(id track.ID) *api.Error // in place of an answer
	stubborn bool                         // a PUT is answered well and changes nothing
	onPut    func(track.Update)
	refuse   func() *api.Error // in place of the answer to a PUT
	later    time.Duration     // what such an answer asks to wait
	list     func() *api.Error // in place of a page
}

// newAccount has the tracks 1 to n, of volume 50.
func newAccount(n int) *account {
	a := &account{tracks: map[track.ID]track.Values{}, latency: 20 * time.Millisecond}
	for id := 1; id <= n; id++ {
		a.tracks[track.ID(id)] = track.Values{Name: track.Value("Track"), Volume: track.Value(50),
			Project: track.Null[track.ID]()}
	}
	return a
}

// spool is a file in memory.
type spool struct{ bytes.Buffer }

// survey looks for the tracks of rows.
func surveyOf(rows []track.Row) *Survey {
	var ids []track.ID
	for _, r := range rows {
		ids = append(ids, r.Update.ID)
	}
	return &Survey{Listing: current.NewListing(len(ids)), Store: current.NewStore(ids, &spool{}), Wanted: len(ids)}
}

// volumes has rows for the tracks 1 to n, each asking for a volume.
func volumes(n int, volume func(id int) int) []track.Row {
	var all []track.Row
	for id := 1; id <= n; id++ {
		all = append(all, track.Row{Number: id,
			Update: track.Update{ID: track.ID(id), Values: track.Values{Volume: track.Value(volume(id))}}})
	}
	return all
}

func each(rows []track.Row) iter.Seq2[track.Row, error] {
	return func(yield func(track.Row, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func changedBelow(n int) func(int) int {
	return func(id int) int {
		if id <= n {
			return 60
		}
		return 50
	}
}

type media struct {
	known   map[track.ID]bool
	applied []track.ID
}
