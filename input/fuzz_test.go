package input

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"tracksync/internal/track"
)

// FuzzTable, FuzzYAML, FuzzJSON and FuzzJSONL read any text. They check that nothing
// panics, that every position is in the text, that the second pass equals the first, and
// that valid values can be found in the text.
func FuzzTable(f *testing.F) {
	for _, seed := range []string{
		"id,name\n17,a\n", "id;name\r\n17;\"a\r\nb\"\r\n", "sep=|\nid|name\n1|\"\"\"\"\n", "id\n1\n1\n",
		"\ufeffID,Name,Volume,Project ID,media.url,#x,\n17,ä,5%,null,http://h/,y,\n",
		"id,name\n17,a\"b\n18,\"c\n", "id,name\n17\n1,2,3\n", ",\n\nid,name\n,\n17,\"\r\"\n", "id,name\r17,a\r",
		"000000\r\r\n0\"", "id\r\r\n17\r\n18\"\r\r\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) { examine(t, "m.csv", text) })
}

func FuzzJSON(f *testing.F) {
	for _, seed := range []string{
		`[{"id":17,"name":"\ud83d\ude00"}]`,
		`{"tracks":[{"id":1,"project":null},{"id":2,"media":{"url":"http://h/"}}]}`, `[{"id":1e3},{"id":"0x1"}]`,
		`{"id":17}`, "[\n]", `[{"id":1,"id":2}]`, `[{"a":[[[]]]}]`,
		`[{"id":1,"expect":{"name":"","volume":300,"project":null,"media":null}}]`,
		`[{"expect":{"media":{"url":null}},"id":1},{"id":2,"expect":{}}]`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) { examine(t, "m.json", text) })
}

func FuzzJSONL(f *testing.F) {
	for _, seed := range []string{"{\"id\":17}\n{\"id\":18,\"name\":\"a\"}\n", "{\"id\":17}\r\r\n\n[]\n{",
		"{\"id\": 1} x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) { examine(t, "m.jsonl", text) })
}

func FuzzYAML(f *testing.F) {
	for _, seed := range []string{
		"- id: 17\n  name: a\n- id: 18\n", "tracks:\n  - id: 17\n    project: null\n  - {id: 18}\nother: 1\n",
		"# c\n---\n- id: 17\n...\n---\n[{id: 18}]\n", "%YAML 1.2\n---\n- id: 17\n",
		"- id: 17\n  name: |\n    a\n    - b\n- id: 18\n  name: \"c\n    - d\"\n", "- &a {id: 17}\n- *a\n",
		"-\n  id: 1\r- id: 2\r\n", "- ? id\n  : 17\n",
		"- id: 17 # c\n#- id: 18\n- id: 19\n  name: >+\n   x\n\n\n- id: 20",
		"- - id: 17\n- !!map {id: 18}\n", "tracks:\n- id: 17\n  project: {id: null}\ntracks: []\n",
		"- id: 17\n  name: 'a\n- b'\n", "- id: 1\n  name: \"a\n- id: 2\n  name: b\"\n",
		"- id: 1\n  expect:\n    volume: 3\n    media: null\n- {id: 2, expect: {name: '', '#': x}}\n",
		"- {id: 1, expect: ~}\n- {id: 2, expect: {project_id: '', volum: 1}}\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		examine(t, "m.yaml", text)
		if utf8.ValidString(text) && !strings.ContainsRune(text, 0) {
			compareYAML(t, text)
		}
	})
}

