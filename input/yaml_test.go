package input

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestYAMLRows(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"list", "- id: 17\n  name: a\n- id: 18\n", []string{`1 m.yaml:1:3 id=17 name="a"`, "2 m.yaml:3:3 id=18"}},
		{"under tracks", "# c\n\ntracks: # d\n# e\n  - id: 17\n  # f\n  - id: 18\n\n",
			[]string{"1 m.yaml:5:5 id=17", "2 m.yaml:7:5 id=18"}},
		{"under tracks, not indented", "tracks:\n- id: 17\n- id: 18\n",
			[]string{"1 m.yaml:2:3 id=17", "2 m.yaml:3:3 id=18"}},
		{"indented list", "  - id: 17\n  - id: 18\n", []string{"1 m.yaml:1:5 id=17", "2 m.yaml:2:5 id=18"}},
		{"dash on its own line", "-\n  id: 17\n-\n  id: 18\n", []string{"1 m.yaml:2:3 id=17", "2 m.yaml:4:3 id=18"}},
		{"flow", "[{id: 17, name: a}, {id: 18}]", []string{`1 m.yaml:1:2 id=17 name="a"`, "2 m.yaml:1:21 id=18"}},
		{"flow under tracks", "tracks: [\n {id: 17}]\n", []string{"1 m.yaml:2:2 id=17"}},
		{"documents", "- id: 17\n---\ntracks:\n- id: 18\n...\n---\n- id: 19\n--- # x\n[{id: 20}]\n---\n",
			[]string{"1 m.yaml:1:3 id=17", "2 m.yaml:4:3 id=18", "3 m.yaml:7:3 id=19", "4 m.yaml:9:2 id=20"}},
		{"directive", "%YAML 1.2\n---\n- id: 17\n", []string{"1 m.yaml:3:3 id=17"}},
		{"as written",
			"- {id: 17, name: 0x1F}\n- {id: 18, name: yes}\n- {id: 19, name: 007}\n- {id: 20, name: 1_000}\n" +
				"- {id: 21, name: 2023-01-01}\n- {id: 22, name: .inf}\n- {id: 23, name: 'null'}\n" +
				"- {id: 24, name: None}\n- {id: '25', volume: \"5.0\"}\n",
			[]string{`1 m.yaml:1:3 id=17 name="0x1F"`, `2 m.yaml:2:3 id=18 name="yes"`, `3 m.yaml:3:3 id=19 name="007"`,
				`4 m.yaml:4:3 id=20 name="1_000"`, `5 m.yaml:5:3 id=21 name="2023-01-01"`,
				`6 m.yaml:6:3 id=22 name=".inf"`, `7 m.yaml:7:3 id=23 name="null"`, `8 m.yaml:8:3 id=24 name="None"`,
				"9 m.yaml:9:3 id=25 volume=5"}},
		{"projects",
			"- {id: 1, project: null}\n- {id: 2, project_id: null}\n- {id: 3, project: {id: 3}}\n" +
				"- {id: 4, project_id: 3}\n- id: 5\n  project:\n    id: 3\n- {id: 6, project_id: ''}\n",
			[]string{"1 m.yaml:1:3 id=1 project=null", "2 m.yaml:2:3 id=2 project=null", "3 m.yaml:3:3 id=3 project=3",
				"4 m.yaml:4:3 id=4 project=3", "5 m.yaml:5:3 id=5 project=3", "6 m.yaml:8:3 id=6"}},
		{"media", "- {id: 1, media: {url: 'http://h/'}}\n- {id: 2, media_url: http://h/}\n",
			[]string{`1 m.yaml:1:3 id=1 media="http://h/"`, `2 m.yaml:2:3 id=2 media="http://h/"`}},
		{"scalars over lines",
			"- id: 17\n  name: |\n    a\n    - b\n\n- id: 18\n  name: >-\n    c\n    d\n- id: 19\n  name: \"e\n" +
				"    - f\"\n- id: 20\n  name: g\n    h\n",
			[]string{`1 m.yaml:1:3 id=17 name="a\n- b\n"`, `2 m.yaml:6:3 id=18 name="c d"`,
				`3 m.yaml:10:3 id=19 name="e - f"`, `4 m.yaml:13:3 id=20 name="g h"`}},
		{"carriage returns", "- id: 17\r\n  name: a\r\n\r\n- id: 18\r- id: 19\r",
			[]string{`1 m.yaml:1:3 id=17 name="a"`, "2 m.yaml:4:3 id=18", "3 m.yaml:5:3 id=19"}},
		{"byte order mark", "\ufeff- id: 17\n", []string{"1 m.yaml:1:3 id=17"}},
		{"always ignored", "- id: 17\n  error: x\n  status: [y]\n  '#note': {z: 1}\n", []string{"1 m.yaml:1:3 id=17"}},
		{"astral letters", "- {name: \"😀\\U0001F600\", id: 17}\n", []string{`1 m.yaml:1:3 id=17 name="😀😀"`}},
		{"a comment that looks like an item", "- id: 17\n#- id: 18\n- id: 19\n",
			[]string{"1 m.yaml:1:3 id=17", "2 m.yaml:3:3 id=19"}},
		{"a long key and line", "- {'" + strings.Repeat("#", 900) + "': x, id: 17}\n", []string{"1 m.yaml:1:3 id=17"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows, _, problems := read(t, Options{AllowEmpty: true}, file{"m.yaml", c.text})
			if problems != nil {
				t.Fatal(problems)
			}
			wantRows(t, rows, c.want...)
		})
	}
}

