package workbook

import (
	"errors"
	"fmt"
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
	links := book(sheetOf(""))
	links[3].content = "<Relationships>" + strings.Repeat("<Relationship/>", maxLinks+1) + "</Relationships>"
	var manyFormats strings.Builder
	manyFormats.WriteString("<styleSheet><numFmts>")
	for i := range maxFormats + 1 {
		fmt.Fprintf(&manyFormats, `<numFmt numFmtId="%d"/>`, i)
	}
	manyFormats.WriteString("</numFmts></styleSheet>")
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
		"formats of cells": {book(sheetOf(""), part{stylesName, "<styleSheet><cellXfs>" +
			strings.Repeat("<xf/>", maxFormats+1) + "</cellXfs></styleSheet>"}),
			"the workbook has more than 262144 formats"},
		"formats of numbers": {book(sheetOf(""), part{stylesName, manyFormats.String()}),
			"the workbook has more than 262144 formats"},
		"a long format": {book(sheetOf(""), part{stylesName, `<styleSheet><numFmts><numFmt formatCode="` +
			strings.Repeat("0", maxToken+8192) + `"/></numFmts></styleSheet>`}),
			cut + "xl/styles.xml: a text of more than 1048576 bytes"},
		"relationships": {links, "the workbook's part xl/_rels/workbook.xml.rels has more than 65536 relationships"},
		"sheets":        {many, "the workbook has more than 4096 sheets"},
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
