package input

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tracksync/internal/track"
)

// Each row of a run is in one of its shards, whatever selects the rows and whatever they are.
// The rows of a shard are in order and numbered anew, and its counts are true.
func TestShardsMakeUpTheRun(t *testing.T) {
	var rows strings.Builder
	for i := range 300 {
		switch {
		case i%50 == 7:
			fmt.Fprintf(&rows, "x%d,1\n", i) // without a usable id
		case i%20 == 3:
			fmt.Fprintf(&rows, "%d,loud\n", i+1) // invalid
		case i%30 == 11:
			fmt.Fprintf(&rows, "%d,3\n", i) // the id of the row before
		case i%40 == 5:
			fmt.Fprintf(&rows, "%d,\n", i+1) // nothing to set
		default:
			fmt.Fprintf(&rows, "%d,%d\n", i+1, i%100)
		}
	}
	files := []file{{"a.csv", "id,volume\n" + rows.String()}, {"b.csv", "id,volume\n1001,1\n1002,2\n1003,3\n"}}
	skip := Options{OnInvalid: Skip, OnDuplicate: Last, KeepIDs: true}
	limit, only := skip, skip
	limit.Limit = 100
	only.Only = []track.ID{5, 6, 7, 9, 1002}
	for name, opts := range map[string]Options{"all": skip, "limit": limit, "only": only, "one pass": {KeepIDs: true}} {
		files := files
		if name == "one pass" { // nothing makes it read the files again
			files = files[1:]
		}
		for _, of := range []int{2, 5, 40} {
			t.Run(fmt.Sprint(name, of), func(t *testing.T) {
				whole := openFiles(opts, files...)
				if _, err := whole.Check(context.Background()); err != nil {
					t.Fatal(err)
				}
				var want, got []string
				for _, row := range rowsOf(t, whole) {
					want = append(want, placed(row))
				}
				wantIDs, gotIDs := whole.IDs(), []track.ID{}
				for number := 1; number <= of; number++ {
					shard := opts
					shard.Shard = track.Shard{Number: number, Of: of}
					m, seen := openFiles(shard, files...), &seenRows{}
					s, err := m.CheckFor(context.Background(), seen)
					if err != nil {
						t.Fatal(err)
					}
					var counted Counts
					var mine []string
					for i, row := range rowsOf(t, m) {
						if row.Number != i+1 || !shard.Shard.Has(row.Update.ID) {
							t.Errorf("row %d of shard %v has the number %d and the id %d", i+1, shard.Shard, row.Number, row.Update.ID)
						}
						counted.Count(&row)
						mine = append(mine, placed(row))
					}
					if s.Counts != counted || s.Rows+s.OtherShards != len(want) {
						t.Errorf("shard %v: %+v and %d others, counted %+v of %d", shard.Shard, s.Counts, s.OtherShards, counted, len(want))
					}
					if !slices.Equal(seen.rows, mine) {
						t.Errorf("shard %v: the visitor has seen %v, not %v", shard.Shard, seen.rows, mine)
					}
					got, gotIDs = append(got, mine...), append(gotIDs, m.IDs()...)
				}
				slices.Sort(want)
				slices.Sort(got)
				slices.Sort(gotIDs)
				if !slices.Equal(got, want) || !slices.Equal(gotIDs, wantIDs) {
					t.Errorf("the shards have\n%v\n%v\nof\n%v\n%v", got, gotIDs, want, wantIDs)
				}
			})
		}
	}
}

// Every shard refuses the same manifest with the same problems, and accepts one in which it
// has no rows.
func TestShardsAgree(t *testing.T) {
	for name, tc := range map[string]struct {
		opts Options
		text string
	}{
		"invalid":        {Options{}, "id,volume\n1,1\n2,loud\n3,3\n"},
		"duplicate":      {Options{}, "id,volume\n1,1\n2,2\n1,3\n"},
		"empty":          {Options{}, "id,volume\n"},
		"sets nothing":   {Options{}, "id,volume\n1,\n2,\n"},
		"no valid row":   {Options{OnInvalid: Skip}, "id,volume\n1,x\n2,y\n"},
		"only the wrong": {Options{OnInvalid: Skip, Only: []track.ID{2}}, "id,volume\n1,1\n2,y\n"},
		"one row":        {Options{}, "id,volume\n1,1\n"},
		"one valid row":  {Options{OnInvalid: Skip}, "id,volume\n1,1\n2,y\n3,\n"},
	} {
		_, _, want := read(t, tc.opts, file{"m.csv", tc.text})
		for number := 1; number <= 4; number++ {
			tc.opts.Shard = track.Shard{Number: number, Of: 4}
			_, s, got := read(t, tc.opts, file{"m.csv", tc.text})
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s: shard %d says %v, want %v (%+v)", name, number, got, want, s.Counts)
			}
		}
	}
}

// placed is a row without its number.
func placed(row track.Row) string {
	row.Number = 0
	return fmt.Sprint(row.Position, says(row))
}

// seenRows are the rows that a Visitor has seen.
type seenRows struct{ rows []string }

func (s *seenRows) Row(row *track.Row) { s.rows = append(s.rows, placed(*row)) }
func (s *seenRows) Restart()           { s.rows = nil }