func TestYAMLProblems(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"octal", "- id: 17\n  volume: 0123\n", []string{`m.yaml:2:11: "0123" has leading zeros`}},
		{"after letters of many bytes", "- {id: 17, name: \"Größe 😀\", volume: x}\n",
			[]string{`m.yaml:1:37: "x" is not a volume`}},
		{"after a scalar over lines", "- id: 17\n  name: |\n    ä\n    b\n  volume: x\n", []string{`m.yaml:5:11: "x"`}},
		{"project without a value", "- id: 17\n  project:\n",
			[]string{"m.yaml:2:3: a key without a value is not a value for project_id (write null, exactly so"}},
		{"project ~", "- {id: 17, project: ~}\n",
			[]string{`m.yaml:1:21: "~" is not a value for project_id (write null`}},
		{"project NULL", "- {id: 17, project_id: NULL}\n",
			[]string{`m.yaml:1:24: "NULL" is not a value for project_id (write null`}},
		{"project 'null'", "- {id: 17, project: 'null'}\n",
			[]string{"m.yaml:1:21: null in quotation marks is a text (write null"}},
		{"project_id block null", "- id: 17\n  project_id: |\n    null\n",
			[]string{"m.yaml:2:15: null in quotation marks is a text (write null"}},
		{"project None", "- {id: 17, project_id: None}\n",
			[]string{`m.yaml:1:24: "None" is not a project (write null`}},
		{"project {id: null}", "- {id: 17, project: {id: null}}\n",
			[]string{"m.yaml:1:26: a project's id cannot be null (write project: null"}},
		{"project {id: }", "- {id: 17, project: {id: }}\n",
			[]string{"m.yaml:1:22: a project's id cannot be null (write project: null"}},
		{"project {id: 'null'}", "- {id: 17, project: {id: 'null'}}\n",
			[]string{"m.yaml:1:26: a project's id cannot be null"}},
		{"project {}", "- {id: 17, project: {}}\n",
			[]string{`m.yaml:1:21: "project" has no id (write project: {id: …}, or project: null`}},
		{"project a number", "- {id: 17, project: 3}\n",
			[]string{`m.yaml:1:21: "3" is not a project (write project: {id: 3}`}},
		{"project a list", "- {id: 17, project: [3]}\n", []string{"m.yaml:1:21: project_id must be a single value"}},
		{"project with a name", "- {id: 17, project: {id: 3, name: x}}\n",
			[]string{`m.yaml:1:29: unknown key "name" (use id`}},
		{"tagged null", "- {id: 17, project: !!null null}\n", []string{"m.yaml:1:21: tags are not supported"}},
		{"tagged text null", "- {id: 17, project_id: !!str null}\n", []string{"m.yaml:1:24: tags are not supported"}},
		{"another directive", "%TAG !e! tag:example.com,2000:\n---\n- id: x\n",
			[]string{`m.yaml:3:7: "x" is not an id`}},
		{"directive without a document", "%YAML 1.2\n- id: 17\n", []string{"m.yaml:2:1: there is more text after"}},
		{"directive inside", "---\n%TAG ! !\n---\n- id: 17\n", []string{"m.yaml:2:1: a directive inside a document"}},
		{"bare tag null", "- {id: 17, project: ! null}\n", []string{"m.yaml:1:21: tags are not supported"}},
		{"null for others",
			"- id:\n  name: null\n  volume: ~\n  media: null\n- {id: 18, media: {url: null}}\n" +
				"- {id: 19, media_url: null}", []string{
				"m.yaml:1:3: a key without a value is not a value for id", `m.yaml:2:9: "null" is not a value for name`,
				`m.yaml:3:11: "~" is not a value for volume`, `m.yaml:4:10: "null" is not a value for media_url`,
				`m.yaml:5:25: "null" is not a value for media_url`,
				`m.yaml:6:23: "null" is not a value for media_url`}},
		{"media a text", "- {id: 17, media: http://h/}\n",
			[]string{`m.yaml:1:19: "media" must be a mapping (write media: {url: …})`}},
		{"media without url", "- {id: 17, media: {uri: http://h/}}\n",
			[]string{`m.yaml:1:19: "media" has no url`, `m.yaml:1:20: unknown key "uri" (did you mean "url"?)`}},
		{"both keys", "- {id: 17, project: null, project_id: 3, media: {url: 'http://h'}, media_url: http://h}\n",
			[]string{`m.yaml:1:27: "project_id" means the same as the key for m.yaml:1:21`,
				`m.yaml:1:68: "media_url" means`}},
		{"twice", "- id: 17\n  name: a\n  name: b\n", []string{`m.yaml:3:3: key "name" is already at m.yaml:2:3`}},
		{"unknown", "- {id: 17, volum: 3}\n", []string{`m.yaml:1:12: unknown key "volum" (did you mean "volume"?)`}},
		{"no mapping", "- 17\n- [id, 18]\n-\n- id 19\n", []string{"m.yaml:1:3: an entry must be",
			"m.yaml:2:3: an entry must be", "m.yaml:3:2: an entry must be", "m.yaml:4:3: an entry must be"}},
		{"key no word", "- {id: 17, [a]: b}\n", []string{"m.yaml:1:12: a key must be a single word"}},
		{"merge", "- &a {id: 17}\n- {<<: *a, id: 18}\n",
			[]string{"m.yaml:1:3: anchors are not supported", `m.yaml:2:4: unknown key "<<"`}},
		{"alias across entries", "- id: 17\n  name: &n x\n- id: 18\n  name: *n\n",
			[]string{"m.yaml:2:9: anchors are not supported", "m.yaml:4:9: aliases are not supported"}},
		{"alias to itself", "- &a [*a]\n", []string{"m.yaml:1:3: anchors are not supported"}},
		{"binary", "- {id: 17, name: !!binary aGk=}\n", []string{"m.yaml:1:18: tags are not supported"}},
		{"other top keys", "version: 1\ntracks:\n- id: 17\n", []string{`m.yaml:1:1: unknown key "version"`}},
		{"top keys after the list", "tracks:\n- id: 17\n# c\ntrack: 1\ntracks: []\n",
			[]string{`m.yaml:4:1: unknown key "track" (did you mean "tracks"?)`,
				`m.yaml:5:1: key "tracks" is already in this document`}},
		{"one track", "id: 17\nname: a\n", []string{`m.yaml:1:1: unknown key "id" (write a list of tracks`,
			"m.yaml:1:1: there is no list of tracks", `m.yaml:2:1: unknown key "name"`}},
		{"a text", "hello\n", []string{"m.yaml:1:1: there is no list of tracks"}},
		{"tracks no list", "tracks: {id: 17}\n", []string{"m.yaml:1:9: tracks must be a list"}},
		{"tracks nothing", "tracks:\n", []string{"m.yaml:1:8: tracks must be a list"}},
		{"bad indentation", "- id: 17\n   name: a\n- id: 18\n  volume: x\n",
			[]string{"m.yaml:2:8: this is not YAML: mapping values are not allowed", "m.yaml:4:11: "}},
		{"item too far left", "  - id: 17\n- id: 18\n", []string{"m.yaml:2:1: this is not YAML"}},
		{"after the end", "- id: 17\n...\n- id: 18\n",
			[]string{"m.yaml:3:1: there is more text after the end of a document"}},
		{"unclosed", "- id: 17\n  name: ä \"b\n- id: 18\n  name: \"c\n- id: 19\n",
			[]string{"m.yaml:4:9: the quotation mark that opens here is never closed"}},
		{"tab", "- id: 17\n\tname: a\n", []string{"m.yaml:2:1: this is not YAML"}},
		{"control character", "- id: 17\n  name: ä\x01\n", []string{"m.yaml:2:10: the character U+0001"}},
		{"odd line break", "- id: 17\n  name: ä\u2028b\n",
			[]string{`m.yaml:2:10: the character U+2028 (remove it, or write it as an escape between double ` +
				`quotation marks, "\u2028"`}},
		{"deep", "- id: " + strings.Repeat("[", 100) + "\n",
			[]string{"m.yaml:1:39: more than 32 lists and mappings within each other"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, problems := read(t, Options{}, file{"m.yaml", c.text})
			wantProblems(t, problems, c.want...)
		})
	}
}

