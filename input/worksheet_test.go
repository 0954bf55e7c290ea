package input

import (
	"strings"
	"testing"

	"tracksync/internal/track"
)

// sheetWith is a workbook with a sheet of three rows and something around them.
func sheetWith(head, tail string) parts {
	return bookOf("", sheetFile{name: "T", head: head, tail: tail,
		rows: rowsXML([]string{"id", "name", "note"}, []string{"n:1", "a"}, []string{"n:2"}, []string{"n:3", "c"})})
}

func TestMergedCells(t *testing.T) {
	for _, c := range []struct{ ref, want string }{
		{"B2:B3", "m.xlsx:T!B2: the cells B2:B3 are merged: whether their value is meant for every row is a guess " +
			"(unmerge them, and fill in each row)"},
		{"A3:C4", "m.xlsx:T!A3: the cells A3:C4 are merged"},
		{"B1:B2", "m.xlsx:T!B1: the cells B1:B2 are merged"},
		{"$B$2:$B$3", "m.xlsx:T!B2: the cells B2:B3 are merged"},
		{"A2:C2", ""},
		{"A1:C1", ""},
		{"D2:D9", ""},
	} {
		_, _, problems := read(t, Options{IgnoreUnknown: true, OnInvalid: Skip},
			sheetWith("", `<mergeCells count="1"><mergeCell ref="`+c.ref+`"/></mergeCells>`).file("m.xlsx"))
		if problems == nil != (c.want == "") {
			t.Errorf("%s: %v", c.ref, problems)
		} else if problems != nil {
			wantProblems(t, problems, c.want)
		}
	}
	_, _, problems := read(t, Options{IgnoreUnknown: true}, sheetWith("",
		`<mergeCells><mergeCell ref="C2:C4"/></mergeCells>`).file("m.xlsx"))
	if problems != nil { // of a column that is not used
		t.Error(problems)
	}
}

func TestHiddenRows(t *testing.T) {
	p := sheetWith("", "")
	at := "xl/worksheets/sheet1.xml"
	p[at] = strings.Replace(p[at], `<row r="2">`, `<row r="2" hidden="1">`, 1)
	p[at] = strings.Replace(p[at], `</sheetData>`, `<row r="5" hidden="1"/></sheetData>`, 1)
	opts := Options{IgnoreUnknown: true, Strict: false}
	rows, summary, problems := read(t, opts, p.file("m.xlsx"))
	if problems != nil || len(rows) != 3 || summary.Sources[0].Hidden != 1 || summary.Sources[0].HiddenSkipped {
		t.Errorf("%d rows, %v, %+v", len(rows), problems, summary.Sources[0])
	}
	if !hasWarning(summary, "m.xlsx:T: 1 row is hidden and is read too (--skip-hidden leaves it out)") {
		t.Errorf("%v", summary.Warnings)
	}
	opts.SkipHidden = true
	rows, summary, problems = read(t, opts, p.file("m.xlsx"))
	if problems != nil || len(rows) != 2 || rows[0].Update.ID != 2 || !summary.Sources[0].HiddenSkipped ||
		summary.Sources[0].Blank != 0 || !hasWarning(summary, "m.xlsx:T: 1 hidden row is left out") {
		t.Errorf("%d rows, %v, %+v, %v", len(rows), problems, summary.Sources[0], summary.Warnings)
	}
	_, summary, _ = read(t, opts, sheetWith("", "").file("m.xlsx"))
	if found := summary.Sources[0]; !found.HiddenSkipped || found.Hidden != 0 { // they would be left out
		t.Errorf("%+v", found)
	}
	_, summary, _ = read(t, Options{IgnoreUnknown: true},
		sheetWith(`<cols><col min="2" max="4" hidden="1"/></cols>`, "").file("m.xlsx"))
	if !hasWarning(summary, "m.xlsx:T!B1: the column is hidden and is read too") {
		t.Errorf("%v", summary.Warnings)
	}
}

func hasWarning(s Summary, want string) bool {
	for _, w := range s.Warnings {
		if w.Error() == want {
			return true
		}
	}
	return false
}