// examine reads a text and checks the result.
func examine(t *testing.T, name, text string) {
	for _, opts := range []Options{{}, {OnInvalid: Skip, OnDuplicate: Last, IgnoreUnknown: true, AllowEmpty: true}} {
		m := openFiles(opts, file{name, text})
		summary, err := m.Check(context.Background())
		var problems Problems
		if err != nil && (!errors.As(err, &problems) || len(problems) == 0) {
			t.Fatalf("Check: %v", err)
		}
		for _, p := range append(problems, summary.Problems...) {
			inText(t, text, p.Position)
			if strings.ContainsFunc(p.Error(), func(r rune) bool {
				return unicode.IsControl(r) || r == utf8.RuneError && !strings.ContainsRune(text, r)
			}) || len(p.Error()) > 2000 {
				t.Fatalf("not fit to print: %q", p.Error())
			}
		}
		if err != nil {
			continue
		}
		rows := rowsOf(t, m)
		written := writtenOf(t, m)
		if len(rows) != summary.Rows || summary.Rows != summary.Valid+summary.Invalid+summary.Superseded {
			t.Fatalf("%d rows, summary %+v", len(rows), summary)
		}
		for i, row := range rows {
			inText(t, text, row.Position)
			if row.Number != i+1 || len(cellsOf(written[i])) == 0 {
				t.Fatalf("row %d: %+v", i+1, row)
			}
			if len(row.Problems) > 0 {
				continue
			}
			if !strings.Contains(text, row.Update.ID.String()) && !strings.Contains(text, `\`) {
				t.Fatalf("id %d is not in the text %q", row.Update.ID, text)
			}
			if row.Update.Project.IsNull() && !strings.Contains(text, "null") {
				t.Fatalf("a project is detached without a word: %q", text)
			}
			if said := strings.Contains(text, "expect") || strings.Contains(text, `\`); !row.Expect.Empty() && !said {
				t.Fatalf("row %d expects %+v without a word: %q", i+1, row.Expect, text)
			}
		}
		if again := rowsOf(t, m); lines1(again) != lines1(rows) {
			t.Fatalf("another pass says\n%s\nafter\n%s", lines1(again), lines1(rows))
		}
	}
}

// inText checks that a position is in the text or just after one of its lines.
func inText(t *testing.T, text string, at track.Position) {
	t.Helper()
	if at.Line == 0 {
		return
	}
	text = strings.TrimPrefix(text, "\ufeff")
	split := strings.Split(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n"), "\n")
	if at.Line > len(split) || at.Column < 1 || at.Column > utf8.RuneCountInString(split[at.Line-1])+1 {
		t.Fatalf("%s is not in %q", at, text)
	}
}

// compareYAML checks that a list gives the same rows item by item and as a whole.
func compareYAML(t *testing.T, text string) {
	text = strings.TrimPrefix(text, "\ufeff")
	parted, sound := readYAMLBy(text, (*yamlReader).documents)
	if !sound {
		return
	}
	// The library knows only version 1.1.
	for v := range strings.Lines(text) {
		if isVersion([]byte(v)) {
			return
		}
	}
	whole, sound := readYAMLBy(text, func(y *yamlReader) error {
		y.chunk = &yamlChunk{at: origin()}
		return y.whole()
	})
	if !sound {
		t.Fatalf("%q is read by its items, but not as a whole", text)
	}
	if lines1(parted) != lines1(whole) {
		t.Fatalf("%q by its items:\n%s\nas a whole:\n%s", text, lines1(parted), lines1(whole))
	}
}

// readYAMLBy returns the rows, and whether there were no problems apart from theirs.
func readYAMLBy(text string, read func(*yamlReader) error) (rows []track.Row, sound bool) {
	m := openFiles(Options{}, file{"m.yaml", text})
	sound = true
	p := &pass{ctx: context.Background(), m: m, src: m.sources[0], complain: func(track.Problem) { sound = false }}
	p.emit = func(raw *rawRow) error { rows = append(rows, raw.row); return nil }
	y := &yamlReader{p: p, lines: lines{b: bufio.NewReader(bytes.NewReader([]byte(text))), at: origin()}}
	if err := read(y); err != nil && err.Error() != "EOF" {
		return nil, false
	}
	return rows, sound
}

// FuzzTableNames writes a table as spreadsheets do and reads it back.
func FuzzTableNames(f *testing.F) {
	f.Add("a", "b\r\n\"c\"", ";", true)
	f.Add(" x\ty ", "null", ",", false)
	f.Fuzz(func(t *testing.T, first, second, delimiter string, windows bool) {
		if !strings.Contains(",;\t|", delimiter) || len(delimiter) != 1 {
			t.Skip()
		}
		end := "\n"
		if windows {
			end = "\r\n"
		}
		var b strings.Builder
		b.WriteString("name" + delimiter + "id" + end)
		for i, name := range []string{first, second} {
			b.WriteString(`"` + strings.ReplaceAll(name, `"`, `""`) + `"` + delimiter + string(rune('1'+i)) + end)
		}
		for _, name := range []string{first, second} {
			if _, bad := newRules(Options{}).name(name); bad != nil || !utf8.ValidString(name) ||
				strings.ContainsRune(name, 0) {
				t.Skip()
			}
		}
		rows, _, problems := read(t, Options{}, file{"m.csv", b.String()})
		if len(rows) != 2 || rows[0].Update.Name.String() != first || rows[1].Update.Name.String() != second {
			t.Fatalf("%q became %v %v", b.String(), rows, problems)
		}
	})
}
