package runs

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tracksync/internal/track"
	"tracksync/report"
)

// sayShards says in the summary of several runs which shards of their manifests are not
// among them.
func (m *Merged) sayShards(s *report.Summary) {
	var there, missing []string
	for _, group := range m.groups {
		has, lacks, rows := m.shardsOf(group)
		if len(lacks) > 0 {
			there, missing, s.OtherShards = append(there, has...), append(missing, lacks...), s.OtherShards+rows
		}
	}
	if len(missing) == 0 {
		return
	}
	s.Shard = firstOfShards(there)
	text := "these shards are missing in the report: " + firstOfShards(missing)
	if s.Message != "" {
		text = s.Message + "; " + text
	}
	s.Message = text
}

// mostShards is how many shards are named.
const mostShards = 10

func firstOfShards(shards []string) string {
	text := strings.Join(shards[:min(len(shards), mostShards)], ", ")
	if more := len(shards) - mostShards; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// shardsOf returns which shards of a manifest its runs have, which they lack, and how many
// rows these have. They lack none if one run has the whole manifest, or is a re-run of failed
// rows, or if the shards of some division are all there.
func (m *Merged) shardsOf(group []int) (has, lacks []string, rows int) {
	byCount := map[int]map[int]*Past{}
	for _, i := range group {
		shard, err := track.ParseShard(m.Parts[i].Shard)
		rerun := slices.ContainsFunc(m.indexes(), func(of int) bool { return m.choice.rerun(uint16(of), uint16(i)) })
		if err != nil || rerun {
			return nil, nil, 0
		}
		if byCount[shard.Of] == nil {
			byCount[shard.Of] = map[int]*Past{}
		}
		byCount[shard.Of][shard.Number] = m.Parts[i]
	}
	left := func(of int) int { return of - len(byCount[of]) }
	of := slices.MinFunc(slices.Sorted(maps.Keys(byCount)), func(a, b int) int { return cmp.Compare(left(a), left(b)) })
	if left(of) == 0 {
		return nil, nil, 0
	}
	there := 0
	for number := 1; number <= of; number++ {
		name := track.Shard{Number: number, Of: of}.String()
		p, ok := byCount[of][number]
		if !ok {
			lacks = append(lacks, name)
			continue
		}
		has = append(has, name)
		there += p.Rows
		rows = max(rows, p.Rows+p.OtherShards)
	}
	return has, lacks, max(0, rows-there)
}