// What surrounds the table: rows and cells without names of their own, formats without
// values, gaps, and values beside the header.
func TestSheetShapes(t *testing.T) {
	for _, c := range []struct {
		name, rows string
		want       []string
	}{
		{"without names", `<row><c t="inlineStr"><is><t>id</t></is></c><c t="str"><v>name</v></c></row>` +
			`<row><c><v>5</v></c><c t="str"><v>a</v></c></row>`, []string{`1 m.xlsx:T!A2 id=5 name="a"`}},
		{"gaps", `<row r="2"><c r="C2" t="str"><v>name</v></c><c r="E2" t="str"><v>id</v></c></row>` +
			`<row r="7"><c r="A7" s="1"/><c r="E7"><v>5</v></c></row><row r="1048576"><c r="A1048576" s="1"/></row>`,
			[]string{"1 m.xlsx:T!E7 id=5"}},
		{"a value beside the header", `<row r="1"><c r="A1" t="str"><v>id</v></c></row>` +
			`<row r="2"><c r="A2"><v>5</v></c><c r="C2"><v>9</v></c></row>`,
			[]string{`m.xlsx:T!C2: the value "9" is in a column without a name`}},
		{"a prefix", `<x:row xmlns:x="` + mainSpace + `" r="1"><x:c r="A1" t="str"><x:v>id</x:v></x:c></x:row>` +
			`<row r="2"><c r="A2"><v>5</v></c></row>`, []string{"1 m.xlsx:T!A2 id=5"}},
		{"results of formulas", `<row r="1"><c r="A1" t="str"><v>id</v></c><c r="B1" t="str"><v>name</v></c></row>` +
			`<row r="2"><c r="A2"><f>4+1</f><v>5</v></c><c r="B2" t="str"><f>""</f><v></v></c></row>` +
			`<row r="3"><c r="A3"><f t="shared" si="0"/><v>6</v></c><c r="B3" t="str"><f>"b"</f><v>b</v></c></row>`,
			[]string{"1 m.xlsx:T!A2 id=5", `2 m.xlsx:T!A3 id=6 name="b"`}},
		{"shared texts", `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>` +
			`<row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2" t="s"><v>3</v></c></row>`,
			[]string{`1 m.xlsx:T!A2 id=17 name="rich text"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			shared := `<si><t>id</t></si><si><r><t>na</t></r><r><rPr><b/></rPr><t>me</t></r></si><si><t>17</t></si>` +
				`<si><r><t xml:space="preserve">rich </t></r><r><t>text</t></r><rPh sb="0" ` +
				`eb="1"><t>no</t></rPh><phoneticPr fontId="1"/></si>`
			rows, _, problems := read(t, Options{AllowEmpty: true}, bookOf(shared, sheetFile{name: "T",
				rows: c.rows}).file("m.xlsx"))
			if problems != nil {
				wantProblems(t, problems, c.want...)
				return
			}
			for i, want := range c.want {
				if i >= len(rows) || says(rows[i]) != want {
					t.Errorf("%d rows: %s", len(rows), says(rows[min(i, len(rows)-1)]))
				}
			}
		})
	}
}

// A strict workbook has other addresses for the same things.
func TestStrictWorkbook(t *testing.T) {
	p := oneSheet([]string{"id", "volume"}, []string{"n:5", "n1:0.5"})
	for name, part := range p {
		part = strings.ReplaceAll(part, mainSpace, "http://purl.oclc.org/ooxml/spreadsheetml/main")
		p[name] = strings.ReplaceAll(part, linkSpace, "http://purl.oclc.org/ooxml/officeDocument/relationships")
	}
	rows, _, problems := read(t, Options{}, p.file("m.xlsx"))
	if problems != nil || says(rows[0]) != "1 m.xlsx:Tracks!A2 id=5 volume=50" {
		t.Errorf("%v %v", rows, problems)
	}
}

// Rows to run again are listed as a table that reads back.
func TestListOfSheet(t *testing.T) {
	p := oneSheet([]string{"Name", "ID", "Volume", "#n", "x"},
		[]string{"a", "n:1", "n1:0.55", "b:1", "e:#REF!"}, []string{"b", "n:2", "n1:55"}, []string{"n2:45000", "n:3",
			"n:5"},
		[]string{"d", "n:1234567890123456"}, []string{"e", "n:4", "n:500"})
	opts := Options{OnInvalid: Skip, IgnoreUnknown: true}
	rows, summary, problems := readWritten(t, opts, p.file("m.xlsx"))
	if problems != nil {
		t.Fatal(problems)
	}
	list, _ := failedList(t, summary, rows, func(track.WrittenRow) bool { return true })
	for _, want := range []string{
		"\ufeffName,ID,Volume,#n,#x,#error\n",
		"a,1,55,TRUE,#REF!,",
		"b,2?,5500%,,,",
		"2023-03-15,3?,5,,,",
		"d,1234567890123456?,,,,",
		"e,4,500,,,",
	} {
		if !strings.Contains(list, want) {
			t.Errorf("the list lacks %s:\n%s", want, list)
		}
	}
	again, _, problems := read(t, Options{OnInvalid: Skip}, file{"failed.csv", list})
	if problems != nil || len(again) != len(rows) {
		t.Fatalf("%d rows, %v", len(again), problems)
	}
	for i, row := range again {
		if valid := len(rows[i].Problems) == 0; valid != (len(row.Problems) == 0) || valid &&
			row.Update != rows[i].Update {
			t.Errorf("%s\nand %s", says(rows[i].Row), says(row))
		}
	}
}

func TestKeyInWorkbook(t *testing.T) {
	const key = "write_0123456789"
	p := oneSheet([]string{"id", "name", "#note"}, []string{"n:1", "a", "x " + key})
	_, _, problems := read(t, Options{Secret: key}, p.file("m.xlsx"))
	wantProblems(t, problems, "m.xlsx:Tracks!C2: the API key is here")
}

// Options that mean nothing for a manifest are said.
func TestUselessOptions(t *testing.T) {
	csv, yaml := file{"m.csv", "id,volume\n1,5\n"}, file{"m.yaml", "- {id: 2, volume: 5}\n"}
	book := oneSheet([]string{"id", "volume"}, []string{"n:3", "n:5"}).file("m.xlsx")
	for _, c := range []struct {
		opts  Options
		files []file
		want  string
	}{
		{Options{Sheet: "T"}, []file{csv}, "m.csv: --sheet has no effect on a manifest that is not a workbook"},
		{Options{SkipHidden: true}, []file{yaml}, "m.yaml: --skip-hidden has no effect on a manifest that is not " +
			"a workbook"},
		{Options{Encoding: "windows-1252"}, []file{book}, "m.xlsx: --encoding has no effect on a manifest that is not " +
			"a text file"},
		{Options{Encoding: "windows-1252"}, []file{book, csv}, ""},
		{Options{HeaderRow: 1}, []file{csv, yaml}, "m.yaml: --header-row has no effect on a manifest that is not " +
			"a table"},
		{Options{Sheet: "Tracks", SkipHidden: true}, []file{book, csv}, ""},
	} {
		_, summary, problems := read(t, c.opts, c.files...)
		if problems != nil || c.want != "" && !hasWarning(summary, c.want) || c.want == "" && summary.Warned > 0 {
			t.Errorf("%v, %v, want %s", problems, summary.Warnings, c.want)
		}
	}
}
