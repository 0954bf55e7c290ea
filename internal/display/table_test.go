package display

import (
	"bytes"
	"strings"
	"testing"
)

// On a narrow terminal columns that can be spared are left out, and no line is too wide.
func TestTable(t *testing.T) {
	show := func(style Style) string {
		var b bytes.Buffer
		table := NewTable(&b, style, []Column{{}, {Name: "place", Most: 12, Tail: true}, {Name: "n", Right: true, Spare: 2},
			{Name: "took", Right: true, Spare: 1}, {Name: "what", Least: 8}})
		for _, what := range []string{"name → 夜の雨", "a longer text"} {
			if err := table.Add(Cell{"✓", Green}, Cell{Text: "some/tracks.csv:17"}, Cell{Text: "7"}, Cell{Text: "12 ms"},
				Cell{Text: what}); err != nil {
				t.Fatal(err)
			}
		}
		table.Total("2 rows")
		if err := table.Flush(); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	for _, c := range []struct {
		style Style
		want  string
	}{
		{Style{}, `
   place               n   took  what
✓  some/tracks.csv:17  7  12 ms  name → 夜の雨
✓  some/tracks.csv:17  7  12 ms  a longer text

2 rows
`},
		{Style{Width: 38}, `
   place         n   took  what
✓  …acks.csv:17  7  12 ms  name → 夜…
✓  …acks.csv:17  7  12 ms  a longer t…

2 rows
`},
		{Style{Width: 32}, `
   place          took  what
✓  …acks.csv:17  12 ms  name → …
✓  …acks.csv:17  12 ms  a longe…

2 rows
`},
		{Style{Width: 30, ASCII: true}, `
   place         what
+  ...ks.csv:17  name -> \u...
+  ...ks.csv:17  a longer text

2 rows
`},
	} {
		if got := show(c.style); got != strings.TrimPrefix(c.want, "\n") {
			t.Errorf("%+v:\n%s\nwant%s", c.style, got, c.want)
		}
	}
}

// What has a least width is shortened before a line is too wide, also in rows after the first ones.
func TestTableShortens(t *testing.T) {
	var b bytes.Buffer
	table := NewTable(&b, Style{Width: 30}, []Column{{Name: "run"}, {Name: "result", Most: 20, Least: 6}, {Name: "what", Least: 5}})
	for i := range tableRows + 2 {
		run := "one"
		if i > tableRows {
			run = "seventeen"
		}
		if err := table.Add(Cell{Text: run}, Cell{Text: "17 updated, 4 failed"}, Cell{Text: "tracks.csv"}); err != nil {
			t.Fatal(err)
		}
	}
	table.Total("all")
	if err := table.Flush(); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(b.String(), "\n")
	for i, want := range map[int]string{
		0: "run  result              what", 1: "one  17 updated, 4 fai…  trac…", tableRows + 2: "seventeen  17 updated,…  trac…",
	} {
		if lines[i] != want {
			t.Errorf("line %d is %q, want %q", i, lines[i], want)
		}
	}
}