func TestYAMLIgnoresUnknown(t *testing.T) {
	for _, text := range []string{
		"tracks:\n- id: 17\n  colour: {a: [1]}\nversion: 1\n", "version: 1\ntracks:\n- {id: 17, colour: red}\n",
		"tracks:\n  - {id: 17, colour: red}\nversion:\n  a: 1\n---\n[]\n",
	} {
		rows, summary, problems := read(t, Options{IgnoreUnknown: true, AllowEmpty: true}, file{"m.yaml", text})
		if len(rows) != 1 || problems != nil || len(summary.Warnings) != 2 {
			t.Errorf("%q: %v %v %v", text, rows, problems, summary.Warnings)
		}
	}
	_, _, problems := read(t, Options{IgnoreUnknown: true}, file{"m.yaml", "- id: 17\n  expect: {}\n"})
	wantProblems(t, problems, "m.yaml:2:11: expect is empty")
	_, _, problems = read(t, Options{IgnoreUnknown: true}, file{"m.yaml", "tracks:\n  - id: 17\n a: 1\n"})
	wantProblems(t, problems, "m.yaml:3:2: this is not part of the list of tracks")
}

// A row that is invalid here must stay invalid in the list of rows to run again, which is
// a table.
func TestCellsStayInvalid(t *testing.T) {
	text := `- {id: 1, project: 'null'}
- {id: 2, name: null, volume: x}
- {id: 3, volum: 5}
- {id: 4, name: a, name: b}
- {id: 5, project: {id: null}}
- {id: 6, project: }
- {id: 7, name: [a]}
- {id: 8, media: {url: ~}}
- 9
- {id: 10, volume: null}
- {id: 11, project: ~, project_id: null}
- {id: 12, volume: !!int 5}
`
	rows, _, problems := readWritten(t, Options{OnInvalid: Skip, AllowEmpty: true}, file{"m.yaml", text})
	if len(rows) != 12 || problems != nil {
		t.Fatalf("%d rows, %v", len(rows), problems)
	}
	for _, r := range rows {
		again, _, problems := read(t, Options{OnInvalid: Skip, AllowEmpty: true},
			file{"failed.csv", tableOfRow(cellsOf(r))})
		if problems != nil || len(again) != 1 || len(again[0].Problems) == 0 {
			t.Errorf("%s\nbecame %q, which is valid", says(r.Row), cellsOf(r))
		}
	}
	// A valid row has the same values there.
	rows, _, _ = readWritten(t, Options{},
		file{"m.yaml", "- {id: 1, name: \" a\\r\\nb\\\"\", volume: 5%, project: null, media: {url: http://h/}}\n"})
	again, _, problems := read(t, Options{}, file{"failed.csv", tableOfRow(cellsOf(rows[0]))})
	if problems != nil || again[0].Update != rows[0].Update {
		t.Errorf("%s became %v %v", says(rows[0].Row), again, problems)
	}
}

