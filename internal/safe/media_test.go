package safe

import "testing"

func TestMarkupMedia(t *testing.T) {
	for _, c := range []struct{ text, xml, code, data, property string }{
		{"plain 漢字", "plain 漢字", "`plain 漢字`", "plain 漢字", "plain 漢字"},
		{"", "", "", "", ""},
		{" ", " ", "", " ", " "},
		{`<a href="x">&'</a>`, "&lt;a href=&quot;x&quot;&gt;&amp;&apos;&lt;/a&gt;", "`<a href=\"x\">&'</a>`",
			`<a href="x">&'</a>`, `<a href="x">&'</a>`},
		{"a|b\\|c", "a|b\\|c", "`a¦b\\¦c`", "a|b\\|c", "a|b\\|c"},
		{"`x``y", "`x``y", "``` `x``y ```", "`x``y", "`x``y"},
		{"100%,a:b\n::set-env", `100%,a:b\n::set-env`, "`100%,a:b\\n::set-env`", `100%25,a:b\n::set-env`,
			`100%25%2Ca%3Ab\n%3A%3Aset-env`},
		{"\u202e\x1b\x00\xff\ufffe", `\u202e\x1b\x00\xff\ufffe`, "`\\u202e\\x1b\\x00\\xff\\ufffe`",
			`\u202e\x1b\x00\xff\ufffe`, `\u202e\x1b\x00\xff\ufffe`},
		{"@everyone [x](y) #1", "@everyone [x](y) #1", "`@everyone [x](y) #1`", "@everyone [x](y) #1", "@everyone [x](y) #1"},
	} {
		for name, got := range map[string][2]string{
			"XML": {XML(c.text, 0), c.xml}, "Code": {Code(c.text, 0), c.code},
			"CommandData":     {CommandData(c.text, 0), c.data},
			"CommandProperty": {CommandProperty(c.text, 0), c.property},
		} {
			if got[0] != got[1] {
				t.Errorf("%s(%q) = %q, want %q", name, c.text, got[0], got[1])
			}
		}
	}
	if got := Code("abcdef", 4); got != "`abc…`" {
		t.Error(got)
	}
}
