package input

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tracksync/internal/track"
)

// With --on-duplicate last an outdated value is never sent, even if the last row of the
// id is badly broken.
func TestOutdatedIsNotSent(t *testing.T) {
	const doubt = "an invalid row may be about the same track: "
	for _, c := range []struct {
		name string
		file file
		want []string // what becomes of the rows
	}{
		{"a short row", file{"m.csv", "id,name,volume\n17,a,40\n17,b\n"}, []string{"superseded", "invalid"}},
		{"a long row", file{"m.csv", "id,name,volume\n17,a,40\n17,b,c,50\n"}, []string{"superseded", "invalid"}},
		{"a row that is invalid", file{"m.csv", "id,volume\n17,40\n17,x\n"}, []string{"superseded", "invalid"}},
		{"a valid row after that", file{"m.csv", "id,volume\n17,40\n17\n17,50\n"},
			[]string{"superseded", "superseded", "valid"}},
		{"a short row whose id is not the first cell", file{"m.csv", "name,id,volume\na,17,40\nb,17\n18,1,2\n"},
			[]string{doubt, "invalid", "valid"}},
		{"a long row whose id is not the first cell",
			file{"m.csv", "name,id,volume\na,17,40\nb,18,41\nc,d,17,50\nd,19,1\n"},
			[]string{doubt, "valid", "invalid", "valid"}},
		{"a cell that may be the id or not", file{"m.csv", "name,id,volume\na,17,40\nb,5,41\nc,5,17,50\n"},
			[]string{doubt, doubt, "invalid"}},
		{"a valid row after a doubt", file{"m.csv", "name,id\na,17\n17\nb,17\n"},
			[]string{"superseded", "invalid", "valid"}},
		{"leading zeros", file{"m.csv", "id,volume\n17,40\n0017,50\n"}, []string{doubt, "invalid"}},
		{"a sign", file{"m.csv", "id,volume\n17,40\n+17,50\n"}, []string{doubt, "invalid"}},
		{"thousands", file{"m.csv", "id;volume\n1017;40\n1.017;50\n"}, []string{doubt, "invalid"}},
		{"a formula", file{"m.csv", "id,volume\n17,40\n\"=\"\"17\"\"\",50\n"}, []string{doubt, "invalid"}},
		{"a mark", file{"m.csv", "id,volume,#error\n17,40,\n17?,50,reason\n"}, []string{doubt, "invalid"}},
		{"not another number", file{"m.csv", "id,volume\n17,40\n17.5,50\n1.7E1,50\nx,1\n"},
			[]string{"valid", "invalid", "invalid", "invalid"}},
		{"a line that is not JSON", file{"m.jsonl", `{"id":17,"volume":40}` + "\n" + `{"id":17,"volume":}` + "\n"},
			[]string{doubt, "invalid"}},
		{"a line whose id is behind the mistake",
			file{"m.jsonl", `{"id":17,"volume":40}` + "\n" + `{"volume":05,"id":17}` + "\n"},
			[]string{doubt, "invalid"}},
		{"a line whose project has that id",
			file{"m.jsonl", `{"id":17,"volume":40}` + "\n" + `{"volume":05,"project":{"id":17}}` + "\n"},
			[]string{"valid", "invalid"}},
		{"a tag", file{"m.yaml", "- {id: 17, volume: 40}\n- {id: !!int 17, volume: 50}\n"}, []string{doubt, "invalid"}},
		{"two ids", file{"m.yaml", "- {id: 17, volume: 40}\n- {id: 18, id: 17, volume: 50}\n"},
			[]string{doubt, "invalid"}},
		{"another key", file{"m.yaml", "- {id: 17, volume: 40}\n- {ID: 17, volume: 50}\n"}, []string{doubt, "invalid"}},
		{"another key beside the id", file{"m.yaml", "- {id: 17, volume: 40}\n- {id: 18, track_id: 17}\n"},
			[]string{"valid", "invalid"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows, s, problems := read(t, Options{OnDuplicate: Last, OnInvalid: Skip, AllowEmpty: true}, c.file)
			if problems != nil {
				t.Fatal(problems)
			}
			var got []string
			for _, r := range rows {
				switch {
				case r.Superseded:
					got = append(got, "superseded")
				case slices.ContainsFunc(r.Problems,
					func(p track.Problem) bool { return strings.HasPrefix(p.Message, doubt) }):
					got = append(got, doubt)
				case len(r.Problems) > 0:
					got = append(got, "invalid")
				default:
					got = append(got, "valid")
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if s.Rows != len(rows) || s.Rows != s.Valid+s.Invalid+s.Superseded || s.Invalid > s.Found {
				t.Errorf("summary %+v", s)
			}
		})
	}
}

// Without --on-duplicate last, an invalid row that may be about the same track makes a
// row uncertain, before or after it.
func TestUncertainRows(t *testing.T) {
	a := file{"a.csv", "id,volume\n0017,1\n17,2\n18,3\n"}
	b := file{"b.csv", "id,volume\n018,1\n19,2\n"}
	rows, _, problems := read(t, Options{OnInvalid: Skip}, a, b)
	if problems != nil {
		t.Fatal(problems)
	}
	var got []string
	for _, r := range rows {
		if len(r.Problems) > 0 {
			got = append(got, fmt.Sprintf("%s: %s", r.Problems[0].Position, r.Problems[0].Message))
		}
	}
	want := []string{
		`a.csv:2:1 (A2, id): "0017" has leading zeros`,
		"a.csv:3:1 (A3, id): an invalid row may be about the same track: a.csv:2:1",
		"a.csv:4:1 (A4, id): an invalid row may be about the same track: b.csv:2:1",
		`b.csv:2:1 (A2, id): "018" has leading zeros`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if rows, _, _ := read(t, Options{OnInvalid: Skip, OnDuplicate: Last}, a, b); len(rows[1].Problems) > 0 {
		t.Errorf("the last row of its id: %s", says(rows[1]))
	}
	rows, s, problems := read(t, Options{OnInvalid: Skip, OnDuplicate: Last, Only: []track.ID{18, 19}}, a, b)
	if problems != nil || len(rows) != 2 || s.Invalid != 1 || s.Valid != 1 {
		t.Errorf("%v %+v %v", rows, s, problems)
	}
}
