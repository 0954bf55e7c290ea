package current

import (
	"testing"

	"tracksync/internal/track"
)

// FuzzListing lists a service that answers anything in any order, or fails. A
// listing ends, within its bounds.
func FuzzListing(f *testing.F) {
	f.Add(uint8(100), []byte{10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0})
	f.Add(uint8(0), []byte{3, 1, 2, 3, 3, 3, 4, 5, 3, 5, 6, 7, 2, 7, 8, 1, 8, 0})
	f.Add(uint8(0), []byte{2, 1, 2, 2, 3, 4, 2, 1, 2, 2, 2, 1})
	f.Fuzz(func(t *testing.T, wanted uint8, script []byte) {
		l := NewListing(int(wanted))
		if wanted == 0 {
			l = NewFullListing()
		}
		l.most = 300
		seen := map[track.ID]bool{}
		at := 0
		next := func() byte {
			if len(script) == 0 {
				return 0
			}
			at++
			return script[at%len(script)] + byte(at/len(script))
		}
		var flying []Page
		for !l.Done() {
			for p, ok := l.Next(); ok; p, ok = l.Next() {
				flying = append(flying, p)
			}
			if len(flying) == 0 || len(flying) > 10*maxInFlight || l.Calls() > l.most+maxInFlight {
				t.Fatalf("%d in flight after %d calls", len(flying), l.Calls())
			}
			i := int(next()) % len(flying)
			p := flying[i]
			flying = append(flying[:i], flying[i+1:]...)
			n := int(next()) % 16
			if n == 15 {
				l.Failed(p)
				continue
			}
			ids, fresh := make([]track.ID, n), 0
			for i := range ids {
				ids[i] = track.ID(next()) + 1
				if !seen[ids[i]] && (wanted == 0 || ids[i] <= track.ID(wanted)) {
					seen[ids[i]] = true
					fresh++
				}
			}
			l.Got(p, ids, fresh)
		}
		if wanted > 0 && (l.Calls()+int(wanted)-len(seen) > 2*int(wanted) || l.Err() != nil) {
			t.Fatalf("%d pages, %d of %d seen, %v", l.Calls(), len(seen), wanted, l.Err())
		}
	})
}
