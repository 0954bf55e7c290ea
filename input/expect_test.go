package input

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tracksync/internal/track"
)

func TestExpect(t *testing.T) {
	v, id, text := track.Value[int], track.Value[track.ID], track.Value[string]
	for _, c := range []struct {
		name, text string
		want       track.Values
	}{
		{"m.yaml", "- id: 17\n  expect: {volume: 40}\n", track.Values{Volume: v(40)}},
		{"m.yaml",
			"- id: 17\n  volume: 3\n  expect:\n    name: a\n    volume: 40%\n    project: null\n" +
				"    media: {url: http://h/}\n",
			track.Values{Name: text("a"), Volume: v(40), Project: track.Null[track.ID](), Media: text("http://h/")}},
		{"m.yaml", "- {id: 17, expect: {project: {id: 3}, media_url: http://h/}}\n",
			track.Values{Project: id(3), Media: text("http://h/")}},
		{"m.yaml", "- {id: 17, expect: {project_id: null, media: null}}\n",
			track.Values{Project: track.Null[track.ID](), Media: track.Null[string]()}},
		{"m.yaml", "- {id: 17, expect: {media_url: null, '#note': [x]}}\n", track.Values{Media: track.Null[string]()}},
		{"m.yaml", "- {id: 17, expect: {name: '', media_url: '', volume: 150}}\n",
			track.Values{Name: text(""), Media: text(""), Volume: v(150)}},
		{"m.yaml", "- {id: 17, expect: {name: \" \\x01\"}}\n", track.Values{Name: text(" \x01")}},
		{"m.json", `[{"id":17,"expect":{"name":"null","project_id":3}}]`,
			track.Values{Name: text("null"), Project: id(3)}},
		{"m.json", `[{"expect":{"project":null,"media":null},"id":17}]`,
			track.Values{Project: track.Null[track.ID](), Media: track.Null[string]()}},
		{"m.jsonl", `{"id":17,"expect":{"media":{"url":"http://h/"}}}`, track.Values{Media: text("http://h/")}},
		{"m.yaml", "- {id: 17, volume: 3}\n", track.Values{}},
	} {
		rows, summary, problems := read(t, Options{AllowEmpty: true}, file{c.name, c.text})
		if problems != nil {
			t.Errorf("%s: %s", c.text, problems)
			continue
		}
		var expect track.Values
		for _, v := range rows[0].Expect {
			expect = v
		}
		if expect != c.want || len(rows[0].Expect) > 1 || rows[0].Update.ID != 17 || len(summary.Warnings) > 0 {
			t.Errorf("%s: %+v, warnings %v", c.text, rows[0], summary.Warnings)
		}
		if want := map[bool]int{true: 0, false: 1}[c.want.Empty()]; summary.Expecting != want {
			t.Errorf("%s: expecting %d", c.text, summary.Expecting)
		}
	}
}

// An expectation can accept any of several states.
func TestExpectAlternatives(t *testing.T) {
	want := track.Alternatives{{Volume: track.Value(40), Project: track.Null[track.ID]()}, {Name: track.Value("a")}}
	for _, f := range []file{
		{"m.yaml", "- id: 17\n  expect:\n  - volume: 40\n    project: null\n  - name: a\n"},
		{"m.yaml", "tracks:\n- id: 17\n  expect: [{volume: 40%, project: null}, {name: a, '#': x}]\n"},
		{"m.json", `[{"id":17,"expect":[{"volume":40,"project_id":null},{"name":"a"}]}]`},
		{"m.jsonl", `{"expect":[{"volume":40,"project":null},{"name":"a"}],"id":17}`},
	} {
		rows, summary, problems := read(t, Options{AllowEmpty: true}, f)
		if problems != nil || len(rows) != 1 || !slices.Equal(rows[0].Expect, want) || summary.Expecting != 1 {
			t.Errorf("%s: %+v, %s", f.text, rows, problems)
		}
	}
}

