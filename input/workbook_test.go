package input

import (
	"archive/zip"
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// sheetFile is a sheet of a workbook for a test. Its rows are XML.
type sheetFile struct {
	name, state string
	head, rows  string // what is before the rows, and the rows
	tail        string // what is behind the rows
}

const (
	mainSpace  = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	linkSpace  = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	linksSpace = "http://schemas.openxmlformats.org/package/2006/relationships"
)

// testFormats are the number formats of the cell styles 1, 2, …
var testFormats = []string{"0%", "dd.mm.yyyy", "0.00", "#,##0", "000", "0,", ";;;", "[h]:mm", `"Nr. "0`, "0.0%",
	"0.00E+00", "@", `"Track "@`}

// parts are the parts of a workbook.
type parts map[string]string

// bookOf are the parts of a workbook with some sheets and the texts that they share.
func bookOf(shared string, sheets ...sheetFile) parts {
	p := parts{
		"_rels/.rels": `<Relationships xmlns="` + linksSpace + `"><Relationship Id="rId1" Type="` + linkSpace +
			`/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
	}
	list, links := "", ""
	for i, s := range sheets {
		list += fmt.Sprintf(`<sheet name="%s" sheetId="%d" state="%s" r:id="rId%d"/>`, escapeXML(s.name), i+1,
			orElse(s.state, "visible"), i+1)
		links += fmt.Sprintf(`<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, i+1,
			linkSpace, i+1)
		p[fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1)] = `<?xml version="1.0" encoding="UTF-8"?>` +
			`<worksheet xmlns="` + mainSpace + `">` + s.head + "<sheetData>" + s.rows + "</sheetData>" + s.tail +
			"</worksheet>"
	}
	formats, styles := "", `<xf numFmtId="0"/>`
	for i, code := range testFormats {
		formats += fmt.Sprintf(`<numFmt numFmtId="%d" formatCode="%s"/>`, 164+i, escapeXML(code))
		styles += fmt.Sprintf(`<xf numFmtId="%d"/>`, 164+i)
	}
	p["xl/workbook.xml"] = `<workbook xmlns="` + mainSpace + `" xmlns:r="` + linkSpace + `"><sheets>` + list +
		"</sheets></workbook>"
	p["xl/_rels/workbook.xml.rels"] = `<Relationships xmlns="` + linksSpace + `">` + links +
		`<Relationship Id="rs" Type="` + linkSpace + `/styles" Target="styles.xml"/>` +
		`<Relationship Id="rt" Type="` + linkSpace + `/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>`
	p["xl/styles.xml"] = `<styleSheet xmlns="` + mainSpace + `"><numFmts>` + formats + "</numFmts><cellXfs>" + styles +
		"</cellXfs></styleSheet>"
	p["xl/sharedStrings.xml"] = `<sst xmlns="` + mainSpace + `">` + shared + "</sst>"
	return p
}

