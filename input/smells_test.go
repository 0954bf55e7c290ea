package input

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tracksync/internal/track"
)

// rowsFrom is a table with so many rows, each made from its number, which begins with 0.
func rowsFrom(header string, rows int, row func(i int) string) file {
	var b strings.Builder
	b.WriteString(header + "\n")
	for i := range rows {
		b.WriteString(row(i) + "\n")
	}
	return file{"m.csv", b.String()}
}

// What is valid but smells is a warning at its first place. Patterns need all rows, and a
// few of them.
func TestSmells(t *testing.T) {
	volumes := func(rows int, v func(i int) int) file {
		return rowsFrom("id,volume", rows, func(i int) string { return fmt.Sprintf("%d,%d", 1000+7*i, v(i)) })
	}
	projects := func(rows int, v func(i int) int) file {
		return rowsFrom("id,project_id", rows, func(i int) string { return fmt.Sprintf("%d,%d", 50+i%3+9*i, v(i)) })
	}
	names := func(names ...string) file {
		return rowsFrom("id,name", len(names), func(i int) string { return fmt.Sprintf("%d,%s", 1000+7*i, names[i]) })
	}
	ids := func(ids ...int) file {
		return rowsFrom("id,project_id", len(ids), func(i int) string { return fmt.Sprintf("%d,null", ids[i]) })
	}
	for _, c := range []struct {
		name   string
		file   file
		want   string // "" for no warning
		strict bool   // it is an error with Strict
	}{
		{"ids from 1", ids(1, 2, 3), "m.csv:2:1 (A2, id): the ids run 1, 2, 3 … 3, like numbers of rows", true},
		{"two ids", ids(1, 2), "", false},
		{"ids with a gap", ids(1, 2, 4), "", false},
		{"ids from 2", ids(2, 3, 4), "", false},
		{"one volume", volumes(10, func(int) int { return 40 }), "m.csv:2:6 (B2, volume): all 10 volumes are 40", false},
		{"one volume in few rows", volumes(9, func(int) int { return 40 }), "", false},
		{"one other volume", volumes(100, func(i int) int { return 40 + i/99 }), "", false},
		{"volumes that count up", volumes(5, func(i int) int { return 40 + i }),
			"m.csv:2:6 (B2, volume): the volumes count up from row to row, from 40 to 44", true},
		{"few volumes that count up", volumes(4, func(i int) int { return 40 + i }), "", false},
		{"volumes that count by two", volumes(6, func(i int) int { return 40 + 2*i }), "", false},
		{"volumes like ids", file{"m.csv", "id,volume\n17,17\n5,5\n80,80\n"},
			"m.csv:2:4 (B2, volume): every volume is the id of its row", true},
		{"projects like ids", file{"m.csv", "id,project_id\n17,17\n5,5\n80,80\n9,\n"},
			"m.csv:2:4 (B2, project_id): every project is the id of its row", true},
		{"projects like ids, but one", file{"m.csv", "id,project_id\n17,17\n5,5\n80,80\n9,8\n"}, "", false},
		{"projects that count up", projects(5, func(i int) int { return 3 + i }),
			"m.csv:2:4 (B2, project_id): the projects count up from row to row, from 3 to 7", true},
		{"one project", projects(50, func(int) int { return 3 }), "", false},
		{"names that are numbers", names("17", " 9", "1024"), "m.csv:2:6 (B2, name): every name is a number", true},
		{"some names that are numbers", names("17", "9", "Route 66", "7"), "", false},
		{"a name that is a URL", names("Rain", "HTTPS://example.com/a.mp3"),
			`m.csv:3:6 (B3, name): the name is a URL: "HTTPS://example.com/a.mp3"`, true},
		{"names like URLs", names("http", "https://", "httpsfoo", "see https://example.com"), "", false},
		{"names in another case", names("Rain", "Snow", "RAIN"),
			`m.csv:4:6 (B4, name): the name "RAIN" and that of track 1000 differ only in case`, false},
		{"names in another case, of letters with accents", names("Ébène", "éBÈNE"),
			`m.csv:3:6 (B3, name): the name "éBÈNE" and that of track 1000 differ only in case`, false},
		{"the same names", names("Rain", "Rain", "Rain"), "", false},
		{"entries", file{"m.yaml", "- {id: 1, name: A}\n- {id: 2, name: a}\n"},
			`m.yaml:2:17: the name "a" and that of track 1 differ only in case`, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, s, problems := read(t, Options{}, c.file)
			if problems != nil {
				t.Fatal(problems)
			}
			got := slices.DeleteFunc(s.Warnings, func(p track.Problem) bool { // of older rules
				return strings.Contains(p.Message, "begins with") || strings.Contains(p.Message, "blank")
			})
			if c.want == "" {
				wantProblems(t, got)
			} else {
				wantProblems(t, got, c.want)
			}
			if s.Warned < len(got) {
				t.Errorf("%d warnings are counted", s.Warned)
			}
			_, s, problems = read(t, Options{Strict: true}, c.file)
			if strict := slices.ContainsFunc(problems, func(p track.Problem) bool {
				return c.want != "" && strings.HasPrefix(p.Error(), c.want)
			}); strict != c.strict {
				t.Errorf("with Strict: %v, warnings %v", problems, s.Warnings)
			}
		})
	}
}

// One volume for all rows that have none is no mistake if it was asked for.
func TestSmellsOfSetValues(t *testing.T) {
	f := rowsFrom("id", 20, func(i int) string { return fmt.Sprint(1000 + 7*i) })
	if _, s, problems := read(t, Options{Set: track.Values{Volume: track.Value(40)}}, f); problems != nil || s.Warned > 0 {
		t.Error(problems, s.Warnings)
	}
}

// Each source is looked at by itself, except for its names.
func TestSmellsOfSeveralSources(t *testing.T) {
	_, s, problems := read(t, Options{}, file{"a.csv", "id,name\n1,a\n2,b\n"}, file{"b.csv", "id,name\n3,A\n"})
	if problems != nil {
		t.Fatal(problems)
	}
	wantProblems(t, s.Warnings, `b.csv:2:3: the name "A" and that of track 1 differ only in case`)
}

// A manifest that cannot be used smells too: it may say why there are so many problems.
func TestSmellsBesideProblems(t *testing.T) {
	_, s, problems := read(t, Options{}, file{"m.csv", "id,name\n7,1\nx,2\n9,3\n"})
	wantProblems(t, problems, `m.csv:3:1: "x" is not an id`)
	wantProblems(t, s.Warnings, "m.csv:2:3: every name is a number")
}

// A run does not hold the names that its check has compared.
func TestCaseNamesEndWithTheCheck(t *testing.T) {
	m := openFiles(Options{}, file{"m.csv", "id,name\n7,A\n8,a\n"})
	summary, err := m.Check(t.Context())
	if err != nil || len(summary.Warnings) != 1 || m.names.known != nil {
		t.Errorf("%v, %v, %d names are stored", err, summary.Warnings, len(m.names.known))
	}
}

// Only so many names are compared.
func TestCaseNamesAreBounded(t *testing.T) {
	var c caseNames
	for i := range 2 * maxNamesNoted {
		c.other(fmt.Sprintf("name %d", i), track.ID(i+1))
	}
	if len(c.known) != maxNamesNoted {
		t.Errorf("%d names are stored", len(c.known))
	}
}