func TestExpectProblems(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"expect:",
			[]string{`m.yaml:2:3: expect is empty (write what the track must look like before it is changed, ` +
				`for example expect: {volume: 40}, or remove it)`}},
		{"expect: null", []string{"m.yaml:2:11: expect is empty"}},
		{"expect: {}", []string{"m.yaml:2:11: expect is empty"}},
		{"expect: {'#': x}", []string{"m.yaml:2:11: expect is empty"}},
		{"expect: 40", []string{"m.yaml:2:11: expect must be a mapping, or a list of mappings (write what"}},
		{"expect: [volume]", []string{"m.yaml:2:12: expect must be a mapping, or a list of mappings (write what"}},
		{"expect: []", []string{"m.yaml:2:11: expect is empty"}},
		{"expect: [{volume: 3}, {}]", []string{"m.yaml:2:25: expect is empty"}},
		{"expect: [{volume: 3}, null]", []string{"m.yaml:2:25: expect is empty"}},
		{"expect: [{volume: 3}, [{volume: 4}]]", []string{"m.yaml:2:25: expect must be a mapping"}},
		{"expect: [{volume: 3}, {volume: x, id: 17}]",
			[]string{`m.yaml:2:34: "x" is not a volume`, `m.yaml:2:37: unknown key "id" in expect (`}},
		{"expect: [{volume: 3}, {volume: 4, volume: 5}]",
			[]string{`m.yaml:2:37: key "volume" is already at m.yaml:2:26`}},
		{"expect: [&a {volume: 3}, *a]",
			[]string{"m.yaml:2:12: anchors are not supported", "m.yaml:2:28: aliases are not supported"}},
		{"expect: [" + strings.Repeat("{volume: 3}, ", MaxAlternatives) + "{volume: 4}]",
			[]string{"m.yaml:2:11: expect has 33 alternatives, more than 32"}},
		{"expect: &a {volume: 3}", []string{"m.yaml:2:11: anchors are not supported"}},
		{"expect: {volum: 3}", []string{`m.yaml:2:12: unknown key "volum" in expect (did you mean "volume"?)`}},
		{"expect: {id: 17}", []string{`m.yaml:2:12: unknown key "id" in expect (`}},
		{"expect: {status: x, volume: 3}", []string{`m.yaml:2:12: unknown key "status" in expect (use name, volume,`}},
		{"expect: {expect: {volume: 3}}", []string{`m.yaml:2:12: unknown key "expect" in expect`}},
		{"expect: {project: {id: 3, name: x}}", []string{`m.yaml:2:29: unknown key "name" in expect`}},
		{"expect: {volume: 3}\n  expect: {volume: 4}",
			[]string{`m.yaml:3:3: key "expect" is already at m.yaml:2:3`}},
		{"expect: {volume: 3, volume: 4}", []string{`m.yaml:2:23: key "volume" is already at m.yaml:2:12`}},
		{"expect: {project: null, project_id: 3}", []string{`m.yaml:2:27: "project_id" means the same`}},
		{"expect: {project: ~}",
			[]string{`m.yaml:2:21: "~" is not a value for project_id (write null, exactly so, for a track that ` +
				`belongs`}},
		{"expect: {project: 'null'}",
			[]string{"m.yaml:2:21: null in quotation marks is a text (write null, exactly so, for a"}},
		{"expect: {project_id: NULL}",
			[]string{`m.yaml:2:24: "NULL" is not a value for project_id (write null, exactly so, for a`}},
		{"expect: {project_id: None}", []string{`m.yaml:2:24: "None" is not a project (write null, exactly so, for a`}},
		{"expect: {project: {}}",
			[]string{`m.yaml:2:21: "project" has no id (write project: {id: …}, or project: null for`}},
		{"expect: {project_id: ''}",
			[]string{`m.yaml:2:24: the expected project_id is empty ` +
				`(write what the track must have, or leave it out)`}},
		{"expect: {volume: ' '}", []string{"m.yaml:2:20: the expected volume is empty"}},
		{"expect: {media_url: ' '}", []string{"m.yaml:2:23: the expected media_url is empty"}},
		{"expect: {name: null}",
			[]string{`m.yaml:2:18: "null" is not a value for name ` +
				`(write what the track must have, or leave name out)`}},
		{"expect: {volume: }", []string{`m.yaml:2:12: a key without a value is not a value for volume (write what`}},
		{"expect: {media: ~}",
			[]string{`m.yaml:2:19: "~" is not a value for media_url (write null, exactly so, for a track without ` +
				`media`}},
		{"expect: {media: {url: null}}", []string{`m.yaml:2:25: a media's url cannot be null (write media: null`}},
		{"expect: {media: http://h/}", []string{`m.yaml:2:19: "media" must be a mapping (write media: {url: …})`}},
		{"expect: {volume: 0123, name: [x]}",
			[]string{`m.yaml:2:20: "0123" has leading zeros`, "m.yaml:2:32: name must be a single value"}},
		{"expect: {name: \"" + strings.Repeat("x", maxCell+1) + "\"}",
			[]string{"m.yaml:2:18: the name of 65537 bytes is too long"}},
		{"Expect: {volume: 3}",
			[]string{`m.yaml:2:3: unknown key "Expect" (write expectations as expect: {volume: 40}`}},
		{"expect.volume: 3", []string{`m.yaml:2:3: unknown key "expect.volume" (write expectations as`}},
	} {
		for _, opts := range []Options{{}, {IgnoreUnknown: true}} {
			_, _, problems := read(t, opts, file{"m.yaml", "- id: 17\n  " + c.text + "\n"})
			wantProblems(t, problems, c.want...)
			if t.Failed() {
				t.Fatal(c.text)
			}
		}
	}
	_, _, problems := read(t, Options{IgnoreUnknown: true}, file{"m.yaml", "expect: {volume: 3}\ntracks:\n- id: 17\n"})
	wantProblems(t, problems, `m.yaml:1:1: unknown key "expect" (write expectations as`)
	_, _, problems = read(t, Options{}, file{"m.json", `[{"id":17,"volume":"x","expect":{"volume":"y"}}]`})
	wantProblems(t, problems, `m.json:1:20: "x" is not a volume`, `m.json:1:43: "y" is not a volume`)
}

