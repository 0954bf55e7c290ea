package workbook

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"strings"
	"testing"
)

// part is a part of an archive for a test.
type part struct{ name, content string }

const (
	relsSpace = ` xmlns="http://schemas.openxmlformats.org/package/2006/relationships"`
	linkSpace = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	rootRels  = `<Relationships` + relsSpace + `><Relationship Id="r" Type="` + linkSpace +
		`/officeDocument" Target="xl/workbook.xml"/></Relationships>`
	bookPart = `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="` + linkSpace +
		`"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>`
	bookRels = `<Relationships` + relsSpace + `><Relationship Id="r1" Type="` + linkSpace +
		`/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="` + linkSpace +
		`/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="r3" Type="` + linkSpace +
		`/styles" Target="styles.xml"/></Relationships>`
	sheetName  = "xl/worksheets/sheet1.xml"
	sharedName = "xl/sharedStrings.xml"
	stylesName = "xl/styles.xml"
)

const mainSpace = ` xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`

// book is a workbook with one sheet and some other parts.
func book(sheet string, other ...part) []part {
	parts := []part{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`},
		{"_rels/.rels", rootRels}, {"xl/workbook.xml", bookPart}, {"xl/_rels/workbook.xml.rels", bookRels},
		{sheetName, sheet},
	}
	for _, usual := range []part{
		{sharedName, "<sst" + mainSpace + "/>"},
		{stylesName, "<styleSheet" + mainSpace + "><cellXfs><xf/><xf/></cellXfs></styleSheet>"},
	} {
		if !slices.ContainsFunc(other, func(p part) bool { return p.name == usual.name }) {
			parts = append(parts, usual)
		}
	}
	return append(parts, other...)
}

func sheetOf(rows string) string { return "<worksheet><sheetData>" + rows + "</sheetData></worksheet>" }

func zipped(t testing.TB, parts []part) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	w.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(w,
			flate.BestSpeed)
	})
	for _, p := range parts {
		f, err := w.Create(p.name)
		if err == nil {
			_, err = io.WriteString(f, p.content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// readAll reads the first sheet to its end and describes its cells.
func readAll(data []byte) (string, *Rows, error) {
	b, err := Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return "", nil, err
	}
	if len(b.Sheets) == 0 {
		return "", nil, nil
	}
	rows, err := b.Read(0)
	if err != nil {
		return "", nil, err
	}
	defer rows.Close()
	var text strings.Builder
	for {
		row, err := rows.Next()
		if err == io.EOF {
			return strings.TrimSpace(text.String()), rows, nil
		}
		if err != nil {
			return "", nil, err
		}
		for _, c := range row.Cells {
			fmt.Fprintf(&text, "%s=%d:%s ", CellName(c.Column, row.Number), c.Kind, c.Text)
		}
	}
}

func TestRead(t *testing.T) {
	sheet := `<?xml version="1.0"?><worksheet><cols><col min="3" max="4" hidden="1"/></cols><sheetData>` +
		`<row r="2"><c r="B2" t="s"><v>1</v></c><c t="b"><v>1</v></c></row><row><c ` +
		`t="inlineStr"><is><t>x</t></is></c></row>` +
		`</sheetData><autoFilter ref="A1:B2"/><mergeCells><mergeCell ref="A1:B3"/></mergeCells></worksheet>`
	got, rows, err := readAll(zipped(t, book(sheet, part{sharedName, "<sst><si><t>a</t></si><si><t>b</t></si></sst>"})))
	if err != nil || got != "B2=1:b C2=3:TRUE A3=1:x" {
		t.Errorf("%q, %v", got, err)
	}
	if len(rows.Merged()) != 1 || rows.Merged()[0].String() != "A1:B3" || len(rows.HiddenColumns()) != 1 {
		t.Errorf("%v, %v", rows.Merged(), rows.HiddenColumns())
	}
}

// What is out of order is an error, and not a sheet with other values.
func TestDamagedSheet(t *testing.T) {
	for name, rows := range map[string]string{
		"rows out of order":     `<row r="3"/><row r="2"/>`,
		"a row twice":           `<row r="3"/><row r="3"/>`,
		"cells out of order":    `<row r="1"><c r="B1"/><c r="A1"/></row>`,
		"a cell twice":          `<row r="1"><c r="A1"/><c r="A1"/></row>`,
		"a cell of another row": `<row r="1"><c r="A2"/></row>`,
		"no cell":               `<row r="1"><c r="1A"/></row>`,
		"a column too many":     `<row r="1"><c r="XFE1"/></row>`,
		"a negative row":        `<row r="-1"/>`,
		"another element":       `<row r="1"><d r="A1"/></row>`,
		"another row":           `<raw r="1"/>`,
		"another value":         `<row r="1"><c r="A1"><w>1</w></c></row>`,
		"another attribute":     `<row r="1"><c r="A1" u="s"><v>1</v></c></row>`,
		"an unknown type":       `<row r="1"><c r="A1" t="x"><v>1</v></c></row>`,
		"no number":             `<row r="1"><c r="A1"><v>1x</v></c></row>`,
		"not a number":          `<row r="1"><c r="A1"><v>NaN</v></c></row>`,
		"an infinite number":    `<row r="1"><c r="A1"><v>1e999</v></c></row>`,
		"a hexadecimal number":  `<row r="1"><c r="A1"><v>0x10</v></c></row>`,
		"no truth value":        `<row r="1"><c r="A1" t="b"><v>2</v></c></row>`,
		"a text too many":       `<row r="1"><c r="A1" t="s"><v>7</v></c></row>`,
		"a format too many":     `<row r="1"><c r="A1" s="2"><v>7</v></c></row>`,
		"not closed":            `<row r="1"><c r="A1"></row>`,
		"too deep":              strings.Repeat("<row>", 200),
		"a long text": `<row r="1"><c r="A1" t="inlineStr"><is><t>` + strings.Repeat("x", maxToken+8192) +
			`</t></is></c></row>`,
	} {
		_, _, err := readAll(zipped(t, book(sheetOf(rows))))
		var bad *Error
		if !errors.As(err, &bad) || bad.Sheet != "S" || bad.Hint == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	whole := zipped(t, book(sheetOf(`<row r="1"><c r="A1" t="b"><v>1</v></c></row>`)))
	for _, sheet := range []string{"", "<worksheet/>", "<worksheet><sheetData>",
		"<worksheet><sheetData/><sheetData/></worksheet>",
		"<worksheet><sheetData/></worksheet><worksheet/>", "<worksheet><sheetData></worksheet>"} {
		if _, _, err := readAll(zipped(t, book(sheet))); !errors.As(err, new(*Error)) {
			t.Errorf("%q: %v", sheet, err)
		}
	}
	for cut := range whole {
		if _, _, err := readAll(whole[:cut]); !errors.As(err, new(*Error)) {
			t.Fatalf("cut off at %d: %v", cut, err)
		}
	}
}

// What unpacks to more than is allowed is refused in little time.
func TestBombs(t *testing.T) {
	claims := func(name string, size uint64, content string) []byte {
		var out bytes.Buffer
		w := zip.NewWriter(&out)
		for _, p := range book(sheetOf("")) {
			if p.name == name {
				continue
			}
			f, err := w.Create(p.name)
			if err == nil {
				_, err = io.WriteString(f, p.content)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		f, err := w.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Store, CRC32: crc32.ChecksumIEEE([]byte(content)),
			CompressedSize64: uint64(len(content)), UncompressedSize64: size})
		if err == nil {
			_, err = io.WriteString(f, content)
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"shared texts": {claims(sharedName, 300<<20, "<sst/>"),
			"the workbook's part xl/sharedstrings.xml unpacks to more than 256 MB"},
		"a sheet": {claims(sheetName, 1<<40, "<worksheet/>"),
			"the workbook's part xl/worksheets/sheet1.xml unpacks to more than 1024 MB"},
		"styles": {claims(stylesName, 17<<20, "<styleSheet/>"),
			"the workbook's part xl/styles.xml unpacks to more than 16 MB"},
		"a part lies": {claims(sharedName, 5, "<sst>"+strings.Repeat("<si><t>a</t></si>", 1000)+"</sst>"),
			"the workbook is cut off or damaged"},
		"phantom rows":  {zipped(t, book(sheetOf(`<row r="1048576"/><row/>`))), "the sheet has more than 1048576 rows"},
		"a distant row": {zipped(t, book(sheetOf(`<row r="10000000"/>`))), "the sheet has more than 1048576 rows"},
	} {
		_, _, err := readAll(c.data)
		var bad *Error
		if !errors.As(err, &bad) || !strings.HasPrefix(bad.Message, c.want) || bad.Hint == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	texts := &sharedTexts{}
	if err := texts.read(newParser(strings.NewReader("<sst><si/><si/><si/></sst>"), 100), 2); err == nil ||
		len(texts.places) != 2 {
		t.Errorf("too many texts: %v", err)
	}
	if err := texts.read(newParser(strings.NewReader("<sst><si/><si/><si/></sst>"), 20), 9); err != errLongPart {
		t.Errorf("too many bytes: %v", err)
	}
}

func TestForeign(t *testing.T) {
	for want, parts := range map[string][]part{
		"the file is a binary workbook (XLSB)": {{"_rels/.rels", strings.Replace(rootRels, "workbook.xml",
			"workbook.bin", 1)},
			{"xl/workbook.bin", ""}},
		"the file is an OpenDocument spreadsheet (ODS)": {{"mimetype",
			"application/vnd.oasis.opendocument.spreadsheet"}},
		"the file is an OpenDocument document, not a spreadsheet": {{"mimetype",
			"application/vnd.oasis.opendocument.text"}},
		"the file is a Numbers spreadsheet":                            {{"Index/Document.iwa", "x"}},
		"the file is an Office document, not a workbook":               {{"word/document.xml", "x"}},
		"the file is a ZIP archive of 2 files, and not a workbook":     {{"a.csv", "id\n1\n"}, {"b.csv", "id\n2\n"}},
		`the workbook has two parts called "xl/worksheets/sheet1.xml"`: book("", part{"xl/worksheets/Sheet1.xml", ""}),
	} {
		_, _, err := readAll(zipped(t, parts))
		var bad *Error
		if !errors.As(err, &bad) || bad.Message != want || bad.Hint == "" {
			t.Errorf("%v, want %s", err, want)
		}
	}
	for want, text := range map[string]string{
		"the workbook is protected with a password": OLE + strings.Repeat("x", 64<<10-20) +
			string(wide("EncryptedPackage")),
		"the file is an old workbook (XLS)": OLE + strings.Repeat("x", 100_000) + string(wide("Workbook")),
	} {
		if bad, err := Old(strings.NewReader(text)); err != nil || bad.Message != want {
			t.Errorf("%v, %v, want %s", bad, err, want)
		}
	}
}

func TestFormats(t *testing.T) {
	for code, want := range map[string][3]Shows{
		"General": {}, "0": {}, "@": {}, "": {},
		"0.00":                       {Digits, Digits, Digits},
		"#,##0":                      {Digits, Digits, Digits},
		"#,##0.00 \u20ac":            {Digits, Digits, Digits},
		"_-* #,##0_-;-* #,##0_-;_-@": {Digits, Digits, Digits},
		"0%":                         {Percent, Percent, Percent},
		"0.0%;[Red]-0.0%":            {Percent, Percent, Percent},
		"0%%":                        {Otherwise, Otherwise, Otherwise},
		"dd.mm.yyyy":                 {DateTime, DateTime, DateTime},
		"[$-409]d/m/yy h:mm AM/PM":   {DateTime, DateTime, DateTime},
		"[h]:mm:ss":                  {DateTime, DateTime, DateTime},
		`0" Track"`:                  {Digits, Digits, Digits},
		`"1"0`:                       {Otherwise, Otherwise, Otherwise},
		"0,":                         {Otherwise, Otherwise, Otherwise},
		"0.0,,":                      {Otherwise, Otherwise, Otherwise},
		`"yes";"yes";"no"`:           {Otherwise, Otherwise, Otherwise},
		";;;":                        {Otherwise, Otherwise, Otherwise},
		"0;-0;;@":                    {Digits, Digits, Otherwise},
		"#":                          {Digits, Digits, Otherwise},
		"#,###;-#,##0":               {Digits, Digits, Otherwise},
		"?":                          {Digits, Digits, Otherwise},
		"#.0":                        {Digits, Digits, Digits},
		"0.00E+00":                   {Digits, Digits, Digits},
		"# ?/?":                      {Digits, Digits, Digits},
		"[>100]0%;0":                 {Otherwise, Otherwise, Otherwise},
		"[>100]0.0;0":                {Digits, Digits, Digits},
		strings.Repeat("0;", 9):      {Otherwise, Otherwise, Otherwise},
		strings.Repeat("0", 300):     {Otherwise, Otherwise, Otherwise},
	} {
		if got := parseFormat(code).shows; got != want {
			t.Errorf("%s: %v, want %v", code, got, want)
		}
	}
	for code, want := range map[string]bool{
		"General": false, "@": false, "0.00": false, ";;": false, ";;;@": false, "[Red]@": false, `@" "`: false,
		`_(* #,##0_);_(* \(#,##0\);_(* "-"_);_(@_)`: false, `"Track "@`: true, `0;-0;0;@" (old)"`: true, "@@": true,
		"0;0;0;": true, ";;;": true,
	} {
		if got := parseFormat(code).AltersText; got != want {
			t.Errorf("%s alters texts: %v, want %v", code, got, want)
		}
	}
	for id, want := range map[int]Shows{0: AsIs, 1: AsIs, 2: Digits, 3: Digits, 9: Percent, 10: Percent, 14: DateTime,
		22: DateTime, 44: Digits, 46: DateTime, 49: AsIs, 57: DateTime} {
		if got := newFormat(id, nil).Shows(1); got != want {
			t.Errorf("format %d: %v, want %v", id, got, want)
		}
	}
}

func TestUnescape(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "_x": "_x", "a_x000D_b": "a\rb", "_x005F_x000D_": "_x000D_", "_xZZZZ_": "_xZZZZ_", "_x00_": "_x00_",
		"__x0041_": "_A", "_xD83D__xDE00_": "\U0001f600", "_xD83D_a": "\ufffda", "_xD83D__x0041_": "\ufffdA",
		"_x0041": "_x0041",
	} {
		if got := unescape(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestCellNames(t *testing.T) {
	for _, name := range []string{"A1", "Z9", "AA10", "XFD1048576"} {
		column, row, err := parseCell(name)
		if err != nil || CellName(column, row) != name {
			t.Errorf("%s: %d, %d, %v", name, column, row, err)
		}
	}
	for _, name := range []string{"", "A", "1", "A0", "XFE1", "A1048577", "A1x", "A-1", "ZZZZZZZZZZZZZZZZZZZZ1",
		"A99999999999999999999"} {
		if column, row, err := parseCell(name); err == nil {
			t.Errorf("%s: %d, %d", name, column, row)
		}
	}
}

// FuzzSheet reads any XML as the sheet of a workbook: never a panic, never a cell out of
// order.
func FuzzSheet(f *testing.F) {
	f.Add(`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" s="1"><v>0.5</v></c></row><row><c><f>1</f></c></row>`, "0%")
	f.Add(`<row r="1" hidden="1"><c t="inlineStr"><is><r><t>a</t></r><rPh><t>b</t></rPh></is></c><c `+
		`t="str"><f/><v/></c></row>`, "[h]:mm;@")
	f.Add(`<row><c t="b"><v>1</v></c><c t="e"><v>#REF!</v></c><c t="d"><v>2024-01-01</v></c></row>`, `"x"0,;`)
	f.Fuzz(func(t *testing.T, rows, format string) {
		parseFormat(format)
		b := &Book{parts: map[string]*zip.File{}, shared: &sharedTexts{chunks: []string{"a"},
			places: []sharedPlace{{0, 0, 1}}},
			formats: []*Format{general, parseFormat(format)}}
		r := &Rows{book: b, p: newParser(strings.NewReader(sheetOf(rows)), 1<<20)}
		last := 0
		for {
			row, err := r.Next()
			if err != nil {
				return
			}
			column := -1
			for _, c := range row.Cells {
				if c.Column <= column || c.Kind == Empty || c.Kind == Text && c.Text == "" {
					t.Fatalf("%+v after column %d", c, column)
				}
				column = c.Column
			}
			if row.Number <= last || row.Number > MaxRows || column >= maxColumns {
				t.Fatalf("row %d after row %d", row.Number, last)
			}
			last = row.Number
		}
	})
}

// FuzzBook opens workbooks whose structure is any text: never a panic, and an error has a
// hint.
func FuzzBook(f *testing.F) {
	styles := "<styleSheet" + mainSpace + `><numFmts><numFmt numFmtId="164" formatCode="0%"/></numFmts>` +
		`<cellXfs><xf numFmtId="164"/><xf/></cellXfs></styleSheet>`
	f.Add(bookPart, bookRels, styles, "<sst><si><t>a</t></si></sst>")
	f.Add(strings.Replace(bookPart, "<sheets>", `<workbookPr date1904="1"/><sheets>`, 1), bookRels, "", "")
	f.Fuzz(func(t *testing.T, main, rels, styles, shared string) {
		data := zipped(t, []part{{"_rels/.rels", rootRels}, {"xl/workbook.xml", main},
			{"xl/_rels/workbook.xml.rels", rels}, {stylesName, styles}, {sharedName, shared},
			{sheetName, sheetOf(`<row><c s="1"><v>1</v></c></row>`)}})
		_, _, err := readAll(data)
		var bad *Error
		if err != nil && (!errors.As(err, &bad) || bad.Hint == "") {
			t.Error(err)
		}
	})
}
