package input

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"context"
	"testing"
	"tracksync/internal/track"
)

// A caller that stops reading rows when the context ends gets no further error.
func TestRowsThatEndWithTheContext(t *testing.T) {
	for name, content := range map[string]string{
		"a.csv":   "id,volume\n1,1\n2,2\n3,3\n",
		"a.jsonl": "{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n",
		"a.yaml":  "- id: 1\n- id: 2\n- id: 3\n",
	} {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		m := openFiles(Options{AllowEmpty: true}, file{name, content})
		if _, err := m.Check(ctx); err != nil {
			t.Fatal(err)
		}
		rows := 0
		for _, err := range m.Rows(ctx) {
			if err != nil {
				t.Error(err)
			}
			rows++
			cancel()
			break
		}
		if rows != 1 {
			t.Errorf("%s: %d rows", name, rows)
		}
	}
}

// Rows that are not wanted are left out. The others are the same as when all are wanted.
func TestWrittenRowsThatAreWanted(t *testing.T) {
	files := map[string]string{
		"a.csv": "id,volume\n1,1\n\n2,x\n,\n3,3\n1,4\n5,5,5\n6,6\nx,7\n8\n9,9\n",
		"a.jsonl": "{\"id\":1}\n{\"id\":2,\"volume\":\"x\"}\n{\n{\"id\":3,\"expect\":{\"volume\":4}}\n{\"id\":1,\"volume\":3}\n{\"id\":7}\n" +
			"{\"id\":9,\"volume\":3}\n",
		"a.yaml": "- id: 1\n- id: 2\n  volume: x\n- 5\n- id: 3\n- id: 1\n  volume: 3\n- id: 7\n- id: 9\n  volume: 3\n",
	}
	for name, content := range files {
		for i, opts := range []Options{{OnDuplicate: Last}, {}, {OnDuplicate: Last, Limit: 4},
			{OnDuplicate: Last, Only: []track.ID{1, 3, 9}}} {
			opts.OnInvalid, opts.AllowEmpty = Skip, true
			rows, _, problems := readWritten(t, opts, file{name, content}, file{"b.csv", "id,volume\n1,8\n20,9\n21,9\n"})
			if problems != nil || len(rows) < 2 {
				t.Fatalf("%s, %d: %d rows, %v", name, i, len(rows), problems)
			}
			m := openFiles(opts, file{name, content}, file{"b.csv", "id,volume\n1,8\n20,9\n21,9\n"})
			if _, err := m.Check(context.Background()); err != nil {
				t.Fatal(err)
			}
			for range 40 {
				wanted := int(rand.Uint64() % (1 << len(rows)))
				var got, want []string
				for row, err := range m.WrittenRows(context.Background(), func(n int) bool { return wanted>>(n-1)&1 == 1 }) {
					if err != nil {
						t.Fatal(err)
					}
					got = append(got, described(row))
				}
				for _, row := range rows {
					if wanted>>(row.Number-1)&1 == 1 {
						want = append(want, described(row))
					}
				}
				if !slices.Equal(got, want) {
					t.Fatalf("%s, %d, of %b:\ngot  %q\nwant %q", name, i, wanted, got, want)
				}
			}
		}
	}
}

func described(row track.WrittenRow) string {
	cells, marked := row.Cells()
	return fmt.Sprintf("%+v %q %v", row.Row, cells, marked)
}
