package input

import (
	"context"
	"strconv"
	"strings"
	"testing"
)

// Which sheet is read.
func TestSheetChoice(t *testing.T) {
	tracks := rowsXML([]string{"ID", "Name"}, []string{"n:1", "a"}, nil, []string{"n:2", "b"})
	notes := rowsXML([]string{"What I meant to do"})
	for _, c := range []struct {
		name   string
		opts   Options
		sheets []sheetFile
		want   string // the place of the first row, or the problem
	}{
		{"the only sheet", Options{}, []sheetFile{{name: "Tracks", rows: tracks}}, "Tracks!A2"},
		{"the only one with ids", Options{}, []sheetFile{{name: "Notes", rows: notes}, {name: "My tracks",
			rows: tracks}},
			"'My tracks'!A2"},
		{"several", Options{}, []sheetFile{{name: "A", rows: tracks}, {name: "B", rows: tracks}},
			`: 2 sheets have an id column (name the sheet with --sheet; the sheets are "A" (columns "ID", "Name"; ` +
				`2 rows), ` +
				`"B" (columns "ID", "Name"; 2 rows))`},
		{"a hidden one does not count", Options{}, []sheetFile{{name: "A", state: "hidden", rows: tracks},
			{name: "B", rows: tracks}},
			"B!A2"},
		{"none", Options{}, []sheetFile{{name: "Notes", rows: notes}, {name: "Old", state: "veryHidden",
			rows: tracks}, {name: "Empty"}},
			`: no visible sheet has an id column (name the sheet with --sheet; the sheets are "Notes" (columns ` +
				`"What I meant to do"; 0 rows), "Old" (hidden; columns "ID", "Name"; 2 rows), "Empty" (empty))`},
		{"all hidden", Options{}, []sheetFile{{name: "Old", state: "hidden", rows: tracks}},
			`: all sheets with cells are hidden (name the sheet with --sheet; the sheets are "Old" (hidden; ` +
				`columns "ID", "Name"; 2 rows))`},
		{"the only sheet without ids", Options{}, []sheetFile{{name: "T", rows: rowsXML([]string{"nr", "name"},
			[]string{"n:1", "a"})}},
			`T!A1: there is no column id; the columns are "nr", "name"`},
		{"by name", Options{Sheet: "B"}, []sheetFile{{name: "A", rows: tracks}, {name: "B", rows: tracks}}, "B!A2"},
		{"by name, other case", Options{Sheet: "b"}, []sheetFile{{name: "A", rows: tracks}, {name: "B",
			rows: tracks}}, "B!A2"},
		{"a hidden one by name", Options{Sheet: "B"}, []sheetFile{{name: "A", rows: tracks}, {name: "B",
			state: "hidden", rows: tracks}},
			"B!A2"},
		{"by number", Options{Sheet: "2"}, []sheetFile{{name: "A", rows: tracks}, {name: "X", state: "hidden",
			rows: tracks},
			{name: "B", rows: tracks}}, "B!A2"},
		{"a name that is a number", Options{Sheet: "2"}, []sheetFile{{name: "2", rows: tracks}, {name: "B",
			rows: tracks}}, "'2'!A2"},
		{"as before", Options{Sheets: []string{"B"}}, []sheetFile{{name: "A", rows: tracks}, {name: "B",
			rows: tracks}}, "B!A2"},
		{"before it had another name", Options{Sheets: []string{"C"}}, []sheetFile{{name: "A", rows: tracks},
			{name: "B"}},
			"A!A2"},
		{"no such sheet", Options{Sheet: "Trakcs"}, []sheetFile{{name: "Tracks", rows: tracks}, {name: "B",
			rows: tracks}},
			`: there is no sheet "Trakcs" (did you mean "Tracks"?)`},
		{"no such number", Options{Sheet: "3"}, []sheetFile{{name: "A", rows: tracks}, {name: "B", rows: tracks}},
			`: there is no sheet "3" (the sheets are "A", "B")`},
		{"another column for the id", Options{Columns: map[string]string{"id": "Nr"}},
			[]sheetFile{{name: "A", rows: tracks}, {name: "B", rows: rowsXML([]string{"nr", "name"}, []string{"n:1",
				"a"})}}, "B!A2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows, _, problems := read(t, c.opts, bookOf("", c.sheets...).file("m.xlsx"))
			got := ""
			if problems != nil {
				got = strings.TrimPrefix(problems[0].Error(), "m.xlsx")
			} else if len(rows) > 0 {
				got = strings.TrimPrefix(rows[0].Position.String(), "m.xlsx:")
			}
			if got != c.want && !strings.HasPrefix(got, ":"+c.want) {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// A sheet that is no sheet of cells is listed and refused.
func TestChartSheet(t *testing.T) {
	p := bookOf("", sheetFile{name: "Chart"}, sheetFile{name: "Tracks", rows: rowsXML([]string{"id", "name"},
		[]string{"n:1", "a"})})
	p["xl/_rels/workbook.xml.rels"] = strings.Replace(p["xl/_rels/workbook.xml.rels"], "/worksheet", "/chartsheet", 1)
	rows, _, problems := read(t, Options{}, p.file("m.xlsx"))
	if problems != nil || len(rows) != 1 {
		t.Error(problems)
	}
	_, _, problems = read(t, Options{Sheet: "Chart"}, p.file("m.xlsx"))
	wantProblems(t, problems, "m.xlsx:Chart: the sheet has no cells")
}

// The header below titles and notes.
func TestHeaderOfSheet(t *testing.T) {
	title, notes := []string{"Tracks 2026"}, []string{"", "", "ask Ann, before 5 o'clock"}
	header, one := []string{"Name", "ID"}, []string{"a", "n:1"}
	for _, c := range []struct {
		name string
		opts Options
		rows [][]string
		want string
	}{
		{"first", Options{}, [][]string{header, one}, "B2, header 1, above 0"},
		{"below titles", Options{}, [][]string{title, nil, notes, nil, header, nil, one}, "B7, header 5, above 2"},
		{"given", Options{HeaderRow: 3}, [][]string{header, notes, header, one}, "B4, header 3, above 2"},
		{"the first of two", Options{}, [][]string{header, one}, "B2, header 1, above 0"},
		{"given and empty", Options{HeaderRow: 2}, [][]string{title, nil, header, one},
			"m.xlsx:Tracks!A2: the row that --header-row names is empty"},
		{"given beyond the end", Options{HeaderRow: 9}, [][]string{title, nil, header, one},
			"m.xlsx:Tracks!A9: the row that --header-row names is empty"},
		{"row 50", Options{}, append(make([][]string, 49), header, one), "B51, header 50, above 0"},
		{"row 51", Options{}, append(append([][]string{title}, make([][]string, 49)...), header, one),
			`m.xlsx:Tracks!A1: there is no column id; the columns are "Tracks 2026"`},
		{"unknown names below a title", Options{}, [][]string{title, {"Titel", "Nummer"}, one},
			`m.xlsx:Tracks!A2: unknown column "Titel" (did you mean "name"?`},
		{"a row above the header", Options{}, [][]string{title, {"b", "n:2"}, header, one},
			"m.xlsx:Tracks!B2: this looks like a row of the table, and is above the header in row 3"},
		{"a row above the header that is given", Options{HeaderRow: 3}, [][]string{title, {"b", "n:2"}, header, one},
			"B4, header 3, above 2"},
		{"a number above the header", Options{}, [][]string{{"", "n:2026"}, header, one}, "B3, header 2, above 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows, summary, problems := read(t, c.opts, oneSheet(c.rows...).file("m.xlsx"))
			if problems != nil {
				wantProblemsFirst(t, problems, c.want)
				return
			}
			s := summary.Sources[0]
			got := strings.TrimPrefix(rows[0].Position.String(), "m.xlsx:Tracks!") + ", header " +
				strconv.Itoa(s.HeaderRow) +
				", above " + strconv.Itoa(s.Above)
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func wantProblemsFirst(t *testing.T, problems Problems, want string) {
	t.Helper()
	if got := problems[0].Error(); !strings.HasPrefix(got, want) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// Later passes read the same sheet, and a sheet's name cannot do harm.
func TestSheetNames(t *testing.T) {
	name := "a!'\"\u202e$(x)"
	m := openFiles(Options{OnInvalid: Skip}, bookOf("", sheetFile{name: "Notes"},
		sheetFile{name: name, rows: rowsXML([]string{"id", "volume"}, []string{"n:1", "n:5"}, []string{"n:2",
			"n:500"})}).file("m.xlsx"))
	summary, err := m.Check(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if got := summary.Problems[0].Error(); !strings.HasPrefix(got,
		"m.xlsx:'a!''\"\u202e$(x)'!B3: volume 500 is more than 100") {
		t.Error(got)
	}
	for range 2 {
		rows := rowsOf(t, m)
		if len(rows) != 2 || rows[0].Position.Sheet != name || rows[0].Position.Cell != "A2" {
			t.Errorf("%+v", rows)
		}
	}
}
