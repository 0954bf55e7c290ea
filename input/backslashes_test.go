package input

import (
	"strings"
	"testing"
)

// Tables that a database wrote with escapes are refused, and the hint says how to export
// them instead.
func TestBackslashes(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a volume", "id,volume\n17,\\N\n",
			`m.csv:2:4: "\\N" is not a volume (leave it out to keep the track's volume; MySQL and PostgreSQL write \N for no`},
		{"a project", "id,project\n17,\\N\n", `m.csv:2:4: "\\N" is not a project (write null, exactly so`},
		{"a URL", "id,media\n17,\\N\n", `m.csv:2:4: "\\N" is not a URL (leave it out to keep the track's media; MySQL`},
		{"a name", "id,name\n17,\\N\n",
			`m.csv:2:4: the name is "\\N", which databases write for no value (MySQL and PostgreSQL write \N for no value: ` +
				`export empty cells instead`},
		{"an id", "id,name\n\\N,a\n", `m.csv:2:1: "\\N" is not an id`},
		{"an escape beside a comment", "id,name,#note\n17,a\\nb,\n18,c,\\N\n",
			`m.csv:2:4: the name has \n, and this table has \N: a database wrote it with escapes (CSV has no escapes: export`},
		{"an escaped line break", "id\tname\tvolume\n17\ta\\\n b\t5\n",
			`m.csv:2:1: the row has 2 cells, the header has 3 (a backslash at the end of a cell looks like the escape of a`},
		{"an escaped delimiter", "id,name,volume\n17,a\\,b,5\n",
			`m.csv:2:9: the row has 4 cells, the header has 3 (a backslash at the end of a cell`},
		{"an escaped quotation mark", "id,name\n17,\"say \\\"hi\\\"\"\n",
			`m.csv:2:10: a quotation mark inside a quoted cell (a backslash before a quotation mark is no escape in CSV: double`},
	} {
		_, _, problems := read(t, Options{OnInvalid: Skip, IgnoreUnknown: true, AllowEmpty: true}, file{"m.csv", c.text})
		if problems == nil {
			_, summary, _ := read(t, Options{OnInvalid: Skip, AllowEmpty: true}, file{"m.csv", c.text})
			problems = summary.Problems
		}
		if len(problems) == 0 {
			t.Errorf("%s is accepted", c.name)
			continue
		}
		if got := inLines(problems[0].Error()); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s:\n got %s\nwant %s…", c.name, got, c.want)
		}
	}
}

// Without such a sign a backslash is a character like any other.
func TestBackslashesThatAreMeant(t *testing.T) {
	for _, name := range []string{`AC\DC`, `a\nb`, `C:\\new`, `\`, `\n`} {
		rows, _, problems := read(t, Options{}, file{"m.csv", "id,name\n17," + name + "\n"})
		if problems != nil || rows[0].Update.Name.String() != name {
			t.Errorf("%s: %v %v", name, rows, problems)
		}
	}
}

// Tables without a header, and with names in quotation marks of SQL, get one message.
func TestNamesThatAreNone(t *testing.T) {
	for text, want := range map[string]string{
		"17,Intro,55,https://h/a\n18,Outro,40,\n": `m.csv:1:1 (A1): there is no column id; the columns are "17", "Intro", ` +
			`"55", "https://h/a" (the first row seems to be a track: put a row with the names of the columns above it`,
		"'id','name'\n17,'a'\n": `m.csv:1:1 (A1): there is no column id; the columns are "'id'", "'name'" (CSV has no ` +
			`quotation marks like '; in sqlite3 export with .mode csv`,
	} {
		_, _, problems := read(t, Options{}, file{"m.csv", text})
		wantProblems(t, problems, want)
	}
	_, _, problems := read(t, Options{}, file{"m.csv", ",id,name\n0,17,a\n"})
	wantProblems(t, problems, `m.csv:2:1 (A2): the value "0" is in a column without a name (name the column in the header, `+
		`empty it, or use --ignore-unknown; pandas and R write row numbers there`)
}
