package input

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"tracksync/internal/track"
)

func lines1(rows []track.Row) string {
	var all []string
	for _, r := range rows {
		all = append(all, says(r))
	}
	return strings.Join(all, "\n")
}

func wantRows(t *testing.T, rows []track.Row, want ...string) {
	t.Helper()
	if got := lines1(rows); got != strings.Join(want, "\n") {
		t.Errorf("rows:\n%s\nwant:\n%s", got, strings.Join(want, "\n"))
	}
}

func TestDuplicates(t *testing.T) {
	a := file{"a.csv", "id,volume\n17,1\n18,2\n17,3\n"}
	b := file{"b.yaml", "- id: 19\n- volume: 4\n  id: 17\n- id: 18\n  volume: x\n"}

	_, _, problems := read(t, Options{}, a, b)
	wantProblems(t, problems, "a.csv:4:1: id 17 is already at a.csv:2:1 (keep one row, or use --on-duplicate last)",
		"b.yaml:3:7: id 17 is already at a.csv:2:1", "b.yaml:4:7: id 18 is already at a.csv:3:1",
		`b.yaml:5:11: "x" is not a volume`)

	rows, summary, _ := read(t, Options{OnDuplicate: Last, OnInvalid: Skip}, a, b)
	wantRows(t, rows, "1 a.csv:2:1 id=17 volume=1 superseded", "2 a.csv:3:1 id=18 volume=2 superseded",
		"3 a.csv:4:1 id=17 volume=3 superseded",
		"4 b.yaml:1:3 id=19", "5 b.yaml:2:3 id=17 volume=4",
		"6 b.yaml:4:3 id=18\n    ! b.yaml:5:11: \"x\" is not a volume (write whole percents, for example 55)")
	if summary.Rows != 6 || summary.Valid != 2 || summary.Invalid != 1 || summary.Superseded != 3 ||
		summary.Skipped != 1 || summary.Sets.Volume != 1 {
		t.Errorf("summary %+v", summary)
	}

	// It is unclear which of the rows is meant, so none is sent.
	rows, summary, _ = read(t, Options{OnInvalid: Skip, AllowEmpty: true}, a, b)
	if summary.Valid != 1 || summary.Invalid != 5 || len(rows[0].Problems) != 1 ||
		rows[0].Problems[0].Message != "id 17 is in more than one row" {
		t.Errorf("summary %+v, first row %s", summary, says(rows[0]))
	}
}

func TestManyDuplicates(t *testing.T) {
	var b strings.Builder
	b.WriteString("id,volume\n")
	for i := range 30_000 {
		fmt.Fprintf(&b, "%d,5\n", 1+i%15_000)
	}
	_, _, problems := read(t, Options{}, file{"m.csv", b.String()})
	if len(problems) != maxProblems+1 || problems[0].Message != "id 1 is already at m.csv:2:1 (A2, id)" ||
		problems[0].Position.Line != 15_002 ||
		problems[maxProblems].Message != "and 14000 more problems" {
		t.Errorf("%d problems: %s … %s", len(problems), problems[0], problems[len(problems)-1])
	}
	rows, summary, _ := read(t, Options{OnDuplicate: Last}, file{"m.csv", b.String()})
	if summary.Superseded != 15_000 || summary.Valid != 15_000 || !rows[14_999].Superseded || rows[15_000].Superseded {
		t.Errorf("summary %+v", summary)
	}
}

func TestSelection(t *testing.T) {
	a := file{"a.csv", "id,volume\n17,1\n18,2\n17,3\nx,4\n19,5\n"}
	opts := Options{OnDuplicate: Last, OnInvalid: Skip}

	opts.Only = []track.ID{19, 17}
	rows, summary, _ := read(t, opts, a)
	wantRows(t, rows, "1 a.csv:2:1 id=17 volume=1 superseded", "2 a.csv:4:1 id=17 volume=3",
		"3 a.csv:6:1 id=19 volume=5")
	if summary.Rows != 3 || summary.Valid != 2 || summary.Invalid != 0 || summary.Superseded != 1 ||
		summary.Sources[0].Rows != 5 {
		t.Errorf("summary %+v", summary)
	}

	opts.Only, opts.Limit = nil, 3
	rows, summary, _ = read(t, opts, a)
	if len(rows) != 3 || rows[0].Update.ID != 18 || rows[1].Update.ID != 17 || len(rows[2].Problems) != 1 ||
		summary.Rows != 3 || summary.Invalid != 1 {
		t.Errorf("%s\n%+v", lines1(rows), summary)
	}

	_, _, problems := read(t, Options{Only: []track.ID{19, 5, 4}, OnDuplicate: Last, OnInvalid: Skip}, a)
	wantProblems(t, problems, `a.csv:5:1: "x" is not an id`, "--only: no row has the id 4, 5")

	// All rows are checked, even those that are not selected.
	_, _, problems = read(t, Options{Only: []track.ID{19}, OnDuplicate: Last}, a)
	wantProblems(t, problems, `a.csv:5:1: "x" is not an id`)
}

