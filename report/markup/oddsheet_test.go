package markup

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
)

const (
	mainNS = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	relNS  = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
)

// workbookOf is a workbook with little more than this sheet.
func workbookOf(t testing.TB, sheet string, more map[string]string) []byte {
	t.Helper()
	parts := map[string]string{
		"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
			`<Default Extension="xml" ContentType="application/xml"/></Types>`,
		"_rels/.rels": `<Relationships><Relationship Id="a" Type="` + relNS +
			`/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml": `<workbook ` + mainNS + ` xmlns:r="` + relNS +
			`"><sheets><sheet name="Tracks" sheetId="1" r:id="r1"/></sheets>` +
			`</workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="` + relNS +
			`/worksheet" Target="sheet.xml"/></Relationships>`,
		"xl/sheet.xml": sheet,
	}
	for name, text := range more {
		parts[name] = text
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range parts {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var oddMarks = Sheet{Name: "Tracks", Header: 1, First: 1, Last: 2, Rows: []Row{
	{Number: 2, Text: "✗ a", Bad: true, Cells: []Cell{{1, "a"}, {2, "b"}}}, {Number: 9, Text: "✗ c", Bad: true,
		Cells: []Cell{{1, "c"}}}}}

// A format that does not exist is taken for the first one.
func TestFormatsThatDoNotExist(t *testing.T) {
	for _, format := range []string{"-1", "-9223372036854775808", "99"} {
		sheet := fmt.Sprintf(`<worksheet %s><cols><col min="1" max="1" style="%[2]s"/></cols><sheetData>`+
			`<row r="2"><c r="B2" s="%[2]s"><v>1</v></c></row></sheetData></worksheet>`, mainNS, format)
		if _, outcome := markedUp(t, workbookOf(t, sheet, nil), oddMarks); outcome.First != "A2" {
			t.Errorf("%s: %+v", format, outcome)
		}
	}
}

// Parts are found whatever the case of their names, and with backslashes.
func TestNamesOfParts(t *testing.T) {
	sheet := `<worksheet ` + mainNS + `><sheetData/></worksheet>`
	before := workbookOf(t, sheet, nil)
	for name, change := range map[string]func(string) string{
		"backslashes": func(part string) string { return strings.ReplaceAll(part, "/", `\`) },
		"case":        func(part string) string { return strings.Replace(part, "sheet.xml", "Sheet.XML", 1) },
	} {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for part, text := range parts(t, before) {
			w, err := z.Create(change(part))
			if err == nil {
				_, err = w.Write([]byte(text))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		after, outcome := markedUp(t, b.Bytes(), oddMarks)
		if outcome.First != "A2" || strings.Count(fmt.Sprint(parts(t, after)), ">✗ a<") != 1 {
			t.Errorf("%s: %+v", name, outcome)
		}
	}
}

// A sheet that is not marked may be of any size.
func TestLargeOtherSheet(t *testing.T) {
	large := `<worksheet ` + mainNS + `><sheetViews><sheetView tabSelected='1' workbookViewId="0"/></sheetViews>` +
		`<sheetData>` + strings.Repeat(" ", maxPart) + `</sheetData></worksheet>`
	before := workbookOf(t, large, map[string]string{
		"xl/workbook.xml": `<workbook ` + mainNS + ` xmlns:r="` + relNS + `"><sheets>` +
			`<sheet name="Large" sheetId="1" r:id="r1"/><sheet name="Tracks" sheetId="2" r:id="r2"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="` + relNS +
			`/worksheet" Target="sheet.xml"/><Relationship Id="r2" Type="` + relNS +
			`/worksheet" Target="two.xml"/></Relationships>`,
		"xl/two.xml": `<worksheet ` + mainNS + `><sheetData/></worksheet>`,
	})
	after, outcome := markedUp(t, before, oddMarks)
	want := strings.Replace(large, " tabSelected='1'", "", 1)
	if outcome.First != "A2" || parts(t, after)["xl/sheet.xml"] != want {
		t.Errorf("%+v, or the large sheet is another", outcome)
	}
}

// Sheets as other programs write them are marked, and what nobody has heard of stays.
func TestOddSheets(t *testing.T) {
	styleless := regexp.MustCompile(` s="\d+"`)
	for name, tc := range map[string]struct{ sheet, want string }{
		"nothing": {`<worksheet ` + mainNS + `><sheetData/></worksheet>`,
			`<sheetData><row r="2"><c r="A2"/><c r="B2"/>✗ a</row><row r="9"><c r="A9"/>✗ c</row></sheetData>`},
		"no places": {`<worksheet ` + mainNS +
			`><sheetData><row><c><v>1</v></c></row><row><c t="n"><v>2</v></c></row></sheetData></worksheet>`,
			`<sheetData><row><c><v>1</v></c>#tracksync</row><row><c t="n"><v>2</v></c><c r="B2"/>✗ a</row>` +
				`<row r="9"><c r="A9"/>✗ c</row></sheetData>`},
		"a prefix": {`<x:worksheet xmlns:x="u"><x:sheetData><x:row r="2" spans="1:2" y:z='"'/></x:sheetData><x:later a = 'b'/></x:worksheet>`,
			`<x:sheetData><x:row r="2" y:z='"'><x:c r="A2"/><x:c r="B2"/>✗ a</x:row><x:row r="9"><x:c r="A9"/>✗ c</x:row></x:sheetData>` +
				`<x:later a = 'b'/>`},
		"unknown things": {`<?xml version="1.0"?><!-- c --><worksheet ` + mainNS + ` q:r="s"><new a="&lt;"/>` +
			`<sheetData><row r="2" n:ew="1"><c r="B2" ph="1">` +
			`<f t="shared" si="0"/><v>1</v><extLst><ext>&#x41;</ext></extLst></c><extLst/></row></sheetData>` +
			`<extLst><![CDATA[<]]></extLst></worksheet>`,
			`<row r="2" n:ew="1"><c r="A2"/><c r="B2" ph="1"><f t="shared" si="0"/><v>1</v>` +
				`<extLst><ext>&#x41;</ext></extLst></c>✗ a<extLst/></row>`},
	} {
		before := workbookOf(t, tc.sheet, nil)
		after, outcome := markedUp(t, before, oddMarks)
		sheet := parts(t, after)["xl/sheet.xml"]
		texts := regexp.MustCompile(`<(\w+:)?c r="C\d+" s="\d+" t="inlineStr"><(\w+:)?is>` +
			`<(\w+:)?t xml:space="preserve">([^<]*)</(\w+:)?t></(\w+:)?is></(\w+:)?c>`)
		got := styleless.ReplaceAllString(texts.ReplaceAllString(sheet, "$4"), "")
		if !strings.Contains(got, tc.want) || outcome.First != "A2" {
			t.Errorf("%s: %+v\n%s\nwant %s", name, outcome, got, tc.want)
		}
		for _, kept := range []string{`<new a="&lt;"/>`, `<![CDATA[<]]>`, `q:r="s"`, "<!-- c -->",
			`<x:later a = 'b'/>`} {
			if strings.Contains(tc.sheet, kept) && !strings.Contains(sheet, kept) {
				t.Errorf("%s: %s is lost", name, kept)
			}
		}
	}
}

// Elements come in the order that spreadsheets demand.
func TestOrderOfElements(t *testing.T) {
	before := workbookOf(t,
		`<worksheet `+mainNS+`><dimension ref="A1"/><sheetFormatPr/><sheetData><row r="1"><c r="B1"><v>1</v></c></row>`+
			`</sheetData><sheetProtection/><mergeCells/><pageMargins/><drawing/><tableParts/><extLst/></worksheet>`, nil)
	after, _ := markedUp(t, before, oddMarks)
	sheet := parts(t, after)["xl/sheet.xml"]
	at := 0
	for _, name := range []string{"sheetPr", `dimension ref="A1:C9"`, "sheetViews", "sheetFormatPr", "cols",
		"sheetData", "sheetProtection",
		"autoFilter", "mergeCells", "pageMargins", "drawing", "legacyDrawing", "tableParts", "extLst"} {
		i := strings.Index(sheet, "<"+name)
		if i < at {
			t.Errorf("%s is missing, or not in its place: %s", name, sheet)
		}
		at = i
	}
}

func TestConversation(t *testing.T) {
	before := workbookOf(t, `<worksheet `+mainNS+`><sheetData/><legacyDrawing r:id="v"/></worksheet>`,
		map[string]string{
			"xl/_rels/sheet.xml.rels": `<Relationships><Relationship Id="c" Type="` + relNS +
				`/comments" Target="comments1.xml"/>` +
				`<Relationship Id="v" Type="` + relNS + `/vmlDrawing" Target="/xl/v.vml"/></Relationships>`,
			"xl/comments1.xml": `<comments ` + mainNS + `><authors><author>tc={1}</author></authors><commentList>` +
				`<comment ref="A2" authorId="0"><text><t>[Threaded comment]</t></text></comment></commentList></comments>`,
			"xl/v.vml": `<xml><v:shape id=a><br><x:ClientData ObjectType="Note"><x:Row>1</x:Row><x:Column>0</x:Column></x:ClientData></v:shape></xml>`,
		})
	after, outcome := markedUp(t, before, oddMarks)
	now := parts(t, after)
	if c := now["xl/comments1.xml"]; outcome.Threads != 1 || !strings.Contains(c, "[Threaded comment]") ||
		!strings.Contains(c, "— tracksync —") {
		t.Errorf("%+v: %s", outcome, c)
	}
	if v := now["xl/v.vml"]; strings.Count(v, "</v:shape>") != 3 || !strings.Contains(v, "<br>") {
		t.Errorf("drawings: %s", v)
	}
}

// The number format and the fill that a cell had are those of its format without the mark,
// even if another program has numbered the formats anew.
func TestFormats(t *testing.T) {
	const text = `<styleSheet ` + mainNS + `><fills count="3"><fill><patternFill patternType="none"/></fill><fill/>` +
		`<fill><patternFill patternType="solid"><fgColor theme="4" tint="0.5"/><bgColor indexed="64"/></patternFill></fill></fills>` +
		`<cellXfs count="2"><xf numFmtId="9" fillId="0"/><xf numFmtId="9" fillId="2" applyFill="1"><alignment wrapText="1"/></xf></cellXfs></styleSheet>`
	s, err := readStyles([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	plain, filled := s.marked(0), s.marked(1)
	if plain != s.marked(0) || plain == filled || s.isMarked(0) {
		t.Error("formats are mixed up")
	}
	marked := s.changed()
	again, err := readStyles(marked)
	if err != nil || !again.isMarked(plain) || !again.isMarked(filled) || again.isMarked(1) {
		t.Fatalf("%v\n%s", err, marked)
	}
	if again.unmarked(plain) != 0 || again.unmarked(filled) != 1 || string(again.changed()) != string(marked) {
		t.Errorf("formats %d and %d", again.unmarked(plain), again.unmarked(filled))
	}
	// Without the formats that it had, they are made anew.
	only := regexp.MustCompile(`<xf numFmtId="9" fillId="2" .*?</xf>`).ReplaceAllString(string(marked), "")
	only = strings.Replace(only, `<fgColor theme="4" tint="0.5"/><bgColor indexed="64"/>`,
		`<fgColor rgb="FF000000"/>`, 1)
	if s, err = readStyles([]byte(only)); err != nil {
		t.Fatal(err)
	}
	back := s.unmarked(len(s.xfs) - 1)
	fill := s.doc.text
	if back < len(s.xfs) || !strings.Contains(string(s.changed()),
		`<fgColor theme="4" tint="0.5"/><bgColor indexed="64"/>`) {
		t.Errorf("format %d of %s", back, fill)
	}
}

func TestTag(t *testing.T) {
	for _, raw := range []string{`<a>`, `<a/>`, `<x:a b="c" d='e"'/>`, "<a\n b=\"c\"\t>", `<a b="" c="&lt;&gt;"  />`} {
		tag := parseTag(raw)
		if tag.String() != raw {
			t.Errorf("%s became %s", raw, tag.String())
		}
	}
	tag := parseTag(`<c r="A1" s="3"/>`)
	tag.set("s", "4")
	tag.set("t", "n")
	tag.drop("r")
	if got := tag.String(); got != `<c s="4" t="n"/>` {
		t.Error(got)
	}
}

func TestCellNames(t *testing.T) {
	for name, want := range map[string][2]int{"A1": {1, 1}, "$AA$10": {27, 10}, "XFD1048576": {16384, 1048576},
		"XFE1": {}, "A0": {}, "1": {},
		"A": {}, "": {}, "A1048577": {}, "AAAAA1": {}} {
		column, row := ParseCell(name)
		if column != want[0] || row != want[1] || column > 0 && cellName(column, row) != strings.ReplaceAll(name, "$",
			"") {
			t.Errorf("%s: %d, %d, %s", name, column, row, cellName(column, row))
		}
	}
}

func TestEscapes(t *testing.T) {
	for text, want := range map[string]string{"a<b\n": "a&lt;b\n", "_x0041_x0042_": "_x005F_x0041_x005F_x0042_",
		"_xrays_": "_xrays_", "\x01b\x0b\uffff": "_x0001_b_x000B__xFFFF_", "_x0041\x01": "_x005F_x0041_x0001_",
		"a\r": "a&#xD;"} {
		if got := escaped(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// A sheet may be anything: it is marked, or there is an error.
func FuzzSheet(f *testing.F) {
	f.Add(`<worksheet><sheetViews><sheetView><pane ySplit="1" state="frozen" topLeftCell="A2"/><selection/></sheetView></sheetViews>` +
		`<cols><col min="1" max="9"/></cols><sheetData><row r="1" s="1"><c r="A1" s="0"><v>1</v></c></row></sheetData>` +
		`<autoFilter ref="A1:C3"><filterColumn colId="2"><customFilters><customFilter val="✗*"/></customFilters></filterColumn></autoFilter></worksheet>`)
	f.Add(`<a:worksheet><a:cols/><a:sheetData/></a:worksheet>`)
	f.Fuzz(func(t *testing.T, sheet string) {
		workbook := workbookOf(t, sheet, nil)
		for _, column := range []int{0, 3} {
			s := oddMarks
			s.Column = column
			var b bytes.Buffer
			if _, err := Write(&b, bytes.NewReader(workbook), int64(len(workbook)), s); err != nil {
				continue
			}
			var again bytes.Buffer
			if _, err := Write(&again, bytes.NewReader(b.Bytes()), int64(b.Len()), s); err != nil && column == 3 {
				t.Errorf("what was marked cannot be marked again: %v\n%s", err, parts(t, b.Bytes())["xl/sheet.xml"])
			}
		}
	})
}

// A comment, a drawing or the styles may be anything.
func FuzzParts(f *testing.F) {
	f.Add(`<comments><authors/><commentList><comment ref="A2" authorId="0"><text><r><t>x</t></r></text></comment></commentList></comments>`,
		`<xml><v:shape><x:Row>1</x:Row></v:shape></xml>`, bareStyles)
	f.Fuzz(func(t *testing.T, comments, drawing, styles string) {
		workbook := workbookOf(t, `<worksheet><sheetData/><legacyDrawing r:id="v"/></worksheet>`, map[string]string{
			"xl/_rels/sheet.xml.rels": `<Relationships><Relationship Id="c" Type="` + relNS +
				`/comments" Target="c.xml"/>` +
				`<Relationship Id="v" Type="` + relNS + `/vmlDrawing" Target="v.vml"/></Relationships>`,
			"xl/c.xml": comments, "xl/v.vml": drawing, "xl/styles.xml": styles,
		})
		_, _ = Write(io.Discard, bytes.NewReader(workbook), int64(len(workbook)), oddMarks) // must not panic
	})
}
