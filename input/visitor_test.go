package input

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"tracksync/internal/track"
)

// shown keeps what a visitor is shown.
type shown struct{ rows []track.Row }

func (s *shown) Restart() { s.rows = nil }

func (s *shown) Row(row *track.Row) {
	kept := *row
	kept.Problems = slices.Clone(row.Problems)
	s.rows = append(s.rows, kept)
}

// A check shows the rows that come afterwards, whatever is chosen of them.
func TestACheckShowsTheRowsOfTheRun(t *testing.T) {
	files := []file{
		{"a.csv", "id,volume,name\n1,1,One\n\n2,x,\n3,3,\n1,4,\n6,6,\n8,,\n9,9,\n"},
		{"b.jsonl", "{\"id\":11}\n{\"id\":12,\"volume\":\"x\"}\n{\"id\":3,\"expect\":{\"volume\":4}}\n{\"id\":11,\"volume\":3}\n"},
		{"c.yaml", "- id: 21\n- id: 22\n  volume: x\n- id: 3\n- id: 21\n  volume: 3\n"},
	}
	for _, opts := range []Options{
		{OnDuplicate: Last}, {OnDuplicate: Last, Limit: 4}, {OnDuplicate: Last, Only: []track.ID{3, 9}}, {},
	} {
		opts.AllowEmpty, opts.OnInvalid = true, Skip
		for n := range files {
			t.Run(fmt.Sprint(files[n].name, opts.OnDuplicate, opts.Limit, opts.Only), func(t *testing.T) {
				few := files[n : n+1]
				if n == 2 {
					few = files
				}
				var seen shown
				m := openFiles(opts, few...)
				if _, err := m.CheckFor(t.Context(), &seen); err != nil {
					t.Skip(err) // not every choice goes with every file
				}
				var want []track.Row
				for row, err := range m.Rows(t.Context()) {
					if err != nil {
						t.Fatal(err)
					}
					row.Problems = slices.Clone(row.Problems)
					want = append(want, row)
				}
				if len(want) == 0 || !reflect.DeepEqual(seen.rows, want) {
					t.Errorf("shown\n%+v\nwant\n%+v", seen.rows, want)
				}
			})
		}
	}
}