func TestEmptiness(t *testing.T) {
	full := file{"full.csv", "id,volume\n17,5\n"}
	for name, texts := range map[string][]string{
		"m.csv": {"", "\n\n", "id,name\n", "id,name\n,\n"}, "m.json": {"", "[]", `{"tracks": []}`},
		"m.jsonl": {"", "\n"},
		"m.yaml":  {"", "# nothing\n", "[]", "tracks: []", "---\n---\n"},
	} {
		for _, text := range texts {
			_, _, problems := read(t, Options{}, full, file{name, text})
			wantProblems(t, problems, name+": the manifest has no rows (--allow-empty accepts it anyway)")
			rows, summary, problems := read(t, Options{AllowEmpty: true}, full, file{name, text})
			if len(rows) != 1 || summary.Rows != 1 || problems != nil {
				t.Errorf("%s %q with --allow-empty: %v, %v", name, text, rows, problems)
			}
		}
	}
	bad := file{"bad.csv", "id\nx\n"}
	_, _, problems := read(t, Options{OnInvalid: Skip}, full, bad)
	wantProblems(t, problems, "bad.csv: the manifest has no valid row", `bad.csv:2:1: "x" is not an id`)
	if rows, _, problems := read(t, Options{OnInvalid: Skip, AllowEmpty: true}, bad); len(rows) != 1 ||
		problems != nil {
		t.Errorf("%v, %v", rows, problems)
	}
}

// If it is unclear where a row ends, the problem cannot be skipped.
func TestSkipDoesNotCoverStructure(t *testing.T) {
	for name, text := range map[string]string{
		"a.csv": "id,name\n17,a\n18,b\"c\n", "b.csv": "id,name\n17,a\n18,\"c\n", "c.csv": "id,name\n17,a\n18,\xff\n",
		"d.csv":  "id,nam\n17,a\n",
		"a.yaml": "- id: 17\n- id: [\n", "b.yaml": "- id: 17\n- name: \"a\n", "c.yaml": "tracks:\n- id: 17\nother: 1\n",
		"a.json": "[{\"id\":17},]",
	} {
		if _, _, problems := read(t, Options{OnInvalid: Skip}, file{name, text}); len(problems) != 1 {
			t.Errorf("%s %q: %v", name, text, problems)
		}
	}
	rows, _, problems := read(t, Options{OnInvalid: Skip},
		file{"a.jsonl", "{\"id\":17,\"volume\":5}\n{\"id\":\n{\"id\":18}\n"})
	if len(rows) != 3 || len(rows[1].Problems) != 1 || problems != nil {
		t.Errorf("%s %v", lines1(rows), problems)
	}
}

func TestSummary(t *testing.T) {
	text := "id;name;volume;project_id;media_url\n10;a;;;\n2;;5;;\n3;;;null;\n4;;;7;https://u:p@h/\n5;#N/A;;;\n6;;;;\n"
	_, s, problems := read(t, Options{}, file{"m.csv", text})
	if problems != nil {
		t.Fatal(problems)
	}
	if s.Rows != 6 || s.Valid != 6 || s.Skipped != 1 || s.Sets.Name != 2 || s.Sets.Volume != 1 || s.Sets.Project != 2 ||
		s.Sets.Media != 1 || s.ProjectNull != 1 {
		t.Errorf("counts %+v", s)
	}
	src := s.Sources[0]
	if src.Name != "m.csv" || src.Size != int64(len(text)) || src.Format != CSV || src.Delimiter != ';' ||
		len(src.SHA256) != 64 || src.Rows != 6 || len(s.Table.Columns) != 5 {
		t.Errorf("source %+v", src)
	}
	wantProblems(t, s.Warnings, "m.csv:5:7: the media URL contains a user name",
		"m.csv:6:3: the name is what a spreadsheet writes")
	if _, s, _ := read(t, Options{}, file{"a.csv", "id\n1\n"}, file{"b.csv", "id\n2\n"}); s.Table != nil {
		t.Errorf("the table of two is %+v", s.Table)
	}
}