// A row with a wrong expectation must stay invalid in a table, which has no expectations.
func TestWrongExpectationStaysInvalid(t *testing.T) {
	for _, text := range []string{"expect: [{volume: 3}, {volume: x}]", "expect: []", "expect: {volume: x}", "expect:",
		"expect: {volum: 3}"} {
		rows, _, problems := readWritten(t, Options{OnInvalid: Skip, AllowEmpty: true},
			file{"m.yaml", "- id: 17\n  " + text + "\n"})
		if problems != nil || len(rows) != 1 || len(rows[0].Problems) == 0 || cellsOf(rows[0])[fID] != "17?" {
			t.Errorf("%s: %+v %v", text, rows, problems)
		}
	}
}

func TestSecretInExpectation(t *testing.T) {
	_, _, problems := read(t, Options{Secret: "write_0123"},
		file{"m.json", `[{"id":17,"expect":{"name":"write\u005f0123"}}]`})
	wantProblems(t, problems, "m.json:1:28: the API key is here")
	_, _, problems = read(t, Options{Secret: "write_0123"},
		file{"m.json", `[{"id":17,"expect":[{"volume":3},{"name":"write\u005f0123"}]}]`})
	wantProblems(t, problems, "m.json:1:42: the API key is here")
}

func TestIDs(t *testing.T) {
	const text = `
- id: 5
  volume: 1
- id: 3
- {id: 2, expect: {volume: 3}}
- id: 9
  volume: x
- id: 1
  name: a
- id: 5
  volume: 2
- {id: 8, name: b}
`
	for _, c := range []struct {
		name string
		opts Options
		want string
	}{
		{"not asked for", Options{OnInvalid: Skip, OnDuplicate: Last}, "[]"},
		{"last of duplicates", Options{KeepIDs: true, OnInvalid: Skip, OnDuplicate: Last}, "[1 2 5 8]"},
		{"neither of duplicates", Options{KeepIDs: true, OnInvalid: Skip}, "[1 2 8]"},
		{"only", Options{KeepIDs: true, OnInvalid: Skip, OnDuplicate: Last, Only: []track.ID{8, 9, 3, 5}}, "[5 8]"},
		{"limit", Options{KeepIDs: true, OnInvalid: Skip, OnDuplicate: Last, Limit: 4}, "[1 2]"},
	} {
		m := openFiles(c.opts, file{"m.yaml", text})
		if _, err := m.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(m.IDs()); got != c.want || !c.opts.KeepIDs && m.IDs() != nil {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	m := openFiles(Options{KeepIDs: true}, file{"a.csv", "id,name\n7,a\n4,b\n"}, file{"b.csv", "id,name\n3,a\n5,\n"})
	if _, err := m.Check(t.Context()); err != nil || fmt.Sprint(m.IDs()) != "[3 4 7]" {
		t.Errorf("two files: %v, %v", m.IDs(), err)
	}
	m = openFiles(Options{KeepIDs: true}, file{"a.csv", "id,volume\n7,1\n4,x\n"})
	if _, err := m.Check(t.Context()); err == nil || m.IDs() != nil {
		t.Errorf("an unusable manifest: %v, %v", m.IDs(), err)
	}
}
