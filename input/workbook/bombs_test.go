package workbook

import (
	"errors"
	"strings"
	"testing"
)

// Small parts that unpack to much in memory are refused.
func TestSmallBombs(t *testing.T) {
	const cut = "the workbook is cut off or damaged: "
	half := strings.Repeat("a", maxToken/2)
	many := book(sheetOf(""))
	many[2].content = strings.Replace(bookPart, "</sheets>",
		strings.Repeat(`<sheet name="S" r:id="r1"/>`, maxSheets)+"</sheets>", 1)
	for name, c := range map[string]struct {
		parts []part
		want  string
	}{
		"texts of a cell": {book(sheetOf("<row><c><v>" + strings.Repeat("<![CDATA["+half+"]]>", 3) + "</v></c></row>")),
			cut + sheetName + ": a text of more than 1048576 bytes"},
		"runs of a text": {book(sheetOf(""), part{sharedName, "<sst><si>" +
			strings.Repeat("<r><t>"+half+"</t></r>", 3) + "</si></sst>"}),
			cut + "xl/sharedstrings.xml: a text of more than 1048576 bytes"},
		"texts of a row": {book(sheetOf("<row>" +
			strings.Repeat(`<c t="inlineStr"><is><t>`+half+"</t></is></c>", 17) + "</row>")),
			"a row of more than 8 MB"},
		"formats": {book(sheetOf(""), part{stylesName, "<styleSheet>" + strings.Repeat("<xf/>", maxTags) + "</styleSheet>"}),
			"the workbook's part xl/styles.xml has more than 524288 tags"},
		"sheets": {many, "the workbook has more than 4096 sheets"},
	} {
		_, _, err := readAll(zipped(t, c.parts))
		var bad *Error
		if !errors.As(err, &bad) || bad.Message != c.want || bad.Hint == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A merged range that ends before it begins is not skipped.
func TestReversedRange(t *testing.T) {
	for _, text := range []string{"A5:A2", "B2:A2"} {
		if r, err := parseRange(text); err == nil {
			t.Errorf("%s: %v", text, r)
		}
	}
}

// Programs that cannot calculate write 0 for the results of formulas, and ask for calculation.
func TestUncalculated(t *testing.T) {
	sheet := sheetOf(`<row><c><f>B1</f><v>0</v></c><c><f>C1</f><v>5</v></c><c><v>0</v></c></row>`)
	for attribute, want := range map[string]string{
		`fullCalcOnLoad="1"`: "A1=6: B1=2:5 C1=2:0", "": "A1=2:0 B1=2:5 C1=2:0",
	} {
		parts := book(sheet)
		parts[2].content = strings.Replace(bookPart, "</sheets>", "</sheets><calcPr "+attribute+"/>", 1)
		if got, _, err := readAll(zipped(t, parts)); err != nil || got != want {
			t.Errorf("%s: %q, %v, want %q", attribute, got, err, want)
		}
	}
}
