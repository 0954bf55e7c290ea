package track

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// Shard is one of several parts of a manifest, each for a process of its own. The zero
// Shard is the whole manifest.
//
// The shard of a row depends on its id alone, whatever other rows there are:
//
//	1 + ⌊N · frac(id · φ)⌋, where φ is the golden ratio, computed with 64 bits
//
// This is Fibonacci hashing (Knuth, The Art of Computer Programming, volume 3, section
// 6.4). Ids are rarely random: they are consecutive or have a step. Multiples of φ are
// spread more evenly than random numbers are: of 10,000 consecutive ids each of eight
// shards gets 1,250 give or take 1, where a random hash gives or takes 5 %. Ids without
// any pattern are spread as a random hash spreads them. The formula must never change,
// because the shards of one manifest may run with different versions.
type Shard struct {
	Number int // from 1 to Of
	Of     int // how many shards there are; 0: the whole manifest
}

// MaxShards is the largest number of shards.
const MaxShards = 10_000

// golden is 2⁶⁴/φ, rounded to an odd number. 1/φ and φ have the same fraction.
const golden = 0x9e3779b97f4a7c15

// NewShard returns a shard. Shard 1 of 1 is the whole manifest.
func NewShard(number, of int) (Shard, error) {
	switch {
	case of < 1 || of > MaxShards:
		return Shard{}, fmt.Errorf("%d shards: there may be 1 to %d", of, MaxShards)
	case number < 1:
		return Shard{}, fmt.Errorf("shard %d of %d: shards are numbered from 1", number, of)
	case number > of:
		return Shard{}, fmt.Errorf("shard %d of %d: there are only %d", number, of, of)
	case of == 1:
		return Shard{}, nil
	}
	return Shard{number, of}, nil
}

// ParseShard reads what String writes, for example 2/8.
func ParseShard(text string) (Shard, error) {
	number, of, _ := strings.Cut(text, "/")
	n, err := strconv.Atoi(number)
	m, err2 := strconv.Atoi(of)
	if err != nil || err2 != nil {
		return Shard{}, fmt.Errorf("%q is not a shard, for example 2/8", text)
	}
	return NewShard(n, m)
}

// String is empty for the whole manifest.
func (s Shard) String() string {
	if s.IsWhole() {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.Number, s.Of)
}

// IsWhole reports whether s is the whole manifest.
func (s Shard) IsWhole() bool { return s.Of == 0 }

// Has reports whether the rows of an id belong to s. Rows without a usable id (0) belong
// to the first shard.
func (s Shard) Has(id ID) bool {
	if s.IsWhole() {
		return true
	}
	before, _ := bits.Mul64(uint64(id)*golden, uint64(s.Of))
	return int(before)+1 == s.Number
}

// Share is the part of the rate limit that s may use, from 0 to 1.
func (s Shard) Share() float64 { return 1 / float64(max(1, s.Of)) }