func TestUnusableBeforeCheck(t *testing.T) {
	m := openFiles(Options{}, file{"m.csv", "id\nx\n"})
	if _, err := m.Check(context.Background()); err == nil {
		t.Fatal("checked")
	}
	for row, err := range m.Rows(context.Background()) {
		if err == nil {
			t.Errorf("row %v of a manifest that may not be used", row)
		}
	}
}

func TestCancelled(t *testing.T) {
	stop := errors.New("stop")
	for name, text := range map[string]string{"m.csv": "id\n1\n2\n", "m.yaml": "- id: 1\n- id: 2\n",
		"m2.yaml": "[{id: 1}, {id: 2}]", "m.json": `[{"id":1},{"id":2}]`, "m.jsonl": "{\"id\":1}\n{\"id\":2}\n"} {
		ctx, cancel := context.WithCancelCause(context.Background())
		defer cancel(nil)
		m := openFiles(Options{AllowEmpty: true}, file{name, text})
		if _, err := m.Check(ctx); err != nil {
			t.Fatal(err)
		}
		var got error
		rows := 0
		for _, err := range m.Rows(ctx) {
			if err != nil {
				got = err
				break
			}
			rows++
			cancel(stop)
		}
		if rows != 1 || !errors.Is(got, stop) {
			t.Errorf("%s: %d rows, %v", name, rows, got)
		}
		if _, err := openFiles(Options{}, file{name, text}).Check(ctx); !errors.Is(err, stop) {
			t.Errorf("%s: Check says %v", name, err)
		}
	}
}

func TestRowsMayBeLeft(t *testing.T) {
	m := openFiles(Options{}, file{"m.csv", tableOf(100)}, file{"n.yaml", "- {id: 1000, volume: 5}\n"})
	if _, err := m.Check(context.Background()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		for row := range m.Rows(context.Background()) {
			if row.Number == 3 {
				break
			}
		}
	}
	if rows := rowsOf(t, m); len(rows) != 101 || rows[100].Number != 101 {
		t.Errorf("%d rows", len(rows))
	}
}

// The number of stored problems is bounded.
func TestKeptIsBounded(t *testing.T) {
	var c collector
	for i := range 10 * maxProblems {
		c.add(0, 0, track.Problem{Position: track.Position{File: "m", Line: 10*maxProblems - i}})
	}
	if len(c.stored) > 2*maxProblems {
		t.Errorf("%d problems are kept", len(c.stored))
	}
	if list, _ := c.sorted(); list[maxProblems].Message != "and 9000 more problems" {
		t.Errorf("the last is %s", list[maxProblems])
	}

	var b strings.Builder
	b.WriteString("id\n")
	for i := range 2 * (maxPlaces + 1000) {
		fmt.Fprintf(&b, "%d\n", 1+i%(maxPlaces+1000))
	}
	m := openFiles(Options{OnInvalid: Skip, AllowEmpty: true}, file{"m.csv", b.String()})
	if _, err := m.Check(context.Background()); err != nil {
		t.Fatal(err)
	}
	if len(m.repeated.first) != maxPlaces {
		t.Errorf("%d places are kept", len(m.repeated.first))
	}
	rows := rowsOf(t, m)
	if got := rows[len(rows)-1].Problems[0].Message; got != "id 11000 is in more than one row" {
		t.Error(got)
	}

	_, _, problems := read(t, Options{}, file{"m.yaml", "- {id: 1, " + strings.Repeat("[]: x, ", 500) + "}\n"})
	if len(problems) != maxRowProblems+1 || problems[maxRowProblems].Message != "and 400 more problems in this entry" {
		t.Errorf("%d problems of an entry", len(problems))
	}
}

// No id is reported as missing if part of a file was not read.
func TestMissingNeedsAll(t *testing.T) {
	_, _, problems := read(t, Options{Only: []track.ID{18}}, file{"m.csv", "id\n17\n\xff\n18\n"})
	wantProblems(t, problems, "m.csv:3:1: the byte 0xFF")
}

// If the number of rows differs from the number that was checked, the run stops, even if
// nothing else notices the change.
func TestOtherNumberOfRows(t *testing.T) {
	for _, off := range []int{-1, 1} {
		m := openFiles(Options{}, file{"m.csv", tableOf(3)})
		if _, err := m.Check(context.Background()); err != nil {
			t.Fatal(err)
		}
		m.sources[0].found.Rows += off
		if rows, err := rowsUntil(m); !errors.Is(err, ErrChanged) || len(rows) > 3 {
			t.Errorf("%d rows, %v", len(rows), err)
		}
	}
}

