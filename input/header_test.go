package input

import (
	"fmt"
	"strings"
	"testing"

	"tracksync/internal/track"
)

// A mistake in the header does not hide the mistakes below it.
func TestMistakesBelowTheHeader(t *testing.T) {
	mapped := Options{Columns: map[string]string{"volume": "Lautstarke"}}
	for _, c := range []struct {
		name, text string
		opts       Options
		want       []string
	}{
		{"an unknown column", "id,colour,volume\n17,red,101\nx,red,1\n", Options{},
			[]string{`m.csv:1:4 (B1): unknown column "colour"`, "m.csv:2:8 (C2, volume): volume 101",
				`m.csv:3:1 (A3, id): "x" is not an id`}},
		{"a misspelt column", "id,volum\n17,101\n", Options{},
			[]string{`m.csv:1:4 (B1): unknown column "volum"`, "m.csv:2:4 (B2, volum): volume 101"}},
		{"a column in another language", "id,Lautst\u00e4rke\n17,101\n", Options{},
			[]string{"m.csv:1:4 (B1): unknown column \"Lautst\u00e4rke\"",
				"m.csv:2:4 (B2, Lautst\u00e4rke): volume 101"}},
		{"a column that may well hold something else", "id,projekt\n17,Radio\n", Options{},
			[]string{`m.csv:1:4 (B1): unknown column "projekt"`}},
		{"a column twice", "id,volume,Volume\n17,x,y\n18,,\n", Options{},
			[]string{`m.csv:1:11 (C1): columns "volume" and "Volume" are both volume`, `m.csv:2:4 (B2, volume): "x"`,
				`m.csv:2:6 (C2, Volume): "y"`}},
		{"no column id", "name,volume\na,1\nb,101\n", Options{},
			[]string{`m.csv:1:1 (A1): there is no column id`, "m.csv:3:3 (B3, volume): volume 101"}},
		{"no column id, and only some ids", "name\na\n", Options{Only: []track.ID{17}},
			[]string{`m.csv:1:1 (A1): there is no column id`}},
		{"a misspelt column id", "idd\n17\n17\n", Options{},
			[]string{`m.csv:1:1 (A1): there is no column id; the columns are "idd" (did you mean column "idd"? then ` +
				`use --map id=idd)`, "m.csv:3:1 (A3, idd): id 17 is already at m.csv:2:1 (A2, idd)"}},
		{"a column that was named and is not there", "id,Lautst\u00e4rke\n17,101\n", mapped,
			[]string{"m.csv:1:1 (A1): there is no column \"Lautstarke\" for volume (did you mean \"Lautst\u00e4rke\"?)",
				"m.csv:2:4 (B2, Lautst\u00e4rke): volume 101"}},
		{"a column of a condition", "id,expect\n17,a\n0,b\n", Options{},
			[]string{`m.csv:1:4 (B1): unknown column "expect"`, `m.csv:3:1 (A3, id): "0"`}},
		{"a quotation mark in a name", "id,na\"me,volume\n17,a,101\n", Options{},
			[]string{"m.csv:1:6 (B1): a quotation mark inside a cell", `m.csv:1:4 (B1): unknown column "na\"me"`,
				"m.csv:2:6 (C2, volume): volume 101"}},
		{"a blank before a quoted name", "id, \"name\", \"volume\"\n17,a,101\n", Options{},
			[]string{"m.csv:1:5 (B1): there is a blank before the quotation mark",
				"m.csv:2:6 (C2, volume): volume 101"}},
		{"a name that closes too early", "id,\"na\"me,volume\n17,a,101\n18,b\n", Options{},
			[]string{"m.csv:1:7 (B1): a quotation mark inside a quoted cell", "m.csv:2:6 (C2, volume): volume 101",
				"m.csv:3:1 (A3, id): the row has 2 cells"}},
		{"line ends converted twice", "id,volume\r\r\n17,101\r\r\n18,\"x\"\r\r\n", Options{},
			[]string{"m.csv:1:10: lines end with CR CR LF", "m.csv:3:4 (B2, volume): volume 101",
				`m.csv:5:4 (B3, volume): "x"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, problems := read(t, c.opts, file{"m.csv", c.text})
			got := problems.Error()
			for _, want := range c.want {
				if !strings.Contains("\n"+got, "\n"+want) {
					t.Errorf("missing: %s", want)
				}
			}
			if len(problems) != len(c.want) {
				t.Errorf("%d problems, want %d", len(problems), len(c.want))
			}
			if t.Failed() {
				t.Log(got)
			}
		})
	}
}

// A header may have line breaks between quotation marks, as Alt+Enter makes them, with
// any delimiter.
func TestDelimiterOfHeadersOfSeveralLines(t *testing.T) {
	for _, d := range []string{",", ";", "\t", "|"} {
		for name, head := range map[string][]string{
			"a break inside":        {`"media` + "\n" + `url"`, "id", `"name"`},
			"a break in front":      {`"` + "\n" + `media url"`, "id", `"name"`},
			"only a break in front": {`"` + "\r\n" + `id"`, "name", "media_url"},
			"breaks of every kind":  {`"Media` + "\r\n" + `Url"`, `"` + "\n" + `ID` + "\n" + `"`, "Name"},
			"other delimiters between": {`"#a,b;c|d` + "\t" + `e` + "\n" + `f,g;h|i` + "\t" + `"`, "id", "name",
				"media_url"},
			"a quotation mark between": {`"#a ""b"" ` + "\n" + `"`, "id", "name", "media_url"},
			"empty names":              {`""`, "id", `"name` + "\n" + `"`, "media_url"},
		} {
			for before, skipped := range map[string]string{"": "", "\n\r\n": "", `"` + "\n" + `"` + d + d + "\n": "",
				d + `""` + d + "\r\n": ""} {
				text := before + skipped + strings.Join(head, d) + "\n"
				if name == "breaks of every kind" {
					head = []string{"media_url", "id", "name"}
				}
				row := make([]string, len(head))
				for i, h := range head {
					row[i] = map[string]string{"id": "17", "name": "a b",
						"\"name\"": "a b"}[strings.TrimSuffix(strings.ReplaceAll(h, "\n\"", ""), "")]
				}
				if name == "only a break in front" {
					row[0] = "17"
				}
				rows, summary, problems := read(t, Options{AllowEmpty: true},
					file{"m.csv", text + strings.Join(row, d) + "\n"})
				if len(problems) > 0 || len(rows) != 1 || rows[0].Update.ID != 17 ||
					string(summary.Sources[0].Delimiter) != d {
					t.Errorf("%s, %q: %v %v", name, text, rows, problems)
				}
			}
		}
	}
}

// A cell's name is the one that a spreadsheet shows, even after rows of several lines.
func TestCellsOfPlaces(t *testing.T) {
	wide := "id" + strings.Repeat(",#x", 700) + ",volume\n"
	for _, c := range []struct{ name, text, want string }{
		{"the first row", "id,volume\n17,x\n", "m.csv:2:4 (B2, volume): "},
		{"the column's own name", "id, Volume \n17,x\n", "m.csv:2:4 (B2, Volume): "},
		{"a name of two lines", "id,\"media\n  url\"\n17,x\n", "m.csv:3:4 (B2, media url): "},
		{"a name with what cannot be printed", "id,vol\u202eume\n17,101\n", `m.csv:2:4 (B2, vol\u202eume): `},
		{"after cells of several lines", "id,name,volume\n17,\"a\nb\nc\",1\n18,\"d\ne\",x\n",
			"m.csv:6:4 (C3, volume): "},
		{"after blank lines", "\n\nid,volume\n\n17,1\n\r\n\n18,x\n", "m.csv:8:4 (B8, volume): "},
		{"after empty rows", ",,\nid,volume\n,\n17,x\n", "m.csv:4:4 (B4, volume): "},
		{"after an empty row of two lines", "\"\n\",\nid,volume\n17,x\n", "m.csv:4:4 (B3, volume): "},
		{"after the line sep=", "sep=;\nid;volume\n17;x\n", "m.csv:3:4 (B2, volume): "},
		{"column AAB", wide + "17" + strings.Repeat(",", 700) + ",x\n", "m.csv:2:704 (ZZ2, volume): "},
		{"a surplus cell", "id,volume\n17,1,2\n", "m.csv:2:6 (C2): the row has 3 cells"},
		{"a quotation mark", "id,name\n17,a \"b\"\n", "m.csv:2:6 (B2, name): a quotation mark"},
		{"a quotation mark that is not closed", "id,name\n17,\"b\n", "m.csv:2:4 (B2, name): the quotation mark"},
		{"a carriage return", "id,name,volume\n17,a\rb,1\n", "m.csv:2:5 (B2, name): a carriage return"},
		{"tabs", "id\tvolume\n17\tx\n", "m.csv:2:4 (B2, volume): "},
	} {
		_, _, problems := read(t, Options{}, file{"m.csv", c.text})
		if c.name == "column AAB" {
			c.want = fmt.Sprintf("m.csv:2:704 (%s2, volume): ", columnLetters(701))
		}
		if len(problems) == 0 || !strings.HasPrefix(problems[len(problems)-1].Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.name, problems, c.want)
		}
	}
	for column, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 51: "AZ", 52: "BA", 701: "ZZ", 702: "AAA"} {
		if got := columnLetters(column); got != want {
			t.Errorf("column %d is %s, want %s", column, got, want)
		}
	}
}

// Names of fields in other languages are recognized and suggested, with a flag that can
// be pasted.
func TestSuggestedColumns(t *testing.T) {
	for column, want := range map[string]string{
		"Lautst\u00e4rke":     "--map volume=Lautst\u00e4rke",
		"Lautsta\u0308rke":    "--map volume=Lautsta\u0308rke",
		"LAUTST\u00c4RKE":     "--map volume=LAUTST\u00c4RKE",
		"Lautst\u00e4rke %":   "--map volume=COLUMN",
		"Volume (in percent)": `--map volume="Volume (in percent)"`,
		"Volumen":             "--map volume=Volumen",
		"音量":                  "--map volume=音量",
		"громкость":           "--map volume=громкость",
		"वॉल्यूम":             "--map volume=वॉल्यूम",
		"مستوى الصوت":         `--map volume="مستوى الصوت"`,
		"ভলিউম":               "--map volume=ভলিউম",
		"آواز":                "--map volume=آواز",
		"kenyaringan":         "--map volume=kenyaringan",
		"nombre":              "--map name=nombre",
		"Titre":               "--map name=Titre",
		"título":              "--map name=título",
		"नाम":                 "--map name=नाम",
		"名称":                  "--map name=名称",
		"الاسم":               "--map name=الاسم",
		"название":            "--map name=название",
		"projet":              "--map project_id=projet",
		"proyecto":            "--map project_id=proyecto",
		"projeto":             "--map project_id=projeto",
		"项目":                  "--map project_id=项目",
		"fichier":             "--map media_url=fichier",
		"फ़ाइल":               "--map media_url=फ़ाइल",
		"ссылка":              "--map media_url=ссылка",
		"Track title":         `--map name="Track title"`,
		"a$(b)":               "",
		"Kommentar":           "",
	} {
		_, _, problems := read(t, Options{}, file{"m.csv", "id," + column + "\n17,\n"})
		if len(problems) != 1 || want != "" && !strings.HasSuffix(problems[0].Hint, "? then rename it, or use "+want) ||
			want == "" && !strings.HasPrefix(problems[0].Hint, "use id, name, ") {
			t.Errorf("%s: %v", column, problems)
		}
	}
	_, _, problems := read(t, Options{}, file{"m.csv", "Nummer,Name\n17,a\n"})
	wantProblems(t, problems,
		`m.csv:1:1 (A1): there is no column id; the columns are "Nummer", "Name" (did you mean column "Nummer"? then `+
			`use --map id=Nummer)`)
	_, s, _ := read(t, Options{IgnoreUnknown: true}, file{"m.csv", "id,Titel,Lautst\u00e4rke\n17,a,\n"})
	if len(s.Warnings) != 1 || s.Warnings[0].Hint != "use --map name=Titel if that is the name" {
		t.Errorf("%v", s.Warnings)
	}
	_, _, problems = read(t, Options{}, file{"m.yaml", "- {id: 17, lautst\u00e4rke: 5}\n"})
	wantProblems(t, problems, "m.yaml:1:12: unknown key \"lautst\u00e4rke\" (did you mean \"volume\"?)")
}

// Names that can mean only one field are read as that field, and it is said.
func TestUnderstoodNames(t *testing.T) {
	values := [fieldCount]string{"17", "a", "55", "null", "http://h/a"}
	for field, names := range [fieldCount]string{
		"track id|Track-ID|TRACKID|background track id|Background.Track_Id", "track name|Track Name|title|TITLE",
		"vol|Vol.|volume %|Volume%|volume (percent)|Volume(Percent)", "project|PROJECT|Project ID",
		"media|url|URL|audio url|Audio_URL|file url|media url",
	} {
		for name := range strings.SplitSeq(names, "|") {
			header, row := "id,"+name, "17,"+values[field]
			if field == fID {
				header, row = name+",#", "17,"
			}
			rows, summary, problems := read(t, Options{AllowEmpty: true}, file{"m.csv", header + "\n" + row + "\n"})
			if len(problems) > 0 || len(rows) != 1 || rows[0].Update.ID != 17 || field != fID && rows[0].Update.Empty() {
				t.Fatalf("%s: %v %v", name, rows, problems)
			}
			column := summary.Sources[0].Columns[min(field, 1)]
			want := BySynonym
			if normalizeHeader(name) == fieldNames[field] {
				want = ByName
			}
			if column.Name != name || column.Field != fieldNames[field] || column.Why != want {
				t.Errorf("%s: %+v", name, column)
			}
		}
	}
}

// Two columns for one field are an error that names both, whatever they are called.
func TestTwoColumnsForOneField(t *testing.T) {
	for _, c := range []struct {
		header, want string
		opts         Options
	}{
		{"id,Track ID", `m.csv:1:4 (B1): columns "id" and "Track ID" are both id (keep one of them, or put # before the name ` +
			`of the other; the first is at m.csv:1:1 (A1))`, Options{}},
		{"id,title,name", `m.csv:1:10: columns "title" and "name" are both name`, Options{}},
		{"id,vol,Volume %", `m.csv:1:8: columns "vol" and "Volume %" are both volume`, Options{}},
		{"id,project,project_id", `m.csv:1:12: columns "project" and "project_id" are both project_id`, Options{}},
		{"id,url,file url", `m.csv:1:8: columns "url" and "file url" are both media_url`, Options{IgnoreUnknown: true}},
		{"id,title,name", `m.csv:1:10: column "name" is not used, because another column was named for name`,
			Options{Columns: map[string]string{"name": "title"}}},
		{"id,title,name", `m.csv:1:4: column "title" is not used, because another column was named for name`,
			Options{Columns: map[string]string{"name": "name"}}},
	} {
		_, _, problems := read(t, c.opts, file{"m.csv", c.header + "\n17,,\n"})
		if len(problems) == 0 {
			t.Errorf("%s is accepted", c.header)
			continue
		}
		wantProblems(t, problems[:1], c.want)
	}
	for _, header := range []string{"id,#title,name", "id,title,#name"} {
		if _, _, problems := read(t, Options{}, file{"m.csv", header + "\n17,a,b\n"}); len(problems) > 0 {
			t.Errorf("%s: %v", header, problems)
		}
	}
	_, _, problems := read(t, Options{Columns: map[string]string{"name": "name"}, IgnoreUnknown: true},
		file{"m.csv", "id,title,name\n17,a,b\n"})
	if len(problems) > 0 {
		t.Error(problems)
	}
}

// The keys of entries are not names of columns.
func TestKeysAreNotUnderstoodNames(t *testing.T) {
	_, _, problems := read(t, Options{}, file{"m.yaml", "- {id: 17, title: a}\n"})
	wantProblems(t, problems, `m.yaml:1:12: unknown key "title" (did you mean "name"?)`)
}

// Each word stands for one field only, and is listed in normalized form.
func TestSynonyms(t *testing.T) {
	for word, field := range synonyms() {
		if word != normalizeHeader(word) || word != withoutUnit(word) || fieldIndex(field) < 0 ||
			fieldIndex(word) >= 0 {
			t.Errorf("%q is %s", word, field)
		}
		if f, understood := understoodNames[word]; understood && fieldNames[f] != field {
			t.Errorf("%q is understood as %s and suggested for %s", word, fieldNames[f], field)
		}
	}
	for name := range understoodNames {
		if name != normalizeHeader(name) || fieldIndex(name) >= 0 {
			t.Errorf("%q is understood", name)
		}
	}
}

// Any number of blank lines can stand between rows.
func TestVeryManyBlankLines(t *testing.T) {
	for _, line := range []string{"\n", "\r\n"} {
		n := (maxRecord + 2*readAhead) / len(line)
		many := strings.Repeat(line, n)
		_, _, problems := read(t, Options{}, file{"m.csv", many + "id,volume\n17,1\n" + many + "18,x\n" + many})
		at := 2*n + 3
		wantProblems(t, problems, fmt.Sprintf("m.csv:%d:4 (B%d, volume): \"x\" is not a volume", at, at))
	}
}