func tableOfRow(cells []string) string {
	var b strings.Builder
	b.WriteString("id,name,volume,project_id,media_url\n")
	for i, c := range cells {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"` + strings.ReplaceAll(c, `"`, `""`) + `"`)
	}
	return b.String() + "\n"
}

func TestYAMLBounds(t *testing.T) {
	_, _, problems := read(t, Options{}, file{"m.yaml", "- id: 1\n- id: 2\n" + strings.Repeat("  x: 1\n", maxEntry/4)})
	wantProblems(t, problems, "m.yaml:2:1: an entry of more than")
	_, _, problems = read(t, Options{}, file{"m.yaml", "[\n" + strings.Repeat("{id: 1},\n", maxDocument/8)})
	wantProblems(t, problems, fmt.Sprintf("m.yaml:1:1: more than %d bytes of YAML that can only be read as a whole",
		maxDocument))

	// Short documents that expand to very much are refused as fast as others.
	var laughs strings.Builder
	laughs.WriteString("a0: &a0 [x,x,x,x,x,x,x,x,x]\n")
	for i := 1; i < 20; i++ {
		fmt.Fprintf(&laughs, "a%d: &a%d [%s*a%d]\n", i, i, strings.Repeat(fmt.Sprintf("*a%d,", i-1), 8), i-1)
	}
	began := time.Now()
	if _, _, problems = read(t, Options{}, file{"m.yaml", laughs.String() + "tracks: *a19\n"}); len(problems) == 0 {
		t.Error("taken")
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}