// Counts include the problems and warnings that are not listed.
func TestCountsAreTrue(t *testing.T) {
	rows := func(n int, row string) string { return strings.Repeat(row, n) }
	for _, c := range []struct {
		name                 string
		opts                 Options
		file                 file
		found, rows, invalid int
		partly               bool
		listed               int
		last                 string
	}{
		{"as many as are kept", Options{}, file{"m.csv", "id,volume\n" + rows(1000, "x,1\n")}, 1000, 1000, 1000, false,
			1000, "is not an id"},
		{"one more", Options{}, file{"m.csv", "id,volume\n" + rows(1001, "x,1\n")}, 1001, 1001, 1001, false, 1001,
			"is not an id"},
		{"two more", Options{}, file{"m.csv", "id,volume\n" + rows(1002, "x,1\n")}, 1002, 1002, 1002, false, 1001,
			"and 2 more problems"},
		{"two a row", Options{}, file{"m.csv", "id,volume\n" + rows(5000, "x,y\n")}, 10_000, 5000, 5000, false, 1001,
			"and 9000 more problems"},
		{"rows of one id", Options{}, file{"m.csv", "id,volume\n" + rows(3000, "17,1\n")}, 2999, 3000, 3000, false,
			1001, "and 1999 more problems"},
		{"rows of one id, and a valid one", Options{}, file{"m.csv", "id,volume\n18,1\n" + rows(2, "17,1\n")}, 1, 3, 2,
			false, 1, "id 17 is already at"},
		{"a part of the rows", Options{Only: []track.ID{17, 18}, OnDuplicate: Last},
			file{"m.csv", "id,volume\n18,x\n17,1\n17,1\n19,1\n"}, 1, 3, 1, false, 1, "is not a volume"},
		{"a header beside them", Options{}, file{"m.csv", "id,colour\n" + rows(2, "x,1\n")}, 3, 2, 2, false, 3,
			"is not an id"},
		{"a row that cannot be read", Options{}, file{"m.csv", "id,name\n17,a\"\n18,a\n0,a\n"}, 2, 3, 2, true, 2,
			"is not an id"},
		{"a row that cannot be read, with --on-invalid skip", Options{OnInvalid: Skip, Limit: 3},
			file{"m.csv", "id,name\n17,a\"\n18,a\n0,a\n19,a\n"}, 2, 3, 2, true, 2, "is not an id"},
		{"a file that is not read to its end", Options{}, file{"m.json", `[{"id":0},{"id":1},}`}, 2, 2, 1, true, 2,
			"expected a value"},
		{"an item that cannot be read", Options{}, file{"m.yaml", "- id: 17\n- id: [\n- id: 0\n"}, 2, 2, 1, true, 2,
			"is not an id"},
		{"very many in one entry", Options{}, file{"m.json", `[{"id":17` + rows(150, `,"id":17`) + `}]`}, 150, 1, 1,
			false, 101, "and 50 more problems in this entry"},
		{"very many in an expectation", Options{},
			file{"m.json", `[{"id":17,"expect":{"volume":1` + rows(150, `,"volume":1`) + `}}]`}, 150, 1, 1, false, 101,
			"and 50 more problems in this entry"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, s, problems := read(t, c.opts, c.file)
			if s.Found != c.found || s.Rows != c.rows || s.Invalid != c.invalid || s.Partly != c.partly ||
				s.Rows != s.Valid+s.Invalid+s.Superseded {
				t.Errorf("found %d, rows %d = %d valid, %d invalid, %d superseded, partly %t", s.Found, s.Rows, s.Valid,
					s.Invalid, s.Superseded, s.Partly)
			}
			if len(problems) != c.listed || !strings.Contains(problems[len(problems)-1].Message, c.last) {
				t.Errorf("%d problems, the last: %v", len(problems), problems[len(problems)-1])
			}
		})
	}
	_, s, _ := read(t, Options{}, file{"m.csv", "id,name\n" + func() (b string) {
		for i := range 300 {
			b += fmt.Sprintf("%d,#REF!\n", i+17)
		}
		return b
	}()})
	if len(s.Warnings) != maxOfKind || s.Warned != 300 ||
		s.MoreWarnings[0].Message != "and 290 more names that are formulas, or what a spreadsheet writes for a "+
			"broken one" {
		t.Errorf("%d warnings, the last: %v", len(s.Warnings), s.MoreWarnings)
	}
}
