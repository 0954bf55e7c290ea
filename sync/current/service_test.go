package current

import (
	"math/rand/v2"

	"tracksync/internal/track"
)

// service is a simulated account and what happens to it while it is listed.
type service struct {
	ids      []track.ID // in the order of the listing
	pageSize int
	answer   func(p Page) []track.ID // in place of the usual
	before   func(call int)          // what happens before a call is answered
	fails    func(p Page) bool
	random   *rand.Rand // order in which answers come; nil: as asked

	calls, most int // pages asked for; most in flight at once
	limits      []int
}

func numbered(n int) []track.ID {
	ids := make([]track.ID, n)
	for i := range ids {
		ids[i] = track.ID(i + 1)
	}
	return ids
}

func setOf(ids []track.ID) map[track.ID]bool {
	set := map[track.ID]bool{}
	for _, id := range ids {
		set[id] = true
	}
	return set
}
