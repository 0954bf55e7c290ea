package track

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// shardOf is the number of the only shard that has an id.
func shardOf(t *testing.T, id ID, of int) int {
	found := 0
	for n := 1; n <= of; n++ {
		if !(Shard{n, of}).Has(id) {
			continue
		}
		if found > 0 {
			t.Fatalf("id %d is in the shards %d and %d of %d", id, found, n, of)
		}
		found = n
	}
	if found == 0 {
		t.Fatalf("id %d is in none of %d shards", id, of)
	}
	return found
}

// The shard of an id never changes: shards of one manifest may run with different versions.
func TestShardIsFixedForEver(t *testing.T) {
	for _, tc := range []struct {
		id ID
		of [3]int // the shard of 2, of 8, of 100
	}{
		{0, [3]int{1, 1, 1}}, {1, [3]int{2, 5, 62}}, {2, [3]int{1, 2, 24}}, {17, [3]int{2, 5, 51}},
		{170_001, [3]int{1, 4, 40}}, {MaxID, [3]int{2, 5, 54}},
	} {
		for i, of := range []int{2, 8, 100} {
			if got := shardOf(t, tc.id, of); got != tc.of[i] {
				t.Errorf("id %d is in shard %d of %d, want %d", tc.id, got, of, tc.of[i])
			}
		}
	}
}

// Every id is in one shard, and shards are of the same size: within 3 % at 10,000 ids that
// are consecutive or have a step, and at random ids as well as chance allows.
func TestShardsAreBalanced(t *testing.T) {
	const ids = 10_000
	lists := map[string][]ID{}
	add := func(name string, id func(i int) ID) {
		for i := range ids {
			lists[name] = append(lists[name], id(i))
		}
	}
	for _, step := range []ID{1, 2, 3, 4, 5, 7, 8, 10, 12, 16, 25, 50, 64, 100, 128, 250, 500, 1000, 1024, 10_000, 1_000_000} {
		for _, first := range []ID{1, 170_000, 987_654_321} {
			add(fmt.Sprintf("from %d by %d", first, step), func(i int) ID { return first + ID(i)*step })
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	add("every second", func(i int) ID { return ID(2*i) + ID(rng.Int64N(2)) })
	for _, tc := range []struct {
		name string
		most ID
	}{{"random", MaxID}, {"sparse", 100 * ids}} {
		add(tc.name, func(int) ID { return 1 + ID(rng.Int64N(int64(tc.most))) })
	}
	for name, list := range lists {
		for _, of := range []int{2, 3, 4, 5, 6, 8, 10, 12, 16} {
			counts := make([]int, of)
			for _, id := range list {
				counts[shardOf(t, id, of)-1]++
			}
			mean := float64(ids) / float64(of)
			allowed := 0.03 * mean
			if slices.Contains([]string{"random", "sparse", "every second"}, name) {
				allowed = max(allowed, 4*math.Sqrt(mean)) // four standard deviations
			}
			if worst := max(float64(slices.Max(counts))-mean, mean-float64(slices.Min(counts))); worst > allowed {
				t.Errorf("%s: shards of %d have %v rows", name, of, counts)
			}
		}
	}
}

func TestParseShard(t *testing.T) {
	for text, want := range map[string]Shard{
		"1/2": {1, 2}, "8/8": {8, 8}, "1/1": {}, "10000/10000": {10_000, 10_000},
	} {
		if got, err := ParseShard(text); got != want || err != nil {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for text, want := range map[string]string{
		"0/8":     "shard 0 of 8: shards are numbered from 1",
		"9/8":     "shard 9 of 8: there are only 8",
		"-1/8":    "shard -1 of 8: shards are numbered from 1",
		"1/0":     "0 shards: there may be 1 to 10000",
		"1/10001": "10001 shards: there may be 1 to 10000",
		"":        `"" is not a shard, for example 2/8`,
		"2":       `"2" is not a shard, for example 2/8`,
		"2/8/3":   `"2/8/3" is not a shard, for example 2/8`,
		"two/8":   `"two/8" is not a shard, for example 2/8`,
		"2 / 8":   `"2 / 8" is not a shard, for example 2/8`,
	} {
		if got, err := ParseShard(text); err == nil || err.Error() != want || got != (Shard{}) {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
}