func escapeXML(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", `"`, "&quot;", "\x1b", "&#x9;").Replace(text)
}

// file is the workbook as a manifest.
func (p parts) file(name string) file { return file{name, string(p.zip())} }

func (p parts) zip() []byte {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(p)) {
		f, err := w.Create(name)
		if err == nil {
			_, err = f.Write([]byte(p[name]))
		}
		if err != nil {
			panic(err)
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// rowsXML are rows of cells as a short notation describes them: n:17 or n1:0.55 (a number,
// with the style 1), t1:x (a text with it), b:1, e:#REF!, f:=A1+1 (no result), s:0 (a shared text), d:2024-03-17,
// "" (no cell), and anything else a text.
func rowsXML(rows ...[]string) string {
	var b strings.Builder
	for i, cells := range rows {
		fmt.Fprintf(&b, `<row r="%d">`, i+1)
		for column, cell := range cells {
			b.WriteString(cellXML(fmt.Sprintf("%s%d", columnLetters(column), i+1), cell))
		}
		b.WriteString("</row>")
	}
	return b.String()
}

func cellXML(at, cell string) string {
	kind, value, typed := strings.Cut(cell, ":")
	switch {
	case cell == "":
		return ""
	case !typed:
		return textXML(at, cell)
	case kind == "b" || kind == "e" || kind == "s" || kind == "d":
		return fmt.Sprintf(`<c r="%s" t="%s"><v>%s</v></c>`, at, kind, value)
	case kind == "f":
		return fmt.Sprintf(`<c r="%s"><f>%s</f><v></v></c>`, at, value)
	case strings.HasPrefix(kind, "t") && kind != "t" && strings.Trim(kind[1:], "0123456789") == "":
		return strings.Replace(textXML(at, value), " t=", ` s="`+kind[1:]+`" t=`, 1)
	case strings.HasPrefix(kind, "n") && strings.Trim(kind[1:], "0123456789") == "":
		return fmt.Sprintf(`<c r="%s" s="%s"><v>%s</v></c>`, at, orElse(kind[1:], "0"), value)
	}
	return textXML(at, cell)
}

func textXML(at, text string) string {
	return fmt.Sprintf(`<c r="%s" t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>`, at, escapeXML(text))
}

// oneSheet is a workbook with one sheet, Tracks.
func oneSheet(rows ...[]string) parts {
	return bookOf("", sheetFile{name: "Tracks", rows: rowsXML(rows...)})
}

// What cells say.
func TestCells(t *testing.T) {
	for _, c := range []struct {
		column, cell string
		want         string // what the row says, or its problem
	}{
		{"volume", "n:55", "volume=55"},
		{"volume", "n1:0.55", "volume=55"},
		{"volume", "n1:0.55000000000000004", "volume=55"},
		{"volume", "n1:0.57", "volume=57"},
		{"volume", "n10:0.57", "volume=57"},
		{"volume", "n1:0", "volume=0"},
		{"volume", "n1:55", "B2: the cell contains 55 and is formatted as a percentage, so it shows 5500%"},
		{"volume", "n1:0.555", `B2: "55.5%" is not a whole number`},
		{"volume", "n:0.55", `B2: "0.55" is not a whole number`},
		{"volume", "55%", "volume=55"},
		{"name", "t1:Rain", "name=\"Rain\""},
		{"name", "t13:seven", "B2: the cell contains the text \"seven\", and its format"},
		{"volume", "55", "volume=55"},
		{"volume", "n:17.0", "volume=17"},
		{"volume", "n:1.7E1", "volume=17"},
		{"volume", "n:17.000000000000004", "volume=17"},
		{"volume", "n3:17", "volume=17"},
		{"volume", "n4:17", "volume=17"},
		{"volume", "n5:17", "volume=17"},
		{"volume", "n11:17", "volume=17"},
		{"volume", "n9:17", "volume=17"},
		{"volume", "n6:17000", `B2: the cell contains 17000, and its format "0," shows something else`},
		{"volume", "n7:17", `B2: the cell contains 17, and its format ";;;" shows something else`},
		{"volume", "n2:55", `B2: the cell contains the number 55 with the date format "dd.mm.yyyy", so it shows a ` +
			`date (1900-02-24)`},
		{"volume", "n8:0.5", `B2: the cell contains the number 0.5 with the date format "[h]:mm", so it shows a ` +
			`time (12:00:00)`},
		{"volume", "d:2024-03-17", `B2: the cell contains the date "2024-03-17"`},
		{"volume", "b:1", "B2: the cell contains the truth value TRUE"},
		{"volume", "e:#N/A", `B2: "#N/A" is what a spreadsheet writes for a broken formula`},
		{"volume", "f:A1", "B2: the cell has a formula, and the file does not have its result"},
		{"name", "f:A1", "B2: the cell has a formula, and the file does not have its result"},
		{"name", "e:#REF!", `B2: "#REF!" is what a spreadsheet writes for a broken formula`},
		{"name", "n:1999", `name="1999"`},
		{"name", "n12:1999", `name="1999"`},
		{"name", "n:1.5", "B2: the cell contains the number 1.5, which a spreadsheet may show in another way"},
		{"name", "n5:7", `B2: the cell contains the number 7 with the format "000", which may show something else`},
		{"name", "n2:45000", `B2: the cell contains the number 45000 with the date format "dd.mm.yyyy"`},
		{"name", "b:0", "B2: the cell contains the truth value FALSE"},
		{"name", " a_x000D_b_x005F_x000D__xD83D__xDE00_ ", "name=\" a\\rb_x000D_\U0001f600 \""},
		{"project_id", "null", "project=null"},
		{"project_id", "n:3", "project=3"},
		{"project_id", "n1:3", "B2: the cell is formatted as a percentage and shows 300%"},
		{"project_id", "n:1234567890123456", "B2: the number 1234567890123456 has more than 15 digits, and the " +
			"spreadsheet has rounded it"},
		{"project_id", "n:123456789012345", "project=123456789012345"},
		{"project_id", "n:123456789012345.6", `B2: "123456789012345.6" is not a whole number`},
		{"project_id", "1234567890123456", "project=1234567890123456"},
		{"project_id", "n:1.23456789012346E+15", "B2: the number 1234567890123460 has more than 15 digits"},
		{"project_id", "n:-3", `B2: "-3" is negative`},
		{"#note", "e:#REF!", ""},
		{"#note", "b:1", ""},
	} {
		t.Run(c.column+" "+c.cell, func(t *testing.T) {
			book := oneSheet([]string{"id", c.column}, []string{"n:5", c.cell})
			rows, _, problems := read(t, Options{AllowEmpty: true}, book.file("m.xlsx"))
			got := problems.Error()
			if problems == nil {
				got = strings.TrimSpace(strings.TrimPrefix(says(rows[0]), "1 m.xlsx:Tracks!A2 id=5"))
			}
			if got != c.want && !strings.HasPrefix(got, "m.xlsx:Tracks!"+c.want) {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}
