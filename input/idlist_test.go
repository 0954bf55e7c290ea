package input

import (
	"math/rand/v2"
	"slices"
	"testing"

	"tracksync/internal/track"
)

// An idList of any size gives the same answers as a sorted slice of its ids.
func TestIDList(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{0, 1, 2, 1000, idBlock, idBlock + 1, 3*idBlock + 17} {
		for name, next := range map[string]func(i int) track.ID{
			"ascending":  func(i int) track.ID { return track.ID(i + 1) },
			"descending": func(i int) track.ID { return track.ID(size - i) },
			"random":     func(int) track.ID { return 1 + track.ID(random.Int64N(int64(track.MaxID))) },
			"repeated":   func(int) track.ID { return 1 + track.ID(random.IntN(max(1, size/3))) },
		} {
			var list idList
			var want, marked []track.ID
			for i := range size {
				id := next(i)
				list.add(id, i%3 > 0)
				want = append(want, id)
				if i%3 > 0 {
					marked = append(marked, id)
				}
			}
			slices.Sort(want)
			slices.Sort(marked)
			list.sort()
			var got []track.ID
			for id := range list.all() {
				got = append(got, id)
			}
			if !slices.Equal(got, want) || !slices.Equal(list.onlyMarked(), marked) {
				t.Fatalf("%d %s: the ids are not those that were added, in order", size, name)
			}
			var repeated []int64
			for i := 1; i < len(want); i++ {
				if want[i] == want[i-1] && !slices.Contains(repeated[max(0, len(repeated)-1):], int64(want[i])) {
					repeated = append(repeated, int64(want[i]))
				}
			}
			if !slices.Equal(list.repeated(), repeated) {
				t.Errorf("%d %s: repeated are %v, want %v", size, name, list.repeated(), repeated)
			}
			if size > 0 && (!list.has(want[size/2]) || list.has(0) || list.has(track.MaxID)) {
				t.Errorf("%d %s: has is wrong", size, name)
			}
		}
	}
}
