package workbook

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// What is read of the structure of the gallery's workbooks is what excelize reads.
func TestStructureAsExcelize(t *testing.T) {
	const gallery = "../../testdata/gallery/files"
	entries, err := os.ReadDir(gallery)
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, e := range entries {
		if !slices.Contains([]string{".xlsx", ".xlsm", ".xltx"}, filepath.Ext(e.Name())) {
			continue
		}
		data, err := os.ReadFile(filepath.Join(gallery, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		got, err := Open(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			continue // damaged, or no workbook: the golden file says what is wrong
		}
		want, err := excelize.OpenReader(bytes.NewReader(data))
		if err != nil {
			t.Logf("%s: excelize cannot open it: %v", e.Name(), err)
			continue
		}
		compareStructure(t, e.Name(), got, want)
		compared++
	}
	if compared < 90 {
		t.Errorf("only %d workbooks were compared", compared)
	}
}

func compareStructure(t *testing.T, name string, got *Book, want *excelize.File) {
	t.Helper()
	sheets := want.GetSheetList()
	for i, s := range got.Sheets {
		if i >= len(sheets) || s.Name != sheets[i] {
			t.Errorf("%s: sheet %d is %q, want one of %q", name, i, s.Name, sheets)
			continue
		}
		if visible, err := want.GetSheetVisible(s.Name); err != nil || s.Hidden == visible {
			t.Errorf("%s: sheet %s is hidden: %v, %v", name, s.Name, s.Hidden, err)
		}
	}
	if len(got.Sheets) != len(sheets) {
		t.Errorf("%s: %d sheets, want %q", name, len(got.Sheets), sheets)
	}
	properties, err := want.GetWorkbookProps()
	if is1904 := properties.Date1904 != nil && *properties.Date1904; err != nil || got.Date1904 != is1904 {
		t.Errorf("%s: dates from 1904: %v, %v", name, got.Date1904, err)
	}
	calculation, err := want.GetCalcProps()
	if ask := calculation.FullCalcOnLoad != nil && *calculation.FullCalcOnLoad; err != nil || got.uncalculated != ask {
		t.Errorf("%s: uncalculated: %v, %v", name, got.uncalculated, err)
	}
	compareFormats(t, name, got, want)
}

// compareFormats compares the number formats of all cell styles.
func compareFormats(t *testing.T, name string, got *Book, want *excelize.File) {
	t.Helper()
	codes := map[int]string{}
	if want.Styles.NumFmts != nil {
		for _, f := range want.Styles.NumFmts.NumFmt {
			codes[f.NumFmtID] = f.FormatCode
		}
	}
	var styles []int
	if want.Styles.CellXfs != nil {
		for _, style := range want.Styles.CellXfs.Xf {
			id := 0
			if style.NumFmtID != nil {
				id = *style.NumFmtID
			}
			styles = append(styles, id)
		}
	}
	same := func(f *Format, id int) bool { return *f == *newFormat(id, codes) }
	if !slices.EqualFunc(got.formats, styles, same) {
		t.Errorf("%s: the formats differ: %d, want %v", name, len(got.formats), styles)
	}
}

func TestStructure(t *testing.T) {
	main := strings.Replace(bookPart, "<sheets>", `<mc:AlternateContent><workbookPr date1904="1"/></mc:AlternateContent>`+
		`<workbookPr date1904="true"/><sheets>`, 1)
	main = strings.Replace(main, "</sheets>", `<sheet name="T" sheetId="2" state="veryHidden" r:id="none"/></sheets>`+
		`<extLst><ext><sheets><sheet name="U"/></sheets></ext></extLst>`, 1)
	parts := book(sheetOf(""), part{stylesName, `<x:styleSheet xmlns:x="urn:x"><x:cellStyleXfs><x:xf numFmtId="9"/>` +
		`</x:cellStyleXfs><x:cellXfs><x:xf/><x:xf numFmtId=" 164 "/><x:xf numFmtId="9"/></x:cellXfs>` +
		`<x:numFmts><x:numFmt numFmtId="164" formatCode="0&quot;,&quot;"/></x:numFmts></x:styleSheet>`})
	parts[2].content = main
	data := zipped(t, parts)
	b, err := Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	want := []Sheet{{Name: "S", Cells: true, part: sheetName}, {Name: "T", Hidden: true}}
	if !b.Date1904 || b.uncalculated || !slices.Equal(b.Sheets, want) {
		t.Errorf("%+v", b)
	}
	var codes []string
	for _, f := range b.formats {
		codes = append(codes, f.Code)
	}
	if !slices.Equal(codes, []string{"", `0","`, "0%"}) {
		t.Errorf("%q", codes)
	}
}

// Structure that cannot be read is an error, and no workbook with other sheets or formats.
func TestDamagedStructure(t *testing.T) {
	whole := book(sheetOf(""))
	for name, c := range map[string]struct{ part, old, with, want string }{
		"another root":    {"xl/workbook.xml", "workbook", "werkbook", `it begins with the element "werkbook", not "workbook"`},
		"nothing":         {"xl/workbook.xml", bookPart, "", "it ends too early"},
		"not closed":      {"xl/workbook.xml", "</workbook>", "", "it ends too early"},
		"two roots":       {"xl/workbook.xml", "</workbook>", "</workbook><workbook/>", "it has two roots"},
		"no truth value":  {"xl/workbook.xml", "<sheets>", `<workbookPr date1904="x"/><sheets>`, `date1904 is "x", which is no truth value`},
		"no number":       {stylesName, "<xf/>", `<xf numFmtId="x"/>`, `numFmtId is "x", which is no number`},
		"empty styles":    {stylesName, "", "", "it ends too early"},
		"no relationship": {"xl/_rels/workbook.xml.rels", bookRels, "<Relationships></b>", `the element "b" is closed and not open`},
		"a missing sheet": {"xl/_rels/workbook.xml.rels", "sheet1", "sheet2", "it is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			parts := slices.Clone(whole)
			for i := range parts {
				if parts[i].name != c.part {
					continue
				}
				if parts[i].content = strings.ReplaceAll(parts[i].content, c.old, c.with); c.old == "" {
					parts[i].content = ""
				}
			}
			_, _, err := readAll(zipped(t, parts))
			var bad *Error
			if !errors.As(err, &bad) || !strings.HasPrefix(bad.Message, "the workbook is cut off or damaged: ") ||
				!strings.HasSuffix(bad.Message, c.want) || bad.Hint == "" {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}
