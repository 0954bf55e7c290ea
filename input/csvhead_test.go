package input

import (
	"strconv"
	"strings"
	"testing"
)

// The header of a CSV file below titles and notes.
func TestHeaderOfCSV(t *testing.T) {
	for _, c := range []struct {
		name, text string
		opts       Options
		want       string
	}{
		{"first", "id,name\n1,a\n", Options{}, "m.csv:2:1, header 1, above 0"},
		{"below titles", "Tracks 2026\n\n,,ask Ann, before 5\nID;Name\n1;a\n", Options{},
			"m.csv:5:1, header 4, above 2"},
		{"below a title of two lines", "\"Tracks\n2026\"\n\nid\tname\n1\ta\n", Options{},
			"m.csv:5:1, header 4, above 1"},
		{"with line ends of Windows", "Tracks\r\n\r\nid,name\r\n1,a\r\n", Options{}, "m.csv:4:1, header 3, above 1"},
		{"below sep=", "sep=;\nTracks;2026\nid;name\n1;a\n", Options{}, "m.csv:4:1, header 3, above 1"},
		{"given", "id,name\nid,name\n1,a\n", Options{HeaderRow: 2}, "m.csv:3:1, header 2, above 1"},
		{"given below blank lines", "\n\nx\nid,name\n1,a\n", Options{HeaderRow: 4}, "m.csv:5:1, header 4, above 1"},
		{"given and blank", "x\n\nid,name\n1,a\n", Options{HeaderRow: 2},
			"m.csv: row 2, which --header-row names, is empty"},
		{"given, and blank at the start", "\nid,name\n1,a\n", Options{HeaderRow: 1},
			"m.csv: row 1, which --header-row names, is empty"},
		{"given beyond the end", "id,name\n1,a\n", Options{HeaderRow: 9},
			"m.csv: row 9, which --header-row names, is empty"},
		{"none", "Titel,Nummer\na,1\n", Options{}, `m.csv:1:1 (A1): unknown column "Titel"`},
		{"unknown names below a title", "Tracks\nTitel,Nummer\na,1\n", Options{},
			`m.csv:2:1 (A2): unknown column "Titel"`},
		{"a row above the header", "7,b\nid,name\n1,a\n", Options{},
			"m.csv:1:1 (A1): this looks like a row of the table, and is above the header in row 2 " +
				"(move the header to the top, or remove the row; --header-row 2 leaves it out)"},
		{"another name", "Tracks\nNr,Name\n1,a\n", Options{Columns: map[string]string{"id": "Nr"}},
			"m.csv:3:1, header 2, above 1"},
		{"a title without an end", "\"Tracks\nid,name\n1,a\n", Options{},
			"m.csv:1:1 (A1): the quotation mark that opens here is never closed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows, summary, problems := read(t, c.opts, file{"m.csv", c.text})
			if problems != nil {
				wantProblemsFirst(t, problems, c.want)
				return
			}
			s := summary.Sources[0]
			got := rows[0].Position.String() + ", header " + strconv.Itoa(s.HeaderRow) + ", above " +
				strconv.Itoa(s.Above)
			if got != c.want || rows[0].Update.ID != 1 {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	// A header that is found far below is not: the notes may have fewer than 50 rows.
	text := strings.Repeat("note\n", 50) + "id,name\n1,a\n"
	_, _, problems := read(t, Options{}, file{"m.csv", text})
	wantProblemsFirst(t, problems, "m.csv:1:1 (A1): there is no column id")
}
