package input

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"tracksync/internal/track"
)

// What is said of each source.
func TestUnderstood(t *testing.T) {
	asSheets(t)
	for _, c := range []struct {
		name string
		opts Options
		file file
		want string
	}{
		{"a plain table", Options{}, file{"m.csv", "id,name,volume\n30,a,5\n\n7,b,\n,,\n\n\n8,,7\n"},
			"csv UTF-8 ',' header 1: id=id/name name=name/name volume=volume/name; " +
				"3 rows, 3 valid, 0 invalid, 0 skipped, 4 blank, ids 7 to 30, sets 2 2 0 0"},
		{"blank lines above the header", Options{}, file{"m.csv", "\ufeffsep=;\n\n;;\nID;Project ID\n1;null\n"},
			"csv UTF-8+mark ';' header 4: ID=id/name Project ID=project_id/name; " +
				"1 rows, 1 valid, 0 invalid, 0 skipped, 0 blank, ids 1 to 1, sets 0 0 1 0"},
		{"columns that are ignored", Options{IgnoreUnknown: true, Columns: map[string]string{"volume": "Level"}},
			file{"m.csv", "id,#note,status,volume,Level,,other\n1,,,,5,,\nx,,,,,,\n"},
			"csv UTF-8 ',' header 1: id=id/name #note=/comment status=/report volume=/unknown Level=volume/map " +
				"=/nameless other=/unknown; 2 rows, 1 valid, 1 invalid, 0 skipped, 0 blank, ids 1 to 1, sets 0 1 0 0"},
		{"columns that are refused", Options{}, file{"m.csv", "id,name,Name,lautstärke,xyz,expect\n1,a,b,5,,\n"},
			"csv UTF-8 ',' header 1: id=id/name name=name/name Name=/refused lautstärke=volume/guess xyz=/refused " +
				"expect=/refused; 1 rows, 1 valid, 0 invalid, 0 skipped, 0 blank, ids 1 to 1, sets 1 1 0 0"},
		{"no id column", Options{}, file{"m.csv", "name\na\n"},
			"csv UTF-8 ',' header 1: name=name/name; 1 rows, 1 valid, 0 invalid, 0 skipped, 0 blank, ids 0 to 0, " +
				"sets 1 0 0 0"},
		{"a table without a text", Options{}, file{"m.sheet", "SHEET\nid|volume\n|\n5|6\n"},
			"sheet ',' sheet S header 1: id=id/name volume=volume/name; 1 rows, 1 valid, 0 invalid, 0 skipped, " +
				"1 blank, ids 5 to 5, sets 0 1 0 0"},
		{"entries", Options{IgnoreUnknown: true},
			file{"m.yaml", "- {id: 5, '#a': 1, x: 2}\n- {id: 4, '#a': 1, error: y, project: null}\n"},
			"yaml UTF-8 keys #a=/comment x=/unknown error=/report; " +
				"2 rows, 2 valid, 0 invalid, 1 skipped, 0 blank, ids 4 to 5, sets 0 0 1 0"},
		{"lines", Options{}, file{"m.jsonl", "{\"id\":5,\"volume\":1}\n\n{\"id\":5\n\n"},
			"jsonl UTF-8; 2 rows, 1 valid, 1 invalid, 0 skipped, 2 blank, ids 5 to 5, sets 0 1 0 0"},
		{"only some rows", Options{Only: []track.ID{2}}, file{"m.csv", "id,volume\n1,5\n2,6\n"},
			"csv UTF-8 ',' header 1: id=id/name volume=volume/name; 2 rows, 2 valid, 0 invalid, 0 skipped, 0 blank, " +
				"ids 1 to 2, sets 0 2 0 0"},
		{"an id that repeats", Options{}, file{"m.csv", "id,volume\n1,5\n2,6\n1,\n"},
			"csv UTF-8 ',' header 1: id=id/name volume=volume/name; 3 rows, 1 valid, 2 invalid, 0 skipped, 0 blank, " +
				"ids 1 to 2, sets 0 1 0 0"},
		{"a file that is not text", Options{}, file{"m.csv", "\xd0\xcf\x11\xe0\x00\x00"},
			"csv; 0 rows, 0 valid, 0 invalid, 0 skipped, 0 blank, ids 0 to 0, sets 0 0 0 0"},
	} {
		_, summary, _ := read(t, c.opts, c.file)
		if len(summary.Sources) != 1 {
			t.Fatalf("%s: %d sources", c.name, len(summary.Sources))
		}
		if got := understanding(summary.Sources[0]); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// understanding is what was understood of a source, in one line.
func understanding(src Source) string {
	var b strings.Builder
	b.WriteString(string(src.Format))
	if src.Encoding != "" {
		b.WriteString(" " + src.Encoding)
	}
	if src.BOM {
		b.WriteString("+mark")
	}
	if src.Delimiter != 0 {
		fmt.Fprintf(&b, " %q", src.Delimiter)
	}
	if src.Sheet != "" {
		b.WriteString(" sheet " + src.Sheet)
	}
	if src.HeaderRow > 0 {
		fmt.Fprintf(&b, " header %d:", src.HeaderRow)
	}
	if src.IgnoredKeys != nil {
		b.WriteString(" keys")
	}
	for _, c := range append(src.Columns, src.IgnoredKeys...) {
		fmt.Fprintf(&b, " %s=%s/%s", c.Name, c.Field, c.Why)
	}
	fmt.Fprintf(&b, "; %d rows, %d valid, %d invalid, %d skipped, %d blank, ids %d to %d, sets %d %d %d %d",
		src.Rows, src.Valid, src.Invalid, src.Skipped, src.Blank, src.Lowest, src.Highest,
		src.Sets.Name, src.Sets.Volume, src.Sets.Project, src.Sets.Media)
	return b.String()
}

// Rows that count for the run are those of all sources together.
func TestCountsOfSeveralSources(t *testing.T) {
	a, b := file{"a.csv", "id,volume\n1,5\n2,\n"}, file{"b.yaml", "- {id: 3, project: null}\n- {id: x}\n"}
	m := openFiles(Options{}, a, b)
	summary, err := m.Check(context.Background())
	var problems Problems
	if !errors.As(err, &problems) || len(problems) != 1 {
		t.Fatal(err)
	}
	if summary.Rows != 4 || summary.Valid != 3 || summary.Invalid != 1 || summary.Skipped != 1 ||
		summary.Sets.Volume != 1 || summary.Sets.Project != 1 || summary.ProjectNull != 1 {
		t.Errorf("%+v", summary.Counts)
	}
	if got := []int{summary.Sources[0].Rows, summary.Sources[1].Rows}; got[0] != 2 || got[1] != 2 {
		t.Errorf("rows of the sources: %v", got)
	}
}
