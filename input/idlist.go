package input

import (
	"cmp"
	"iter"
	"slices"
	"sort"

	"tracksync/internal/track"
)

// idList is a list of ids, of which some are marked. It takes eight bytes for each id,
// and grows by blocks, so that it is never copied.
type idList struct {
	blocks [][]int64 // an entry is twice the id, plus 1 if it is marked
	marked int       // number of marked ids
}

// idBlock is how many ids a block has.
const idBlock = 64 << 10

func (l *idList) add(id track.ID, marked bool) {
	last := len(l.blocks) - 1
	switch {
	case last < 0:
		l.blocks, last = append(l.blocks, nil), 0
	case len(l.blocks[last]) == idBlock:
		l.blocks, last = append(l.blocks, make([]int64, 0, idBlock)), last+1
	}
	entry := 2 * int64(id)
	if marked {
		entry++
		l.marked++
	}
	l.blocks[last] = append(l.blocks[last], entry)
}

// sort must be called after the last id is added and before any method below.
func (l *idList) sort() {
	for _, block := range l.blocks {
		slices.Sort(block)
	}
}

// has reports whether an id is in the list.
func (l *idList) has(id track.ID) bool {
	return slices.ContainsFunc(l.blocks, func(block []int64) bool {
		i := sort.Search(len(block), func(i int) bool { return block[i]/2 >= int64(id) })
		return i < len(block) && block[i]/2 == int64(id)
	})
}

// all yields the ids in ascending order, and whether each is marked.
func (l *idList) all() iter.Seq2[track.ID, bool] {
	return func(yield func(track.ID, bool) bool) {
		left := slices.Clone(l.blocks) // a heap, ordered by each block's first entry
		slices.SortFunc(left, func(a, b []int64) int { return cmp.Compare(a[0], b[0]) })
		for len(left) > 0 {
			entry := left[0][0]
			if !yield(track.ID(entry/2), entry%2 == 1) {
				return
			}
			if left[0] = left[0][1:]; len(left[0]) == 0 {
				left[0] = left[len(left)-1]
				left = left[:len(left)-1]
			}
			siftDown(left)
		}
	}
}

// siftDown repairs a heap whose root may be too large.
func siftDown(heap [][]int64) {
	for i := 0; ; {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(heap); child++ {
			if heap[child][0] < heap[least][0] {
				least = child
			}
		}
		if least == i {
			return
		}
		heap[i], heap[least] = heap[least], heap[i]
		i = least
	}
}

// repeated are the ids that occur more than once, once each, ascending.
func (l *idList) repeated() []int64 {
	var repeated []int64
	last, known := track.ID(0), false // known: last is in repeated
	for id := range l.all() {
		if id == last && !known {
			repeated = append(repeated, int64(id))
		}
		known = id == last
		last = id
	}
	return repeated
}

// onlyMarked are the marked ids, ascending; nil if there are none.
func (l *idList) onlyMarked() []track.ID {
	if l.marked == 0 {
		return nil
	}
	ids := make([]track.ID, 0, l.marked)
	for id, marked := range l.all() {
		if marked {
			ids = append(ids, id)
		}
	}
	return ids
}
