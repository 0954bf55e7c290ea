package current

import (
	"iter"
	"maps"
	"slices"

	"tracksync/internal/track"
)

// table stores a small value for each of many ids. Most entries are in sorted slices,
// which take few bytes beyond the entries themselves; those added since the last sort
// are in a map. The zero value is an empty table.
type table[V any] struct {
	ids    []track.ID // ascending
	values []V        // values[i] belongs to ids[i]
	fresh  map[track.ID]V
}

// foldAt is how many fresh entries a small table may have before they are merged. A
// large one may have a quarter of its size, so that merging costs little per entry.
const foldAt = 1024

// tableOf returns a table of ascending ids with zero values.
func tableOf[V any](ids []track.ID) table[V] {
	return table[V]{ids: ids, values: make([]V, len(ids))}
}

func (t *table[V]) len() int { return len(t.ids) + len(t.fresh) }

func (t *table[V]) get(id track.ID) (V, bool) {
	if i, ok := slices.BinarySearch(t.ids, id); ok {
		return t.values[i], true
	}
	v, ok := t.fresh[id]
	return v, ok
}

func (t *table[V]) set(id track.ID, v V) {
	if i, ok := slices.BinarySearch(t.ids, id); ok {
		t.values[i] = v
		return
	}
	if n := len(t.ids); n == 0 || id > t.ids[n-1] {
		t.ids, t.values = append(t.ids, id), append(t.values, v)
		return
	}
	if t.fresh == nil {
		t.fresh = map[track.ID]V{}
	}
	t.fresh[id] = v
	if len(t.fresh) >= max(foldAt, len(t.ids)/4) {
		t.fold()
	}
}

// fold merges the fresh entries into the sorted ones, from the end, in place.
func (t *table[V]) fold() {
	news := slices.Sorted(maps.Keys(t.fresh))
	i := len(t.ids) - 1
	t.ids = slices.Grow(t.ids, len(news))[:len(t.ids)+len(news)]
	t.values = slices.Grow(t.values, len(news))[:len(t.ids)]
	for to, j := len(t.ids)-1, len(news)-1; j >= 0; to-- {
		if i >= 0 && t.ids[i] > news[j] {
			t.ids[to], t.values[to] = t.ids[i], t.values[i]
			i--
			continue
		}
		t.ids[to], t.values[to] = news[j], t.fresh[news[j]]
		j--
	}
	t.fresh = nil
}

// all yields the entries by ascending id. The table must not change during the
// iteration.
func (t *table[V]) all() iter.Seq2[track.ID, V] {
	return func(yield func(track.ID, V) bool) {
		t.fold()
		for i, id := range t.ids {
			if !yield(id, t.values[i]) {
				return
			}
		}
	}
}
