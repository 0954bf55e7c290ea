package input

import (
	"fmt"
	"strings"
	"testing"

	"tracksync/internal/track"
)

// What is valid but likely to be a mistake is a warning, and with Strict an error at the
// same position.
func TestWarnings(t *testing.T) {
	csv := func(rows string) file { return file{"m.csv", "id,name,volume,project_id,media_url\n" + rows} }
	for _, c := range []struct {
		name string
		file file
		want []string // "position: message"; none: no warning
	}{
		{"nothing", csv("17,a b,55,3,http://h/a\n"), nil},
		{"a blank at the end", csv("17,a ,,,\n"), []string{"m.csv:2:4 (B2, name): the name ends with a blank"}},
		{"a blank in front", csv("17,\" a\",,,\n"), []string{"m.csv:2:4 (B2, name): the name begins with a blank"}},
		{"blanks of other kinds", csv("17,\"\u00a0a\t\",,,\n"),
			[]string{"m.csv:2:4 (B2, name): the name begins with the blank U+00A0 and ends with a tab"}},
		{"a line break at the end", csv("17,\"a\r\n\",,,\n"),
			[]string{"m.csv:2:4 (B2, name): the name ends with a line break"}},
		{"invisible ends", csv("17,\u200ba\ufeff,,,\n"),
			[]string{"m.csv:2:4 (B2, name): the name begins with the invisible character U+200B and ends with the " +
				"invisible character U+FEFF"}},
		{"invisible inside", csv("17,a\u00adb,,,\n18,a\u200bb,,,\n19,ي\u200fa\u200c,,,\n"),
			[]string{"m.csv:2:4 (B2, name): the name \"a\\u00adb\" contains the invisible character U+00AD",
				"m.csv:3:4 (B3, name): the name \"a\\u200bb\" contains the invisible character U+200B",
				"m.csv:4:4 (B4, name): the name ends with the invisible character U+200C"}},
		{"lost letters", csv("17,Gr??e,,,\n18,???,,,\n19,?oto,,,\n20,Who? Me??,,,\n21,What?,,,\n22,¿Qué?,,,\n"),
			[]string{`m.csv:2:4 (B2, name): the name "Gr??e" has question marks where an export may have lost letters`,
				`m.csv:3:4 (B3, name): the name "???" has question marks`, `m.csv:4:4 (B4, name): the name "?oto" has`}},
		{"no texts", csv("17,System.Object[],,,\n18,[object Object],,,\n19,System of a Down,,,\n"),
			[]string{`m.csv:2:4 (B2, name): the name is "System.Object[]", which a program writes`,
				`m.csv:3:4 (B3, name): the name is "[object Object]", which a program writes`}},
		{"an invisible end of a URL", csv("17,,,,http://h/a\u200b\n"),
			[]string{"m.csv:2:7 (E2, media_url): the media URL ends with the invisible character U+200B"}},
		{"blanks around what is not kept", csv(" 17 ,a, 5 , 3 , http://h/a \n"), nil},
		{"emoji and flags", csv("17,☀️,,,\n18,\U0001f3f4\U000e0067\U000e0062\U000e007f,,,\n19,👨\u200d👩,,,\n"), nil},
		{"decoded twice", csv("17,GrÃ¶ÃŸe â€™n,,,\n"),
			[]string{`m.csv:2:4 (B2, name): the name "GrÃ¶ÃŸe â€™n" seems to have been decoded twice: was it "Größe ` +
				`’n"?`}},
		{"a rounded id", csv("123456789012345000,a,,,\n"),
			[]string{"m.csv:2:1 (A2, id): id 123456789012345000 has nothing but zeros after its 15th digit"}},
		{"a rounded project", csv("17,,,1234567890123450,\n"),
			[]string{"m.csv:2:6 (D2, project_id): project 1234567890123450 has nothing"}},
		{"ids that are exact", csv("123456789012345,a,,,\n123456789012345601,a,,,\n100000000000000,a,,,\n"), nil},
		{"no value as a name", csv("17,NULL,,,\n18,n/a,,,\n19,nan,,,\n20,None,,,\n"), []string{
			`m.csv:2:4 (B2, name): the name is "NULL", which programs write for no value`,
			`m.csv:3:4 (B3, name): the name is "n/a"`,
			`m.csv:4:4 (B4, name): the name is "nan"`, `m.csv:5:4 (B5, name): the name is "None"`}},
		{"a broken formula", csv("17,#REF!,,,\n"),
			[]string{"m.csv:2:4 (B2, name): the name is what a spreadsheet writes for a broken formula"}},
		{"lost characters", csv("17,a\ufffdb,,,\n"), []string{"m.csv:2:4 (B2, name): the name contains U+FFFD"}},
		{"a user in a URL", csv("17,,,,https://u:p@h/\n"),
			[]string{"m.csv:2:7 (E2, media_url): the media URL contains a user name"}},
		{"fractions", csv("17,,0,,\n18,,1.0,,\n19,,1,,\n"),
			[]string{"m.csv:3:5 (C3, volume): no volume is more than 1: these look like fractions"}},
		{"a volume of 1", csv("17,,1,,\n"), nil},
		{"volumes of 0", csv("17,,0,,\n18,,0,,\n"), nil},
		{"volumes of 1 percent", csv("17,,1%,,\n18,,1%,,\n"), nil},
		{"volumes beside 1", csv("17,,1,,\n18,,2,,\n"), nil},
		{"swallowed rows", csv("17,\"a,1,,\n18,b,2,,\n19,c,3,,\n20,d\",4,,\n"),
			[]string{"m.csv:2:4 (B2, name): this cell seems to contain 3 rows of the table"}},
		{"a swallowed row of a comment", file{"m.csv", "id;volume;#note\r\n17;5;\"x\r\n18;6;y\r\n19;7;z\"\r\n"},
			[]string{"m.csv:2:6 (C2, #note): this cell seems to contain 2 rows of the table"}},
		{"lines that are no rows", csv("17,\"a\nb, c\nd\",4,,\n18,\"1. x, y\nz\",4,,\n"), nil},
		{"yaml", file{"m.yaml", "- {id: 17, name: ' NULL'}\n"},
			[]string{"m.yaml:1:18: the name begins with a blank", `m.yaml:1:18: the name is " NULL"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, s, problems := read(t, Options{}, c.file)
			if problems != nil {
				t.Fatal(problems)
			}
			wantStarts(t, "warning", s.Warnings, c.want)
			if s.Warned != len(c.want) {
				t.Errorf("%d warnings", s.Warned)
			}
			_, s, problems = read(t, Options{Strict: true}, c.file)
			wantStarts(t, "error", problems, c.want)
			if len(s.Warnings) > 0 {
				t.Errorf("warnings beside errors: %v", s.Warnings)
			}
		})
	}
}

func wantStarts(t *testing.T, what string, got []track.Problem, want []string) {
	t.Helper()
	for i, p := range got {
		if i >= len(want) || !strings.HasPrefix(p.Error(), want[i]) {
			t.Errorf("%s: %s", what, p)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d of kind %s, want %q", len(got), what, want)
	}
}

// Invisible names, and names with control characters, are errors.
func TestNamesThatCannotBeMeant(t *testing.T) {
	for name, want := range map[string]string{
		"\u200b": "the name is blank", " \u2060\u00ad": "the name is blank", "\u3164": "the name is blank",
		"\u2800 \ufe0f": "the name is blank",
		"a\u0080":       "contains the control character U+0080", "\u009fa": "contains the control character U+009F",
		"a\u0085b": "contains the control character U+0085",
	} {
		_, _, problems := read(t, Options{}, file{"m.csv", "id,name\n17," + name + "\n"})
		if len(problems) != 1 || !strings.Contains(problems[0].Message, want) {
			t.Errorf("%q: %v", name, problems)
		}
	}
}

// Of many warnings of one kind only the first are listed. They hide no other kind, and
// the count includes all.
func TestVeryManyWarnings(t *testing.T) {
	var b strings.Builder
	b.WriteString("id,name\n")
	for i := range 20_000 {
		fmt.Fprintf(&b, "%d,a \n", i+1)
	}
	b.WriteString("1000000,NULL\n")
	_, s, problems := read(t, Options{}, file{"m.csv", b.String()})
	if problems != nil || s.Warned != 20_001 || len(s.Warnings) != maxOfKind+1 || len(s.MoreWarnings) != 1 {
		t.Fatalf("%d warnings, %d of them kept, %v", s.Warned, len(s.Warnings), problems)
	}
	if p := s.Warnings[maxOfKind]; !strings.Contains(p.Message, `"NULL"`) {
		t.Errorf("got %s", p)
	}
	if p := s.MoreWarnings[0]; p.Error() != "m.csv: and 19990 more values that begin or end with a blank or an "+
		"invisible character" {
		t.Errorf("got %s", p)
	}
}

// Ignored keys are counted, each once per file. They are no error, because the user asked
// to ignore them.
func TestIgnoredKeysAreCounted(t *testing.T) {
	var b strings.Builder
	for i := range 300 {
		fmt.Fprintf(&b, "- {id: %d, volume: %d, key%d: x, note: y}\n", i+17, i%7, i)
	}
	_, s, problems := read(t, Options{IgnoreUnknown: true, Strict: true}, file{"m.yaml", b.String()})
	if problems != nil || s.Warned != 301 || len(s.Warnings) != maxOfKind ||
		s.MoreWarnings[0].Message != "and 291 more columns or keys that are ignored" {
		t.Errorf("%d warnings, %v, %v", s.Warned, s.MoreWarnings, problems)
	}
}

// With Strict a row with a warning is invalid. The other rows may be sent, and in the
// list of rows to run again the row is invalid for the same reason.
func TestStrictRows(t *testing.T) {
	text := "id,name,volume\n17,a,1\n18,b ,2\n19,\"c,3\n20,d,4\n21,e\",5\n"
	rows, s, problems := readWritten(t, Options{Strict: true, OnInvalid: Skip}, file{"m.csv", text})
	if problems != nil || s.Valid != 1 || s.Invalid != 2 {
		t.Fatalf("%+v, %v", s, problems)
	}
	list, listed := failedList(t, s, rows, func(track.WrittenRow) bool { return true })
	again, _, problems := readWritten(t, Options{Strict: true, OnInvalid: Skip}, file{"failed.csv", list})
	if problems != nil {
		t.Fatal(problems)
	}
	compare(t, listed, again)
}

// A manifest in which no row sets anything is refused.
func TestNothingIsSet(t *testing.T) {
	titles := file{"m.csv", "id,Titel\n17,a\n"}
	for _, c := range []struct {
		name  string
		opts  Options
		files []file
		want  string
	}{
		{"ids alone", Options{}, []file{{"m.csv", "id,name\n17,\n"}},
			"m.csv: no row of the manifest sets anything (--allow-empty accepts it anyway)"},
		{"ignored columns", Options{IgnoreUnknown: true}, []file{titles},
			"m.csv: no row of the manifest sets anything (use --map name=Titel if that is the name; --allow-empty " +
				"accepts it anyway)"},
		{"one of two", Options{}, []file{{"a.csv", "id,name\n17,a\n"}, {"b.yaml", "- id: 18\n"}}, "b.yaml: no row"},
		{"expectations alone", Options{}, []file{{"m.yaml", "- {id: 17, expect: {volume: 4}}\n"}}, "m.yaml: no row"},
		{"beside invalid rows that are left out", Options{OnInvalid: Skip}, []file{{"m.csv", "id,volume\n17,\n18,x\n"}},
			"m.csv: no row"},
		{"the rows that are taken", Options{Only: []track.ID{18}}, []file{{"m.csv", "id,volume\n17,1\n18,\n"}},
			"m.csv: none of the selected rows sets anything"},
	} {
		_, _, problems := read(t, c.opts, c.files...)
		if len(problems) == 0 || !strings.HasPrefix(problems[0].Error(), c.want) {
			t.Errorf("%s: %v", c.name, problems)
		}
		c.opts.AllowEmpty = true
		if _, _, problems := read(t, c.opts, c.files...); problems != nil {
			t.Errorf("%s, allowed: %v", c.name, problems)
		}
	}
	_, _, problems := read(t, Options{}, file{"m.csv", "id,volume\n17,\n18,x\n"})
	wantProblems(t, problems, `m.csv:3:4: "x" is not a volume`)
}

// A cell of several lines may be the last one of a file without a final line break.
func TestSwallowedAtTheEnd(t *testing.T) {
	for _, text := range []string{"id,name\n17,\"a\n18,b\"", "id,name\n17,\"a\n\n18,b\r\n\""} {
		rows, summary, problems := read(t, Options{}, file{"m.csv", text})
		if len(rows) != 1 || problems != nil || summary.Warned == 0 {
			t.Errorf("%q: %v %v", text, rows, problems)
		}
	}
}
