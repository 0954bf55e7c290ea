package input

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestJSONRows(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"list", `[{"id":17,"name":"a"},{"id":18}]`, []string{`1 m.json:1:2 id=17 name="a"`, "2 m.json:1:23 id=18"}},
		{"under tracks", "{\n \"tracks\": [\n  {\"id\": 17}\n ]\n}\n", []string{"1 m.json:3:3 id=17"}},
		{"escapes", `[{"id":17,"name":"\ud83d\ude00\/\"\\\b\f\n\r\tä\u00e4"}]`, nil},
		{"good escapes", `[{"id":17,"name":"\ud83d\ude00\/\"\\\n\r\tä\u00e4"}]`,
			[]string{`1 m.json:1:2 id=17 name="😀/\"\\\n\r\tää"`}},
		{"long key", `[{"` + strings.Repeat("#", 5000) + `":[{}],"id":17}]`, []string{"1 m.json:1:2 id=17"}},
		{"projects",
			`[{"id":1,"project":null},{"id":2,"project_id":null},{"id":3,"project":{"id":3}},{"id":4,` +
				`"project_id":"3"}]`,
			[]string{"1 m.json:1:2 id=1 project=null", "2 m.json:1:26 id=2 project=null",
				"3 m.json:1:53 id=3 project=3", "4 m.json:1:81 id=4 project=3"}},
		{"as written", `[{"id":17.0,"name":1e3,"volume":"55%"}]`, []string{`1 m.json:1:2 id=17 name="1e3" volume=55`}},
		{"line separators are letters", "[{\"id\":17,\"name\":\"a\u2028\u2029b\"}]",
			[]string{"1 m.json:1:2 id=17 name=\"a\\u2028\\u2029b\""}},
		{"CRLF", "[\r\n{\"id\":17}\r,\n\r\n{\"id\":18}]\r\n", []string{"1 m.json:2:1 id=17", "2 m.json:5:1 id=18"}},
		{"byte order mark", "\ufeff[{\"id\":17}]", []string{"1 m.json:1:2 id=17"}},
		{"much blank", "[" + strings.Repeat(" ", 2*maxRecord) + "{\"id\":17}\n]",
			[]string{fmt.Sprintf("1 m.json:1:%d id=17", 2*maxRecord+2)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows, _, problems := read(t, Options{AllowEmpty: true}, file{"m.json", c.text})
			if c.want == nil {
				if problems == nil {
					t.Fatalf("taken: %s", lines1(rows))
				}
				return
			}
			if problems != nil {
				t.Fatal(problems)
			}
			wantRows(t, rows, c.want...)
		})
	}
}

