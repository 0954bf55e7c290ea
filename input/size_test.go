package input

import (
	"fmt"
	"strings"
	"testing"
)

// A manifest is not too large if it has much of something ordinary.
func TestOrdinaryManifestsOfAnySize(t *testing.T) {
	comment := strings.Repeat("# - {id: 1, name: an entry that is not meant now}\n", 30_000)
	blank := strings.Repeat("\n", 1_500_000)
	value := strings.Repeat("a long text ", 120_000)
	items := strings.Repeat("- id: 17\n  name: "+strings.Repeat("long ", 200)+"\n", 1_100)
	rows := func(text string) string { return text + "- id: 17\n  volume: x\n" }
	for _, c := range []struct {
		name, file, text string
		line, column     int
	}{
		{"comments before the entries", "m.yaml", comment + "- id: 17\n  volume: x\n", 30_002, 11},
		{"comments between the entries", "m.yaml", "- id: 16\n" + comment + "- id: 17\n  volume: x\n", 30_003, 11},
		{"comments in an entry", "m.yaml", "- id: 16\n" + comment + "  name: a\n- id: 17\n" + comment + "  volume: x\n",
			60_004, 11},
		{"comments after the entries", "m.yaml", "- id: 17\n  volume: x\n" + comment, 2, 11},
		{"comments before the first entry", "m.yaml", "tracks:\n" + comment + "- id: 17\n  volume: x\n", 30_003, 11},
		{"comments before an entry in flow style", "m.yaml",
			"[\n" + comment + "{id: 17,\n" + comment + " volume: x}]\n", 60_003, 10},
		{"comments between other keys", "m.yaml", "'#a': 1\n" + comment + "tracks:\n" + comment +
			"- id: 17\n  volume: x\n" + comment + "'#b': 1\n", 60_004, 11},
		{"blank lines in an entry", "m.yaml", "- id: 17\n" + blank + "  volume: x\n", 1_500_002, 11},
		{"a quoted key", "m.yaml", "\"tracks\":\n" + strings.Replace(items, "17", "18", 1) + "- id: 17\n  volume: x\n",
			2_203, 11},
		{"a key in single quotation marks", "m.yaml", rows("'tracks' :\n" + strings.Replace(items, "17", "18", 1)),
			2_203, 11},
		{"a key before it", "m.yaml",
			rows("'#version': 1\n\n'#by':\n  - someone\n# ok\ntracks: # all\n" + strings.Replace(items, "17", "18", 1)),
			2_208, 11},
		{"a large key before it", "m.yaml",
			rows("'#version':\n  |\n    " + strings.Repeat("text text\n    ", 60_000) + "text\ntracks:\n"), 60_006, 11},
		{"a large key behind it", "m.yaml",
			rows("tracks:\n") + "'#version':\n  |\n    " + strings.Repeat("text text\n    ", 60_000) + "text\n", 3, 11},
		{"a large key before it in JSON", "m.json",
			`{"#text":"` + value + `","#list":[{"a":"` + value + `"}],"tracks":[{"id":17,"volume":"x"}]}`,
			1, len(`{"#text":"","#list":[{"a":""}],"tracks":[{"id":17,"volume":"x"}]}`) + 2*len(value) - len(`"x"}]}`) +
				1},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, problems := read(t, Options{OnDuplicate: Last}, file{c.file, c.text})
			wantProblems(t, problems, fmt.Sprintf("%s:%d:%d: \"x\" is not a volume", c.file, c.line, c.column))
		})
	}
}

// Lines inside a text that look like comments or are blank are never lost.
func TestCommentsInTexts(t *testing.T) {
	for name, text := range map[string]string{
		"a comment in a literal": "- id: 17\n  name: |\n" + strings.Repeat("    # no comment\n", 5_000) +
			"    end\n",
		"blank lines in a literal":  "- id: 17\n  name: |\n    a\n" + strings.Repeat("\n", 60_000) + "    end\n",
		"blank lines that are kept": "- id: 17\n  name: |+\n    a\n" + strings.Repeat("\n", 60_000),
		"blank lines in quotations": "- id: 17\n  name: \"a\n" + strings.Repeat("\n", 60_000) + "    end\"\n",
		"no comments in quotations": "- id: 17\n  name: \"a\n" + strings.Repeat("    # b\n", 16_000) + "    end\"\n",
		"escaped breaks":            "- id: 17\n  name: \"a\n" + strings.Repeat("    #\\\n", 60_000) + "    end\"\n",
		"a literal of several tries": "- id: 17\n  name: |\n    a\n" +
			strings.Repeat(strings.Repeat("\n", 20_000)+"    b\n", 3),
	} {
		rows, _, problems := read(t, Options{}, file{"m.yaml", text})
		if problems != nil {
			t.Errorf("%s: %v", name, problems)
			continue
		}
		whole, sound := readYAMLBy(text, func(y *yamlReader) error {
			y.chunk = &yamlChunk{at: origin(), text: []byte(text)} // nothing is left out
			return y.parseWhole()
		})
		if !sound || len(whole) != 1 || rows[0].Update != whole[0].Update {
			t.Errorf("%s: the name has %d bytes", name, len(rows[0].Update.Name.String()))
		}
	}
	for name, text := range map[string]string{
		"comments":       "    # no comment\n",
		"blank lines":    "\n",
		"escaped breaks": "    #\\\n",
	} {
		for _, style := range []string{"|+\n    a\n", ">+\n    a\n", "\"a\n"} {
			text := "- id: 17\n  name: " + style + strings.Repeat(text, 300_000)
			if style[0] == '"' {
				text += "    \"\n"
			}
			_, _, problems := read(t, Options{}, file{"m.yaml", text})
			if len(problems) != 1 || !strings.Contains(problems[0].Message, "is too long") {
				t.Errorf("%s in %q: %v", name, style, problems)
			}
		}
	}
}

// An empty text in quotation marks is not a value, under any key.
func TestEmptyTexts(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"m.json", `[{"id":17,"project":"","media":"","project_id":"","volume":3}]`, ""},
		{"m.json", `[{"id":17,"project":"","volume":3}]`, "id=17 volume=3"},
		{"m.json", `[{"id":17,"media":"","volume":3}]`, "id=17 volume=3"},
		{"m.json", `[{"id":17,"media":" ","project":" ","volume":3}]`, "id=17 volume=3"},
		{"m.json", `[{"id":17,"media":{"url":""},"project":{"id":""},"volume":3}]`, "id=17 volume=3"},
		{"m.yaml", `[{id: 17, media: "", project: '', volume: 3}]`, "id=17 volume=3"},
		{"m.yaml", `[{id: 17, media: !!str "", volume: 3}]`, ""},
		{"m.yaml", `[{id: 17, media: , volume: 3}]`, ""},
		{"m.yaml", `[{id: 17, volume: 3, expect: {project: ""}}]`, ""},
	} {
		rows, _, problems := read(t, Options{}, file{c.name, c.text})
		if c.want == "" && problems == nil || c.want != "" &&
			(problems != nil || !strings.HasSuffix(says(rows[0]), c.want)) {
			t.Errorf("%s: %v %v", c.text, rows, problems)
		}
	}
}