func TestJSONProblems(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"values", "[\n {\"id\": 17, \"name\": \"Größe 😀\", \"volume\": 101},\n {\"id\": 0.5}]",
			[]string{"m.json:2:42: volume 101 is more than 100", `m.json:3:9: "0.5" is not a whole number`}},
		{"null text", `[{"id":17,"project":"null"}]`,
			[]string{"m.json:1:21: null in quotation marks is a text (write null"}},
		{"null", `[{"id":17,"name":null,"volume":null,"media":null}]`,
			[]string{`m.json:1:18: "null" is not a value for name`, "m.json:1:32: ", "m.json:1:45: "}},
		{"twice", `[{"id":17,"na\u006de":"a","name":"b"}]`,
			[]string{`m.json:1:27: key "name" is already at m.json:1:11`}},
		{"tracks twice", `{"tracks":[{"id":1}],"tracks":[{"id":2}]}`,
			[]string{`m.json:1:22: key "tracks" is already at m.json:1:2`}},
		{"other key", `{"version":{"a":[1]},"tracks":[{"id":1}]}`, []string{`m.json:1:2: unknown key "version"`}},
		{"one track", `{"id":17}`,
			[]string{"m.json:1:1: there is no list of tracks", `m.json:1:2: unknown key "id" (write a list of tracks`}},
		{"tracks no list", `{"tracks":{}}`, []string{`m.json:1:11: expected a list: "tracks": […], found "{"`}},
		{"no mapping", `[17,null,["id"]]`,
			[]string{"m.json:1:2: an entry must be", "m.json:1:5: an entry must be", "m.json:1:10: an entry must be"}},
		{"comma at the end", "[{\"id\":17},\n]",
			[]string{`m.json:2:1: a comma before "]" (JSON has none there; the rest`}},
		{"comma at the end of an object", `[{"id":17,}]`, []string{`m.json:1:11: a comma before "}"`}},
		{"no comma", `[{"id":17} {"id":18}]`, []string{`m.json:1:12: expected "," or "]", found "{"`}},
		{"comment", "[ // tracks\n]", []string{`m.json:1:3: expected a value, found "/" (JSON has no comments`}},
		{"quotation marks", `[{'id':17}]`,
			[]string{`m.json:1:3: expected a key in quotation marks, found "'" (JSON has double`}},
		{"bare key", `[{id:17}]`, []string{`m.json:1:3: expected a key in quotation marks, found "i"`}},
		{"NaN", `[{"id":NaN}]`, []string{`m.json:1:8: "NaN" is not a value of JSON`}},
		{"leading zero", `[{"id":017}]`, []string{`m.json:1:8: "017" is not a value of JSON`}},
		{"half a pair", `[{"id":17,"name":"ä\ud83d"}]`, []string{"m.json:1:20: half of a surrogate pair"}},
		{"pair the wrong way", `[{"id":17,"name":"\ude00\ud83d"}]`, []string{"m.json:1:19: half of a surrogate pair"}},
		{"bad escape", `[{"id":17,"name":"\x41"}]`, []string{"m.json:1:19: a backslash that begins no escape"}},
		{"line break in a string", "[{\"id\":17,\"name\":\"a\nb\"}]",
			[]string{"m.json:1:20: a string contains the control character U+000A"}},
		{"unclosed string", `[{"id":17,"name":"a}]`,
			[]string{"m.json:1:18: the string that begins here is never closed"}},
		{"unclosed", `[{"id":17}`, []string{`m.json:1:11: expected "," or "]", found the end of the text`}},
		{"more behind", "[{\"id\":17}]\n[]", []string{"m.json:2:1: there is more text after the end"}},
		{"deep", "[" + strings.Repeat("[", 100), []string{"m.json:1:33: more than 32 brackets"}},
		{"no JSON", "id,name\n", []string{`m.json:1:1: expected a list of tracks, found "i"`}},
		{"NUL behind", "0\x00", []string{`m.json:1:1: expected a list of tracks, found "0"`}},
		{"long entry", `[{"id":1},{"id":2,"name":"` + strings.Repeat("x", maxEntry) + `"}]`,
			[]string{fmt.Sprintf("m.json:1:11: an entry of more than %d bytes", maxEntry)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, problems := read(t, Options{}, file{"m.json", c.text})
			wantProblems(t, problems, c.want...)
		})
	}
}

func TestJSONLines(t *testing.T) {
	rows, _, problems := read(t, Options{},
		file{"m.jsonl", "{\"id\":17}\r\n\n  {\"id\":18,\"name\":\"ä\"}\n\t\n{\"id\":19}"})
	if problems != nil {
		t.Fatal(problems)
	}
	wantRows(t, rows, "1 m.jsonl:1:1 id=17", `2 m.jsonl:3:3 id=18 name="ä"`, "3 m.jsonl:5:1 id=19")
	_, _, problems = read(t, Options{},
		file{"m.jsonl", "{\"id\":17}\n{\"id\":\n{\"id\":18} {}\n{\"id\":19,\"volume\":-1}\n[{\"id\":20}]\n{\"id\":21"})
	wantProblems(t, problems, "m.jsonl:2:7: expected a value, found the end",
		"m.jsonl:3:11: there is more text after the end of the object",
		`m.jsonl:4:19: "-1" is negative`, "m.jsonl:5:1: an entry must be a mapping",
		`m.jsonl:6:9: expected "," or "}", found the end`)
	_, _, problems = read(t, Options{},
		file{"m.jsonl", "{\"id\":17}\n{\"#\":\"" + strings.Repeat("x", maxRecord) + "\"}\n"})
	wantProblems(t, problems, fmt.Sprintf("m.jsonl:2:1: a line of more than %d bytes", maxRecord))
}

func TestJSONNumbers(t *testing.T) {
	for _, s := range []string{"0", "-0", "17", "1.5", "1e3", "1E+3", "1.0e-10", "", "-", "01", "1.", ".5", "1e", "1e+",
		"+1", "0x1", "1_0", "Infinity", "--1"} {
		if got, want := isJSONNumber(s), json.Valid([]byte(s)); got != want {
			t.Errorf("%q: %v, want %v", s, got, want)
		}
	}
}
